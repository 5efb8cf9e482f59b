import type {
  Batch,
  BatchOperation,
  BatchResults,
  CallOptions,
  Collection,
  CollectionTypes,
  Documents,
  Filter,
  GetOptions,
  SchemaOf,
  SortKey,
} from '@koyalite/client/data'
import type { Events } from './event-types'
import type { FunctionSchema } from './generated-types'
import type { Mails } from './mail-types'
import type { Queue } from './queue-types'

/** A project without generated types: any collection, whose documents have any fields. */
interface UntypedCollection extends CollectionTypes {
  readonly doc: Record<string, unknown> & { id: string }
  readonly create: Record<string, unknown>
  readonly update: Record<string, unknown>
  readonly key: 'id'
  readonly relations: Record<string, { readonly collection: string; readonly many: boolean }>
}

type ProjectSchema = [keyof FunctionSchema] extends [never] ? Record<string, UntypedCollection> : FunctionSchema

/** What `list` and `first` take in the place of a chain of calls. */
export interface ListOptions<S extends SchemaOf<S>, C extends keyof S> extends CallOptions {
  readonly filter?: Filter<S, C> | undefined
  readonly sort?: SortKey<S, C> | readonly SortKey<S, C>[] | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

type Doc<S extends SchemaOf<S>, C extends keyof S> = S[C]['doc']
type ById<S extends SchemaOf<S>, C extends keyof S> = Documents<S, C>['getById']

interface ShortNames<S extends SchemaOf<S>, C extends keyof S> {
  /** `getById`. */
  readonly get: ById<S, C>
  /** One page: `list({ filter: { status: 'draft' }, sort: '-created_at', limit: 10 })`. */
  list(options?: ListOptions<S, C>): Promise<Doc<S, C>[]>
  first(options?: ListOptions<S, C>): Promise<Doc<S, C> | null>
  /** `replace`: creates the document, or replaces it as a whole. */
  readonly upsert: Documents<S, C>['replace']
}

/** A collection as the typed client has it, with short names: `get(id)`, `list`, `first`, `upsert`. */
export type DbCollection<S extends SchemaOf<S>, C extends keyof S> = Collection<S, C> & ShortNames<S, C>

interface AnyCollection<S extends SchemaOf<S>> {
  /** Any collection: also one that is called like a member. */
  collection<C extends keyof S & string>(name: C): DbCollection<S, C>
}

interface DataMembers<S extends SchemaOf<S>> extends AnyCollection<S> {
  /** Several writes in one transaction, all or none, each seeing the earlier ones. */
  batch<const O extends readonly BatchOperation<unknown>[]>(
    build: (tx: Batch<S>) => O,
    options?: CallOptions,
  ): Promise<BatchResults<O>>
  /** The tag of a document that was read or written by itself, or by a query with `etags()`. */
  etagOf(document: object): string | undefined
}

export interface TransactionOptions {
  /**
   * `optimistic`: nothing is locked; what was read is asked again when it commits, and if it has changed, the function is run again, up
   * to five times. `exclusive`: nobody else writes meanwhile; at most 250 ms between two statements, and two seconds in all.
   *
   * @default 'optimistic'
   */
  readonly mode?: 'optimistic' | 'exclusive'
  /**
   * The job that the call runs is done when this commits: its effects and its end are stored together, or neither is. Rejects with
   * LEASE_LOST, and stores nothing, where the job is no longer this call's.
   *
   * @default false
   */
  readonly completes?: boolean
}

interface DbMembers<S extends SchemaOf<S>> extends DataMembers<S> {
  /**
   * All that `work` writes, or nothing of it. It may run several times, so it has no effects but those of `tx`; meanwhile `ctx.db`
   * rejects with TRANSACTION_OPEN. Rolled back where it throws. A collection that was written in it cannot be read any longer
   * (READ_AFTER_WRITE): writes return their documents.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T> | T, options?: TransactionOptions): Promise<T>
}

type Collections<S extends SchemaOf<S>, Members extends PropertyKey> = {
  readonly [C in Exclude<keyof S, Members>]: DbCollection<S, C>
}

/** The documents of the project, with the rights of whoever called. */
export type Db = DbMembers<ProjectSchema> & Collections<ProjectSchema, keyof DbMembers<ProjectSchema>>

/** The same with the rights of the server; each request is audited. Needs `admin: true` in the manifest. */
export type AdminDb = DataMembers<ProjectSchema> & Collections<ProjectSchema, keyof DataMembers<ProjectSchema>>

interface TransactionMembers<S extends SchemaOf<S>> extends AnyCollection<S> {
  /** Jobs that are there once it has committed. */
  readonly queue: Queue
  /** Events that have happened once it has committed. */
  readonly events: Events
  /** Emails that are sent once it has committed. */
  readonly mail: Mails
}

/** Documents, jobs, events and emails inside of a transaction. */
export type Transaction = TransactionMembers<ProjectSchema> &
  Collections<ProjectSchema, keyof TransactionMembers<ProjectSchema>>

export type { GetOptions }
