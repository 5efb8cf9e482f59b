import { type Batch, type BatchOperation, type BatchResults, runBatch } from './batch'
import type { CallOptions, DataOptions } from './call-options'
import type { ClientContext } from './client-context'
import { createContext } from './create-context'
import { createDocuments } from './documents'
import type { Metadata, SchemaOf } from './metadata'
import { allOf, UntypedQuery } from './query'
import { type Parameters, queryText } from './query-text'
import type { Collection, CollectionKinds, kind } from './query-types'
import { schemaHash } from './schema-hash'
import { tokenSession } from './token-session'
import { createTransport, type HttpMethod } from './transport'
import { inputText } from './values'

export interface RequestInput extends CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown
  readonly query?: Parameters | undefined
}

/** What every client has besides its collections. */
export interface BaseClient<in out K extends 'data' | 'live', in out S extends SchemaOf<S>> {
  readonly [kind]?: K
  /** Any collection: also one that is called like a member of the client. */
  collection<C extends keyof S & string>(name: C): CollectionKinds<S, C>[K]
  /** Several writes in one transaction, all or none, each seeing the earlier ones. */
  batch<const O extends readonly BatchOperation<unknown>[]>(
    build: (tx: Batch<S>) => O,
    options?: CallOptions,
  ): Promise<BatchResults<O>>
  /** Any route of the server: `request('GET', '/api/auth/me')`. Repeated only if it reads, or has an `idempotencyKey`. */
  request<T = unknown>(method: HttpMethod, path: string, input?: RequestInput): Promise<T>
  /** The tag of a document that was read or written by itself, or by a query with `etags()`; undefined for others. */
  etagOf(document: object): string | undefined
  /** The latest state that an answer had: `epoch.n`, to be compared by `compareSeq`. Undefined before the first. */
  readonly lastSeq: string | undefined
}

export type KoyaliteData<S extends SchemaOf<S>> = BaseClient<'data', S> & {
  readonly [C in Exclude<keyof S, keyof BaseClient<'data', S>>]: Collection<S, C>
}

/** A client without accounts and live queries. Nothing is sent before the first call. @param metadata from generated code */
export function createData<S extends SchemaOf<S>>(metadata: Metadata<S>, options: DataOptions): KoyaliteData<S> {
  const transport = createTransport({ ...options, schema: schemaHash(metadata.collections) }, () =>
    tokenSession(options.token),
  )
  const context = createContext(metadata.collections, transport, (context, state) => new UntypedQuery(context, state))
  return assembled(context, {}) as unknown as KoyaliteData<S>
}

/** Collections and members in one object; members come first where they have the same name. */
export function assembled(context: ClientContext, more: object): object {
  const collections = Object.fromEntries(
    Object.keys(context.collections).map((name) => [name, collectionOf(context, name)]),
  )
  const members = createMembers(context, (name) => collections[name])
  const own = { ...Object.getOwnPropertyDescriptors(members), ...Object.getOwnPropertyDescriptors(more) }
  return Object.defineProperties({ ...collections }, own)
}

/** The query of all documents of a collection, and its documents one by one. */
export function collectionOf(context: ClientContext, name: string): object {
  return Object.assign(context.query(allOf(name)), createDocuments(context, name))
}

export function createMembers(
  context: ClientContext,
  collection: (name: string) => object | undefined,
): BaseClient<'data', never> {
  const { transport, etags } = context
  return {
    collection: (name: string) => collection(name) as never,
    batch: (build, options) => runBatch(context, build, options),
    async request<T>(method: HttpMethod, path: string, { body, query = {}, ...options }: RequestInput = {}) {
      const call = { method, path: path + queryText(query), body: body === undefined ? body : inputText(body) }
      return (await transport.send(call, options)).body as T
    },
    etagOf: (document) => etags.get(document),
    get lastSeq() {
      return transport.lastSeq
    },
  }
}
