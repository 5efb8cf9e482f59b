import { workerSource } from '../worker-file'

/** Ends this process when its parent is gone, however that ended: a statement that runs keeps the main thread from noticing anything. The parent must keep the other end of standard input. */
export function endWithParent(): void {
  new Worker(workerSource('parent-watch-worker'), { smol: true, name: 'koyalite-parent-watch' })
}
