import { defineCall } from '@koyalite/kernel'
import type { LogPosition } from '@koyalite/sqlite'
import type { Loaded } from '../load-project'
import type { StudioPlace } from '../studio-place'
import type { CallMessage } from './call-channel'

/** What a worker's /metrics would say. */
export const METRICS = defineCall<null, string>('server.metrics')

/** Whether a request has come through a proxy that is not trusted. */
export const UNTRUSTED_PROXY = defineCall<null, boolean>('server.untrusted_proxy')

/** What a worker serves: the settings and the schema of the main process, never what the files have become since. */
export interface ServedByWorkers extends Pick<Loaded, 'settings' | 'environment'> {
  /** As serializeSchema made it. */
  readonly schema: string
  readonly publicUrl: string
  readonly studioUrl: string
  readonly studioPlace: StudioPlace
}

export interface StartWorker extends ServedByWorkers {
  readonly type: 'start'
  readonly host: string
  readonly port: number
  /** How many share the port. */
  readonly workers: number
  /** Which of them this one is, from 1. */
  readonly index: number
  readonly databasePath: string
  /** Folder of the signing keys. */
  readonly keysDir: string | null
  readonly durable: LogPosition
  /** The schema is just being changed: `load` follows. */
  readonly paused: boolean
}

/** Answered by a `done` with the same id. */
export type AskedOrder =
  /** Forward everything: the schema is about to change. */
  { readonly type: 'pause'; readonly id: number } | ({ readonly type: 'load'; readonly id: number } & ServedByWorkers)

/** From the main process to a worker, in order. */
export type WorkerOrder =
  | StartWorker
  | AskedOrder
  | CallMessage
  /** Answered by `alive` as long as the event loop turns. */
  | { readonly type: 'beat' }
  /** The change log is durable so far. */
  | { readonly type: 'durable'; readonly position: LogPosition }
  /** Finish the running requests and end. */
  | { readonly type: 'stop' }

/** From a worker to the main process. */
export type WorkerReport =
  | { readonly type: 'alive' }
  | { readonly type: 'listening' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'log'; readonly lines: string }
  | CallMessage
  | { readonly type: 'done'; readonly id: number }
