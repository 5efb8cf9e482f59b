/**
 * Where a worker's source is. From source: beside this file. In an executable made by `bun build --compile`, where the workers are entry points of
 * their own (see WORKER_FILES), Bun finds them by their path from the folder that all entry points have in common: the repository's.
 */
export function workerFile(name: WorkerName): string {
  if (isCompiled()) return `./packages/sqlite/src/${name}.ts`
  return new URL(`./${name}.ts`, import.meta.url).href
}

export type WorkerName = 'sync-worker' | 'maintenance-worker' | 'parent-watch-worker'

/** What the build of the executable must add to its entry points, from the root of the repository, which it must give as `--root`. */
export const WORKER_FILES = [
  'packages/sqlite/src/sync-worker.ts',
  'packages/sqlite/src/maintenance-worker.ts',
  'packages/sqlite/src/parent-watch-worker.ts',
] as const

function isCompiled(): boolean {
  // Bun's virtual file system: /$bunfs/root/… , or B:/~BUN/root/… on Windows.
  return /\/\$bunfs\/|\/(?:~|%7E)BUN\//i.test(import.meta.url)
}
