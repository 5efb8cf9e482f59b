import { existsSync, type FSWatcher, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import type { FunctionChange } from '@koyalite/functions-service'
import { changedAtStart, keepOptions } from '@koyalite/kernel'
import { SERVICES } from './compose'
import { createFileTimes } from './file-times'
import { loadProject } from './load-project'
import type { Project, ProjectOptions } from './project'
import { ProjectError } from './project-error'
import { changeLines, heldBackLines } from './project-migrations'
import { FOLDER_NAMES, FOLDERS, type FolderName, isFolderName, LOADED_FILES, watchedFiles } from './watched-files'

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
  /** The files of hooks were loaded; with problems: those that serve are the ones before. */
  | { readonly type: 'hooks'; readonly problems: readonly string[]; readonly ms: number }
  /** What serves of functions is different, or is not what is in their folder. */
  | { readonly type: 'functions'; readonly changes: readonly FunctionChange[]; readonly ms: number }
  /** What the server has to say about a request: see DevNotes. */
  | { readonly type: 'note'; readonly lines: readonly string[] }

/** Editors write a file in several steps; what happens within this time is one change. */
const SETTLE_MS = 30

/** How often the times of files are looked at, for file systems that do not say what changes. */
const LOOK_EVERY_MS = 2_000

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
  // A folder changes several times while one file is written into it.
  const reportOnce = (event: DevEvent) => {
    const text = JSON.stringify({ ...event, ms: 0 })
    if (text !== last || !('file' in event) || !isFolderName(event.file)) report(event)
    last = text
  }
  const times = createFileTimes(project.dir)
  const notice = (file: string) => {
    // A running migration may be heading for a schema that has changed again.
    if (!/^(seeds|functions|hooks)/.test(file) && !project.isOwnWrite(file)) project.cancelMigration()
    changed.add(file)
    clearTimeout(timer)
    timer = setTimeout(() => {
      folders.watchNew()
      const files = [...changed]
      changed.clear()
      times.seen(files)
      running = running.then(() => react(project, options, files, reportOnce))
    }, SETTLE_MS)
  }
  const folders = watchFolders(project.dir, notice)
  const files = watch(project.dir, (_event, name) => {
    if (isFolderName(name)) {
      folders.watchAgain(name)
      notice(name)
    } else if (name !== null && LOADED_FILES.test(name)) notice(name)
  })
  const looking = setInterval(() => {
    for (const file of times.look()) notice(file)
  }, LOOK_EVERY_MS)
  looking.unref()
  for (const file of savedSince(project.dir, options.since)) notice(file)
  // Looks again at what was loaded before anybody watched.
  if (existsSync(join(project.dir, 'functions'))) notice('functions')
  return {
    close() {
      clearTimeout(timer)
      clearInterval(looking)
      files.close()
      folders.close()
    },
  }
}

/** What was saved while the project was opened, which takes its time, and nobody watched. Seeds are written when somebody asks. */
function savedSince(dir: string, since: number): readonly string[] {
  const isNewer = (file: string) => (statSync(join(dir, file), { throwIfNoEntry: false })?.mtimeMs ?? 0) > since
  return watchedFiles(dir).filter((file) => !/^(seeds|functions|hooks)/.test(file) && isNewer(file))
}

/** Watches the folders that are there. */
function watchFolders(dir: string, notice: (file: string) => void) {
  const watchers = new Map<FolderName, FSWatcher>()
  const open = (name: FolderName) => {
    const { isRecursive, follows } = FOLDERS[name]
    if (!existsSync(join(dir, name))) return
    const watcher = watch(join(dir, name), { recursive: isRecursive }, (_event, file) => {
      if (file !== null && follows(file)) notice(join(name, file))
    })
    watchers.set(name, watcher)
  }
  const close = (name: FolderName) => {
    watchers.get(name)?.close()
    watchers.delete(name)
  }
  for (const name of FOLDER_NAMES) open(name)
  return {
    /** With every change, since one may have been made before its parent was watched. */
    watchNew() {
      for (const name of FOLDER_NAMES) if (!watchers.has(name)) open(name)
    },
    /** Made, removed or replaced: what was watched may be gone. */
    watchAgain(name: FolderName) {
      close(name)
      open(name)
    },
    close() {
      for (const name of FOLDER_NAMES) close(name)
    },
  }
}

async function react(
  project: Project,
  options: ProjectOptions,
  files: readonly string[],
  report: (event: DevEvent) => void,
): Promise<void> {
  const seeds = files.filter((file) => file.startsWith('seeds'))
  const functions = files.filter((file) => file.startsWith('functions'))
  const hooks = files.filter((file) => file.startsWith('hooks'))
  const loaded = files.filter((file) => ![seeds, functions, hooks].some((others) => others.includes(file)))
  if (loaded.length > 0) report(await reload(project, options, { file: loaded.join(', '), report }))
  if (functions.length > 0) {
    const started = performance.now()
    const changes = await project.services.syncFunctions()
    if (changes.length > 0) report({ type: 'functions', changes, ms: performance.now() - started })
  }
  if (hooks.length > 0) {
    const started = performance.now()
    const problems = await project.services.syncHooks()
    report({ type: 'hooks', problems, ms: performance.now() - started })
  }
  for (const file of seeds) if (file !== 'seeds') report({ type: 'seeds_changed', file })
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
