import type { AuditEvent } from '@koyalite/contracts'
import type { Settings } from '@koyalite/kernel'
import type { Presented } from '@koyalite/realtime'
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
  /** How many share the port. */
  readonly workers: number
  readonly databasePath: string
  /** Folder of the signing keys. */
  readonly keysDir: string
  readonly durable: LogPosition
  /** The schema is just being changed: `load` follows. */
  readonly held: boolean
}

/** Answered by a `done` with the same id. */
export type AskedOrder =
  /** Pass everything on: the schema is about to change. */
  { readonly type: 'hold'; readonly id: number } | ({ readonly type: 'load'; readonly id: number } & Served)

/** What is answered at once, whatever else a worker is doing: by a `done` with the same id. */
export type Inquiry =
  | { readonly type: 'metrics'; readonly id: number }
  /** Answered with RealtimeStats in JSON. */
  | { readonly type: 'realtime'; readonly id: number }

/** From the main process to a worker, in order. */
export type WorkerOrder =
  | StartWorker
  | AskedOrder
  | Inquiry
  /** Answered by `alive` as long as the event loop turns. */
  | { readonly type: 'beat' }
  /** The change log is durable so far. */
  | { readonly type: 'durable'; readonly position: LogPosition }
  /** The events of the report with this id are kept, or why they are not. */
  | { readonly type: 'kept'; readonly id: number; readonly failure: string | null }
  /** Whom the ticket of the report with this id stands for. */
  | { readonly type: 'redeemed'; readonly id: number; readonly presented: Presented | null }
  /** Finish the running requests and end. */
  | { readonly type: 'stop' }

/** From a worker to the main process. */
export type WorkerReport =
  | { readonly type: 'alive' }
  | { readonly type: 'listening' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'log'; readonly lines: string }
  /** To be kept in the audit log: of what is done here without the main process. Answered by a `kept`. */
  | { readonly type: 'keep'; readonly id: number; readonly events: readonly AuditEvent[] }
  /** A one-time ticket was shown here. Answered by a `redeemed`. */
  | { readonly type: 'redeem'; readonly id: number; readonly ticket: string }
  | { readonly type: 'done'; readonly id: number; readonly text: string }
