import { existsSync, watch } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '@koyalite/kernel'
import { heldBackLines, loadProject, type Project, type ProjectOptions } from './project'
import { ProjectError } from './project-error'

/** What `dev` has noticed and done. */
export type DevEvent =
  | { readonly type: 'reloaded'; readonly file: string; readonly changes: readonly string[]; readonly ms: number }
  /** The old schema is still served. */
  | { readonly type: 'held_back'; readonly file: string; readonly lines: readonly string[] }
  /** What is on disk is not valid; what was loaded before is still served. */
  | { readonly type: 'invalid'; readonly file: string; readonly problems: readonly string[] }
  /** A setting that only a restart can change. */
  | { readonly type: 'restart_needed'; readonly file: string; readonly settings: readonly string[] }
  | { readonly type: 'seeds_changed'; readonly file: string }

/** Editors write a file in several steps; what happens within this time is one change. */
const SETTLE_MS = 30

const LOADED_FILES = /^(?:schema\.yaml|koyalite(?:\.\w+)?\.yaml|\.env(?:\.\w+)?)$/
const SEED_FILES = /\.(?:json|ya?ml|ndjson|csv)$/

/** Follows the files of a project; requests that run meanwhile are answered by what was loaded when they came. */
export function watchProject(
  project: Project,
  options: ProjectOptions,
  report: (event: DevEvent) => void,
): { close(): void } {
  const changed = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> = Promise.resolve()
  const notice = (file: string) => {
    changed.add(file)
    clearTimeout(timer)
    timer = setTimeout(() => {
      const files = [...changed]
      changed.clear()
      running = running.then(() => react(project, options, files, report))
    }, SETTLE_MS)
  }
  // Not the whole folder: data/ changes with every write.
  const seeds = join(project.dir, 'seeds')
  const watchers = [
    watch(project.dir, (_event, name) => {
      if (name !== null && LOADED_FILES.test(name)) notice(name)
    }),
    ...(existsSync(seeds)
      ? [
          watch(seeds, { recursive: true }, (_event, name) => {
            if (name !== null && SEED_FILES.test(name)) notice(join('seeds', name))
          }),
        ]
      : []),
  ]
  return {
    close() {
      clearTimeout(timer)
      for (const watcher of watchers) watcher.close()
    },
  }
}

async function react(
  project: Project,
  options: ProjectOptions,
  files: readonly string[],
  report: (event: DevEvent) => void,
): Promise<void> {
  const loadedFiles = files.filter((file) => LOADED_FILES.test(file))
  if (loadedFiles.length > 0) report(await reload(project, options, loadedFiles.join(', ')))
  for (const file of files) if (!LOADED_FILES.test(file)) report({ type: 'seeds_changed', file })
}

async function reload(project: Project, options: ProjectOptions, file: string): Promise<DevEvent> {
  const started = performance.now()
  try {
    const loaded = await loadProject(options)
    const fixed = changedFixedSettings(project, loaded.settings)
    if (fixed.length > 0) return { type: 'restart_needed', file, settings: fixed }
    const applied = await project.replace(loaded)
    if (applied.kind === 'held_back') return { type: 'held_back', file, lines: heldBackLines(applied) }
    return { type: 'reloaded', file, changes: applied.changes, ms: performance.now() - started }
  } catch (error) {
    if (error instanceof ProjectError) return { type: 'invalid', file, problems: error.problems }
    throw error
  }
}

/** Settings that what is running was built on. */
function changedFixedSettings(project: Project, next: Settings): string[] {
  const fixed = (settings: Settings): Readonly<Record<string, unknown>> => ({
    'server.host': settings.server.host,
    'server.port': settings.server.port,
    'database.path': settings.database.path,
    'database.durability': settings.database.durability,
    logs: settings.logs,
  })
  const [before, after] = [fixed(project.current().settings), fixed(next)]
  return Object.keys(before).filter((name) => !Bun.deepEquals(before[name], after[name]))
}
