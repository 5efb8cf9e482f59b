import { startThread } from '../driver/start-thread'
import { workerSource } from '../worker-file'
import { WalGoneError } from './wal-gone'

/**
 * Makes what was committed durable, off the event loop.
 * Guarantees: after `request(t)`, `onSynced(u)` with u ≥ t is called only when everything that was in the WAL at the time of the request is on the disk;
 * tickets never go back. After `onFailed` nothing more is called: a failed sync is never tried again, since the kernel may have dropped the
 * pages that it could not write.
 */
export interface WalSync {
  request(ticket: number): void
  stats(): WalSyncStats
  close(): Promise<void>
}

export interface WalSyncStats {
  readonly syncs: number
  readonly lastMs: number
  readonly maxMs: number
  readonly totalMs: number
}

export interface WalSyncOptions {
  readonly walPath: string
  readonly onSynced: (ticket: number) => void
  readonly onFailed: (error: Error) => void
}

export type StartWalSync = (options: WalSyncOptions) => Promise<WalSync>

/** Fields of the memory shared with the thread. */
export const SYNC_STATE = { signal: 0, requested: 1, stop: 2, length: 3 } as const

export interface SyncWorkerData {
  readonly walPath: string
  readonly state: Int32Array
}

export type SyncWorkerMessage =
  | { readonly type: 'ready' }
  /** `ticket` is the low 32 bits. */
  | { readonly type: 'synced'; readonly ticket: number; readonly ms: number }
  | { readonly type: 'failed'; readonly message: string; readonly isGone: boolean }
  | { readonly type: 'stopped' }

/**
 * The real one: a thread that does nothing but fdatasync. It must not be shared with other work: behind one password hash on the common
 * pool the median sync takes 47 ms instead of 0.1.
 */
export const startWalSync: StartWalSync = ({ walPath, onSynced, onFailed }) => {
  const state = new Int32Array(new SharedArrayBuffer(4 * SYNC_STATE.length))
  const worker = startThread(workerSource('sync-worker'), 'koyalite-sync')
  const stats = { syncs: 0, lastMs: 0, maxMs: 0, totalMs: 0 }
  let done = 0
  let failed = false
  const stopped = Promise.withResolvers<void>()

  const wake = () => {
    Atomics.add(state, SYNC_STATE.signal, 1)
    Atomics.notify(state, SYNC_STATE.signal)
  }
  const sync: WalSync = {
    request(ticket) {
      Atomics.store(state, SYNC_STATE.requested, ticket | 0)
      wake()
    },
    stats: () => ({ ...stats }),
    async close() {
      Atomics.store(state, SYNC_STATE.stop, 1)
      wake()
      await stopped.promise
      worker.terminate()
    },
  }
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      stopped.resolve()
      reject(error)
      if (!failed) {
        failed = true
        onFailed(error)
      }
    }
    worker.onerror = (event) => fail(new Error(`the sync thread exited: ${event.message}`))
    worker.onmessage = ({ data }: MessageEvent<SyncWorkerMessage>) => {
      switch (data.type) {
        case 'ready':
          return resolve(sync)
        case 'synced':
          stats.syncs++
          stats.lastMs = data.ms
          stats.maxMs = Math.max(stats.maxMs, data.ms)
          stats.totalMs += data.ms
          // Tickets outgrow 32 bits after some days; the difference to the last one never does.
          done += (data.ticket - (done | 0)) | 0
          return onSynced(done)
        case 'failed':
          return fail(data.isGone ? new WalGoneError(data.message) : new Error(data.message))
        case 'stopped':
          return stopped.resolve()
      }
    }
    worker.postMessage({ walPath, state } satisfies SyncWorkerData)
  })
}
