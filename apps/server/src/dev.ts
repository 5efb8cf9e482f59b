import { existsSync, readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { changedAtStart, keepOptions } from '@koyalite/kernel'
import { SERVICES } from './compose'
import { loadProject } from './load-project'
import type { Project, ProjectOptions } from './project'
import { ProjectError } from './project-error'
import { changeLines, heldBackLines } from './project-migrations'

/** What `dev` has noticed and done. */
export type DevEvent =
  | {
      readonly type: 'reloaded'
      readonly file: string
      readonly changes: readonly string[]
      readonly warnings: readonly string[]
      readonly ms: number
    }
  /** The old schema is still served. */
  | { readonly type: 'held_back'; readonly file: string; readonly lines: readonly string[] }
  /** What is on disk is not valid; the previous version is still served. */
  | { readonly type: 'invalid'; readonly file: string; readonly problems: readonly string[] }
  /** Settings that only a restart can change; everything else of the file is taken. */
  | { readonly type: 'restart_needed'; readonly file: string; readonly settings: readonly string[] }
  | { readonly type: 'seeds_changed'; readonly file: string }
  /** What the server has to say about a request: see DevNotes. */
  | { readonly type: 'note'; readonly lines: readonly string[] }

/** Editors write a file in several steps; what happens within this time is one change. */
const SETTLE_MS = 30

const MIGRATIONS = 'migrations'
const LOADED_FILES = /^(?:schema\.yaml|koyalite(?:\.\w+)?\.yaml|\.env(?:\.\w+)?)$/
const MIGRATION_FILES = /^\d+_.*\.ya?ml$/
const SEED_FILES = /\.(?:json|ya?ml|ndjson|csv)$/

export interface WatchOptions extends ProjectOptions {
  /** When the files were read, or a little before: those that are newer have changed already. Milliseconds since 1970. */
  readonly since: number
}

/** Follows the files of a project; requests that run meanwhile are answered by what was loaded when they came. */
export function watchProject(
  project: Project,
  options: WatchOptions,
  report: (event: DevEvent) => void,
): { close(): void } {
  const changed = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> = Promise.resolve()
  let last = ''
  // The folder changes several times while one file is written into it.
  const reportOnce = (event: DevEvent) => {
    const text = JSON.stringify({ ...event, ms: 0 })
    if (text !== last || !('file' in event) || event.file !== MIGRATIONS) report(event)
    last = text
  }
  const notice = (file: string) => {
    // A running migration may be heading for a schema that has changed again.
    if (!file.startsWith('seeds')) project.cancelMigration()
    changed.add(file)
    clearTimeout(timer)
    timer = setTimeout(() => {
      const files = [...changed]
      changed.clear()
      running = running.then(() => react(project, options, files, reportOnce))
    }, SETTLE_MS)
  }
  // Not the whole folder: data/ changes with every write.
  const seeds = join(project.dir, 'seeds')
  let migrations = watchMigrations(project.dir, notice)
  const watchers = [
    watch(project.dir, (_event, name) => {
      if (name === MIGRATIONS) {
        // Made, removed or replaced: what was watched may be gone.
        migrations?.close()
        migrations = watchMigrations(project.dir, notice)
        notice(name)
      } else if (name !== null && LOADED_FILES.test(name)) notice(name)
    }),
    ...(existsSync(seeds)
      ? [
          watch(seeds, { recursive: true }, (_event, name) => {
            if (name !== null && SEED_FILES.test(name)) notice(join('seeds', name))
          }),
        ]
      : []),
  ]
  for (const file of savedSince(project.dir, options.since)) notice(file)
  return {
    close() {
      clearTimeout(timer)
      migrations?.close()
      for (const watcher of watchers) watcher.close()
    },
  }
}

/** What was saved while the project was opened, which takes its time, and nobody watched. */
function savedSince(dir: string, since: number): readonly string[] {
  const isNewer = (file: string) => (statSync(join(dir, file), { throwIfNoEntry: false })?.mtimeMs ?? 0) > since
  const migrations = existsSync(join(dir, MIGRATIONS)) ? readdirSync(join(dir, MIGRATIONS)) : []
  return [
    ...readdirSync(dir).filter((name) => LOADED_FILES.test(name)),
    ...migrations.filter((name) => MIGRATION_FILES.test(name)).map((name) => join(MIGRATIONS, name)),
  ].filter(isNewer)
}

function watchMigrations(dir: string, notice: (file: string) => void) {
  const folder = join(dir, MIGRATIONS)
  if (!existsSync(folder)) return undefined
  return watch(folder, (_event, name) => {
    if (name !== null && MIGRATION_FILES.test(name)) notice(join(MIGRATIONS, name))
  })
}

async function react(
  project: Project,
  options: ProjectOptions,
  files: readonly string[],
  report: (event: DevEvent) => void,
): Promise<void> {
  const seeds = files.filter((file) => file.startsWith('seeds'))
  const loaded = files.filter((file) => !seeds.includes(file))
  if (loaded.length > 0) report(await reload(project, options, { file: loaded.join(', '), report }))
  for (const file of seeds) report({ type: 'seeds_changed', file })
}

async function reload(
  project: Project,
  options: ProjectOptions,
  { file, report }: { readonly file: string; readonly report: (event: DevEvent) => void },
): Promise<DevEvent> {
  const started = performance.now()
  try {
    const loaded = await loadProject(options)
    const current = project.current().settings
    const fixed = changedAtStart((options.services ?? SERVICES).settings.tree, current, loaded.settings)
    if (fixed.length > 0) report({ type: 'restart_needed', file, settings: fixed })
    const migrated = await project.replace({ ...loaded, settings: keepOptions(fixed, current, loaded.settings) })
    if (migrated.kind !== 'applied') {
      return { type: 'held_back', file, lines: [...changeLines(migrated), ...heldBackLines(migrated)] }
    }
    return {
      type: 'reloaded',
      file,
      changes: changeLines(migrated),
      warnings: loaded.warnings,
      ms: performance.now() - started,
    }
  } catch (error) {
    if (error instanceof ProjectError) return { type: 'invalid', file, problems: error.problems }
    // Whatever it was (a full disk, say), the next change is tried again.
    return { type: 'invalid', file, problems: [error instanceof Error ? error.message : String(error)] }
  }
}
