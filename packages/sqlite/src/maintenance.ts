import type { CopyWithKey } from './copy-with-key'
import type { Examination } from './idle-file'
import { workerSource } from './worker-file'

/** A thread with a connection of its own, for work that would block the event loop. */
export interface Maintenance {
  checkpoint(mode: CheckpointMode): Promise<CheckpointResult>
  /** Copies the database, as it is committed now, to a file that must not be in use. It appears under its name when it is complete. */
  snapshot(to: string): Promise<void>
  close(): Promise<void>
}

/** PASSIVE copies what it can without waiting for anybody; RESTART also lets the next write begin at the front of the file; TRUNCATE cuts it. */
export type CheckpointMode = 'PASSIVE' | 'RESTART' | 'TRUNCATE'

export interface CheckpointResult {
  /** A reader or writer was in the way. */
  readonly busy: boolean
  /** Pages in the WAL, and how many of them are in the database file. */
  readonly frames: number
  readonly backfilled: number
  readonly ms: number
}

export interface MaintenanceOptions {
  readonly path: string
  readonly key?: string | undefined
}

export type StartMaintenance = (options: MaintenanceOptions) => Promise<Maintenance>

export type MaintenanceWork =
  | { readonly type: 'open'; readonly path: string; readonly key: string | undefined }
  | { readonly type: 'checkpoint'; readonly mode: CheckpointMode }
  | { readonly type: 'snapshot'; readonly to: string }
  /** What follows is about files that nobody uses, and needs no `open`. */
  | { readonly type: 'examine'; readonly path: string; readonly key: string | undefined }
  | { readonly type: 'settle'; readonly path: string; readonly key: string | undefined; readonly newEpoch: boolean }
  | ({ readonly type: 'copy' } & CopyWithKey)
  | { readonly type: 'close' }

export type MaintenanceValue = CheckpointResult | Examination | null

export type MaintenanceRequest = MaintenanceWork & { readonly id: number }

export type MaintenanceReply =
  | { readonly id: number; readonly ok: true; readonly value: MaintenanceValue }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly code: string | null }

export const startMaintenance: StartMaintenance = async ({ path, key }) => {
  const { ask, end } = startMaintenanceThread()
  await ask({ type: 'open', path, key }).catch((error: unknown) => {
    end()
    throw error
  })
  return {
    // The reply to a checkpoint always carries its result.
    checkpoint: (mode) => ask({ type: 'checkpoint', mode }) as Promise<CheckpointResult>,
    snapshot: async (to) => {
      await ask({ type: 'snapshot', to })
    },
    close: async () => {
      await ask({ type: 'close' })
      end()
    },
  }
}

/** A thread that does one thing after the other. */
export function startMaintenanceThread(): {
  ask(work: MaintenanceWork): Promise<MaintenanceValue>
  end(): void
} {
  const worker = new Worker(workerSource('maintenance-worker'), { smol: true, name: 'koyalite-maintenance' })
  const open = new Map<number, PromiseWithResolvers<MaintenanceValue>>()
  let lastId = 0
  let ended: Error | null = null
  worker.onmessage = ({ data }: MessageEvent<MaintenanceReply>) => {
    const request = open.get(data.id)
    open.delete(data.id)
    if (data.ok) request?.resolve(data.value)
    else request?.reject(Object.assign(new Error(data.message), data.code === null ? {} : { code: data.code }))
  }
  worker.onerror = (event) => {
    ended = new Error(`the maintenance thread ended: ${event.message}`)
    for (const request of open.values()) request.reject(ended)
    open.clear()
  }
  return {
    ask(work) {
      if (ended !== null) return Promise.reject(ended)
      const id = ++lastId
      const request = Promise.withResolvers<MaintenanceValue>()
      open.set(id, request)
      worker.postMessage({ ...work, id } satisfies MaintenanceRequest)
      return request.promise
    },
    end: () => worker.terminate(),
  }
}
