import type { Filter, SchemaOf, SortKey } from '@koyalite/client/data'
import type { Auth, Events, FunctionLog, Mails, Queue } from '@koyalite/functions'
import type { Wire } from './wire'

/** What all hooks have. */
interface HookContext {
  /** Who writes; null: anonymous. */
  readonly auth: Auth | null
  readonly collection: string
  readonly operation: 'create' | 'update' | 'delete'
  readonly log: FunctionLog
  /** Variables of the server's environment and of the project's .env. */
  readonly env: Readonly<Record<string, string>>
  readonly request: {
    /** The caller's address. */
    readonly ip: string
    /** Under which the server's log has the request; null where none led to this. */
    readonly id: string | null
  }
  /** What this write began with, and how many steps are between. */
  readonly chain: { readonly root: string; readonly depth: number }
}

export interface HookListOptions<S extends SchemaOf<S>, C extends keyof S> {
  readonly filter?: Filter<S, C>
  readonly sort?: SortKey<S, C> | readonly SortKey<S, C>[]
  /** At most 1,000. @default 100 */
  readonly limit?: number
  readonly offset?: number
}

type Doc<S extends SchemaOf<S>, C extends keyof S> = Wire<S[C]['doc']>

/** Documents of one collection, in the write's transaction and with all rights. Writes run hooks of their own, eight deep at most. */
export interface HookCollection<S extends SchemaOf<S>, C extends keyof S> {
  get(id: string | number): Doc<S, C> | null
  list(options?: HookListOptions<S, C>): readonly Doc<S, C>[]
  count(filter?: Filter<S, C>): number
  create(data: Wire<S[C]['create']>): Doc<S, C>
  update(id: string | number, data: Wire<S[C]['update']>): Doc<S, C>
  delete(id: string | number): void
}

/** The same outside of a transaction: each write is one of its own. */
export type LaterHookCollection<S extends SchemaOf<S>, C extends keyof S> = {
  readonly [M in keyof HookCollection<S, C>]: (
    ...args: Parameters<HookCollection<S, C>[M]>
  ) => Promise<ReturnType<HookCollection<S, C>[M]>>
}

type Db<S extends SchemaOf<S>> = { readonly [C in Exclude<keyof S, 'collection'>]: HookCollection<S, C> } & {
  /** Any collection: also one that is called `collection`. */
  collection<C extends keyof S & string>(name: C): HookCollection<S, C>
}

type LaterDb<S extends SchemaOf<S>> = { readonly [C in Exclude<keyof S, 'collection'>]: LaterHookCollection<S, C> } & {
  collection<C extends keyof S & string>(name: C): LaterHookCollection<S, C>
}

/** Of `before…`: everything is done when a call returns, and undone where the write fails. */
export interface BeforeContext<S extends SchemaOf<S>> extends HookContext {
  readonly db: Db<S>
  /** Jobs are those of whoever writes. */
  readonly queue: AtOnce<Queue>
  readonly mail: AtOnce<Mails>
  readonly events: AtOnce<Events>
}

/** Of `after…`. */
export interface AfterContext<S extends SchemaOf<S>> extends HookContext {
  readonly db: LaterDb<S>
  readonly queue: Queue
  readonly mail: Mails
  readonly events: Events
}

/** Of `prepare…`. The write may still fail: what is written here stays. */
export interface PrepareContext<S extends SchemaOf<S>> extends AfterContext<S> {
  /** Aborted when its two seconds are over. */
  readonly signal: AbortSignal
}

type AtOnce<T> = {
  readonly [M in keyof T]: T[M] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : T[M]
}
