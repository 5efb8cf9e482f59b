import { workerFile } from '@koyalite/contracts'

const WORKERS = {
  'sync-worker': 'writer/sync-worker.ts',
  'maintenance-worker': 'files/maintenance-worker.ts',
  'parent-watch-worker': 'driver/parent-watch-worker.ts',
} as const

export type WorkerName = keyof typeof WORKERS

/** What the build of the executable must add to its entry points, from the root of the repository, which it must give as `--root`. */
export const WORKER_FILES: readonly string[] = Object.values(WORKERS).map(fromRoot)

/** What to start a worker of this package from. */
export function workerSource(name: WorkerName): string {
  const file = WORKERS[name]
  return workerFile(fromRoot(file), new URL(file, import.meta.url).href)
}

function fromRoot(file: string): string {
  return `packages/sqlite/src/${file}`
}
