import { startThread } from '../driver/start-thread'
import { workerSource } from '../worker-file'
import type { CopyWithKey } from './copy-with-key'
import type { Examination, Settle } from './idle-file'

/** A thread with a connection of its own, for work that would block the event loop. */
export interface Maintenance {
  /** Its thread has exited: it does no more work. */
  readonly ended: boolean
  checkpoint(mode: CheckpointMode): Promise<CheckpointResult>
  /** Copies the database, as it is committed now, to a file that must not be in use. It appears under its name when it is complete. */
  snapshot(to: string): Promise<void>
  /** As `Database.verify`. */
  verify(tables?: readonly string[]): Promise<readonly string[]>
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
  | { readonly type: 'verify'; readonly tables: readonly string[] | undefined }
  /** What follows is about files that nobody uses, and needs no `open`. */
  | { readonly type: 'examine'; readonly path: string; readonly key: string | undefined }
  | ({ readonly type: 'settle' } & Settle)
  | ({ readonly type: 'copy' } & CopyWithKey)
  | { readonly type: 'close' }

export type MaintenanceValue = CheckpointResult | Examination | readonly string[] | null

export type MaintenanceRequest = MaintenanceWork & { readonly id: number }

export type MaintenanceReply =
  | { readonly id: number; readonly ok: true; readonly value: MaintenanceValue }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly code: string | null }

export const startMaintenance: StartMaintenance = async ({ path, key }) => {
  const thread = takeMaintenanceThread()
  await thread.ask({ type: 'open', path, key }).catch((error: unknown) => {
    thread.release()
    throw error
  })
  return {
    get ended() {
      return thread.ended
    },
    // The reply to a checkpoint always carries its result.
    checkpoint: (mode) => thread.ask({ type: 'checkpoint', mode }) as Promise<CheckpointResult>,
    snapshot: async (to) => {
      await thread.ask({ type: 'snapshot', to })
    },
    verify: (tables) => thread.ask({ type: 'verify', tables }) as Promise<readonly string[]>,
    close: async () => {
      await thread.ask({ type: 'close' })
      thread.release()
    },
  }
}

/** A thread that does one thing after the other. */
export interface MaintenanceThread {
  readonly ended: boolean
  ask(work: MaintenanceWork): Promise<MaintenanceValue>
  /** Its work is done: the next who needs a thread gets it. */
  release(): void
}

/** An idle thread is retained, so that a backup needs no new one. */
let spare: MaintenanceThread | null = null

/** Makes sure that one is there when it is needed. Resolves when it runs. */
export async function keepMaintenanceThread(): Promise<void> {
  const thread = takeMaintenanceThread()
  try {
    await thread.ask({ type: 'close' })
  } finally {
    thread.release()
  }
}

/** @throws AppError UNAVAILABLE if there is none, and none can be started */
export function takeMaintenanceThread(): MaintenanceThread {
  const kept = spare
  spare = null
  return kept === null || kept.ended ? startMaintenanceThread() : kept
}

function startMaintenanceThread(): MaintenanceThread {
  const worker = startThread(workerSource('maintenance-worker'), 'koyalite-maintenance')
  // It keeps the process from ending only while it works.
  worker.unref()
  const open = new Map<number, PromiseWithResolvers<MaintenanceValue>>()
  let lastId = 0
  let end: Error | null = null
  const settled = (id: number) => {
    const request = open.get(id)
    open.delete(id)
    if (open.size === 0) worker.unref()
    return request
  }
  worker.onmessage = ({ data }: MessageEvent<MaintenanceReply>) => {
    const request = settled(data.id)
    if (data.ok) request?.resolve(data.value)
    else request?.reject(Object.assign(new Error(data.message), data.code === null ? {} : { code: data.code }))
  }
  const ended = (error: Error) => {
    end ??= error
    for (const id of [...open.keys()]) settled(id)?.reject(end)
  }
  worker.onerror = (event) => ended(new Error(`the maintenance thread exited: ${event.message}`))
  worker.addEventListener('close', () => ended(new Error('the maintenance thread exited')))
  const thread: MaintenanceThread = {
    get ended() {
      return end !== null
    },
    ask(work) {
      if (end !== null) return Promise.reject(end)
      const id = ++lastId
      const request = Promise.withResolvers<MaintenanceValue>()
      open.set(id, request)
      worker.ref()
      worker.postMessage({ ...work, id } satisfies MaintenanceRequest)
      return request.promise
    },
    release() {
      if (spare === null && end === null) spare = thread
      else worker.terminate()
    },
  }
  return thread
}
