import type { Settings } from '@koyalite/kernel'
import type { LogPosition } from '@koyalite/sqlite'

/** What a worker serves: the settings and the schema of the main process, never what the files have become since. */
export interface Served {
  readonly settings: Settings
  /** As serializeSchema made it. */
  readonly schema: string
  readonly publicUrl: string
}

export interface StartWorker extends Served {
  readonly type: 'start'
  readonly host: string
  readonly port: number
  readonly databasePath: string
  /** Folder of the signing keys. */
  readonly keysDir: string
  /** Socket of the main process. */
  readonly socket: string
  readonly durable: LogPosition
  /** The schema is just being changed: `load` follows. */
  readonly held: boolean
}

/** Answered by a `done` with the same id. */
export type AskedOrder =
  /** Pass everything on: the schema is about to change. */
  | { readonly type: 'hold'; readonly id: number }
  | ({ readonly type: 'load'; readonly id: number } & Served)
  | { readonly type: 'metrics'; readonly id: number }

/** From the main process to a worker, in order. */
export type WorkerOrder =
  | StartWorker
  | AskedOrder
  /** The change log is durable so far. */
  | { readonly type: 'durable'; readonly position: LogPosition }
  /** Finish the running requests and end. */
  | { readonly type: 'stop' }

/** From a worker to the main process. */
export type WorkerReport =
  | { readonly type: 'listening' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'log'; readonly lines: string }
  | { readonly type: 'done'; readonly id: number; readonly text: string }
