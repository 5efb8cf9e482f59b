import type { CollectionMetadata } from './metadata'
import type { Prefetched } from './prefetch'
import type { QueryState, UntypedQuery } from './query'
import type { Transport } from './transport'

/** What the parts of one client share. */
export interface ClientContext {
  /** With the session: `transport.session`. */
  readonly transport: Transport
  readonly collections: Readonly<Record<string, CollectionMetadata>>
  /** Tags of documents that were read or written one by one, or by queries with `etags()`. */
  readonly etags: WeakMap<object, string>
  /** By the keys of queries. */
  readonly prefetched: Map<string, Prefetched>
  /** A query of this client's kind. */
  query(state: QueryState): UntypedQuery
  /** Once for each query, where somebody develops. @param key of the query */
  warnOfCut(key: string, documents: number): void
}
