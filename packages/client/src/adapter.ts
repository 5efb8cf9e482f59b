import { type BatchOperation, runBatch } from './batch'
import type { CallOptions } from './call-options'
import type { ClientContext } from './client-context'
import { createDocuments } from './documents'

// What adapters for other libraries are made of. They know collections by name only, so nothing here is typed by a schema.
export type { ClientContext } from './client-context'
export { contextOf, partsOf } from './client-parts'
export { isKoyaError, KoyaError } from './koya-error'
export type { CollectionTypes } from './metadata'
export type { LiveSnapshot, LiveStore } from './ports'
export type { QueryShape, shape } from './query-types'

/** Writes of a collection: sent at once, or as operations of a batch. @typeParam R what they give */
export interface UntypedWrites<R> {
  create(data: object, options?: CallOptions): R
  update(id: string | number, patch: object, options?: CallOptions): R
  delete(id: string | number, options?: CallOptions): R
}

/** The documents of a collection, as `koya.posts` writes them. */
export const documentsOf = createDocuments as unknown as (
  context: ClientContext,
  collection: string,
) => UntypedWrites<Promise<unknown>>

/** As `koya.batch`. */
export const sendBatch = runBatch as unknown as (
  context: ClientContext,
  build: (tx: {
    collection(name: string): UntypedWrites<BatchOperation<unknown>>
  }) => readonly BatchOperation<unknown>[],
  options?: CallOptions,
) => Promise<unknown>
