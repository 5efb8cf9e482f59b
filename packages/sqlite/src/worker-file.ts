import { workerFile } from '@koyalite/contracts'

export type WorkerName = 'sync-worker' | 'maintenance-worker' | 'parent-watch-worker'

/** What the build of the executable must add to its entry points, from the root of the repository, which it must give as `--root`. */
export const WORKER_FILES = [
  'packages/sqlite/src/sync-worker.ts',
  'packages/sqlite/src/maintenance-worker.ts',
  'packages/sqlite/src/parent-watch-worker.ts',
] as const

/** What to start a worker of this package from. */
export function workerSource(name: WorkerName): string {
  return workerFile(`packages/sqlite/src/${name}.ts`, import.meta.url)
}
