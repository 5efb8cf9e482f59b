import type { CollectionMetadata } from './metadata'
import type { Transport } from './transport'

/** What queries and documents share. */
export interface ClientContext {
  readonly transport: Transport
  readonly collections: Readonly<Record<string, CollectionMetadata>>
  /** Tags of documents that were read or written one by one. */
  readonly etags: WeakMap<object, string>
  /** Once for each query, where somebody develops. @param key of the query */
  warnOfCut(key: string, documents: number): void
}
