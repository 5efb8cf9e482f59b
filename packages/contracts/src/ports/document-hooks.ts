import type { Actor } from '../actor'
import type { JsonValue } from '../json-value'
import type { Tx } from '../tx'
import type { JobChain } from './job-queue'

/** What a write does to a document. An upsert is what it comes to. */
export type HookOperation = 'create' | 'update' | 'delete'

/** `prepare` before the write is queued, `before` inside its transaction, `after` once it is committed. */
export type HookStage = 'prepare' | 'before' | 'after'

/** Values by the names of fields, as the API has them. */
export type HookValues = Readonly<Record<string, JsonValue>>

/** The write that hooks are run for. */
export interface HookCall {
  readonly collection: string
  readonly operation: HookOperation
  readonly actor: Actor
  /** Milliseconds since 1970; the same for all of a request. */
  readonly time: number
  readonly ip: string
  readonly requestId: string | null
  /** How it came to be: what hooks push and publish continues it. Null: a request began it. */
  readonly chain: JobChain | null
  /** How many hooks this write is inside of: 0 for what a request writes. */
  readonly depth: number
}

export interface HookList {
  /** As the API's `filter` in JSON. */
  readonly filter?: JsonValue
  readonly sort?: string | readonly string[]
  /** At most 1,000; by default 100. */
  readonly limit?: number
  readonly offset?: number
}

/**
 * Documents inside of the transaction of a write, with all rights; internal fields are shown. Everything is done when a method returns, and undone if the
 * write fails. What is written here is validated and runs hooks of its own.
 */
export interface HookDocuments {
  /** Null where there is none. */
  get(collection: string, id: string): HookValues | null
  list(collection: string, query: HookList): readonly HookValues[]
  count(collection: string, filter?: JsonValue): number
  create(collection: string, data: HookValues): HookValues
  update(collection: string, id: string, data: HookValues): HookValues
  delete(collection: string, id: string): void
}

/** The same outside of a transaction: each write is one of its own. */
export type LaterHookDocuments = {
  readonly [K in keyof HookDocuments]: (...args: Parameters<HookDocuments[K]>) => Promise<ReturnType<HookDocuments[K]>>
}

export interface PrepareInput {
  /** What was sent, validated, operators as they were sent; null for a deletion. */
  readonly data: HookValues | null
  readonly documents: LaterHookDocuments
}

export interface BeforeInput {
  /**
   * What was sent and what `prepare` made of it; of a new document its defaults too. Operators (`$inc`) are computed. The object is the
   * hook's, which may change it. Null for a deletion.
   */
  readonly data: HookValues | null
  /** The stored document; null for a creation. */
  readonly old: HookValues | null
  readonly documents: HookDocuments
}

export interface AfterInput {
  /** As committed; null for a deletion. */
  readonly doc: HookValues | null
  readonly old: HookValues | null
  readonly documents: LaterHookDocuments
}

/** The hooks of one collection. What they throw as their own error is an AppError of its code; anything else is INTERNAL, named in the log. */
export interface CollectionHooks {
  has(stage: HookStage, operation: HookOperation): boolean
  /** Resolves with the values that the write goes on with. Rejects after 2 s. To be called where `has`. */
  prepare(call: HookCall, input: PrepareInput): Promise<HookValues | null>
  /** Returns the values that the write goes on with: all of them, not only those that it changed. Throws where it returned a promise. */
  before(tx: Tx, call: HookCall, input: BeforeInput): HookValues | null
  /** At most once, once the write is committed; not where an update has changed nothing. Returns at once, and never throws. */
  after(call: HookCall, input: AfterInput): void
}

/** What the service of documents asks; it is told where to find them by whoever loads hooks. */
export interface DocumentHooks {
  /** Null where a collection has none. Cheap: it is asked for each write. */
  of(collection: string): CollectionHooks | null
}
