import { type BatchOperation, runBatch } from './batch'
import type { CallOptions } from './call-options'
import type { ClientContext } from './client-context'
import { contextOf, partsOf } from './client-parts'
import { createDocuments } from './documents'

// What adapters for other libraries are made of. They know collections by name only: nothing here is typed by a schema.
export { isKoyaError, KoyaError } from './koya-error'
export type { CollectionTypes } from './metadata'
export { createOpenData, type OpenDataOptions, type OpenSchema } from './open-data'
export type { LiveSnapshot, LiveStore } from './ports'
export type { QueryShape, shape } from './query-types'

/** Writes of a collection: sent at once, or as operations of a batch. @typeParam R what they give */
export interface UntypedWrites<R> {
  create(data: object, options?: CallOptions): R
  update(id: string | number, patch: object, options?: CallOptions): R
  delete(id: string | number, options?: CallOptions): R
}

/** A client as adapters see it: one object for the client and all of its queries. */
export interface AdapterClient {
  /** The latest state that an answer had: after a write, that of its answer or a later one. */
  readonly lastSeq: string | undefined
  /** The primary key of a collection. `isCounted`: it is an integer, which the server may make. */
  keyOf(collection: string): { readonly name: string; readonly isCounted: boolean }
  /** Called when another user, or nobody, is signed in. */
  onUserChange(listener: () => void): () => void
  documents(collection: string): UntypedWrites<Promise<unknown>>
  /** All or none, at most 1000. */
  batch(
    build: (tx: {
      collection(name: string): UntypedWrites<BatchOperation<unknown>>
    }) => readonly BatchOperation<unknown>[],
    options?: CallOptions,
  ): Promise<unknown>
}

/** What a query asks for, besides its conditions. */
export interface AskedQuery {
  readonly client: AdapterClient
  readonly collection: string
  readonly sort: readonly string[]
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  readonly expand: readonly string[]
  readonly fields: readonly string[]
}

export function askedOf(query: object): AskedQuery {
  const { context, state } = partsOf(query)
  const { collection, sort, limit, offset, expand, fields } = state
  return { client: ofContext(context), collection, sort, limit, offset, expand, fields }
}

/** Throws a TypeError for what is not a client of `createKoyalite`. */
export function clientOf(koya: object): AdapterClient {
  return ofContext(contextOf(koya))
}

const clients = new WeakMap<ClientContext, AdapterClient>()

function ofContext(context: ClientContext): AdapterClient {
  const existing = clients.get(context)
  if (existing !== undefined) return existing
  const { transport, collections } = context
  // Types of a schema are those of whoever calls: nothing of them is there at run time.
  const batch = runBatch as unknown as (context: ClientContext, ...rest: Parameters<AdapterClient['batch']>) => unknown
  const client: AdapterClient = {
    get lastSeq() {
      return transport.lastSeq
    },
    keyOf(collection) {
      const { key: name = 'id', fields } = collections[collection] ?? {}
      return { name, isCounted: fields?.[name] === 'int' }
    },
    onUserChange: (listener) => transport.session.onUserChange(listener),
    documents: (collection) => createDocuments(context, collection) as unknown as UntypedWrites<Promise<unknown>>,
    batch: async (build, options) => batch(context, build, options),
  }
  clients.set(context, client)
  return client
}
