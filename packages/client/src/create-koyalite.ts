import { type Batch, type BatchOperation, type BatchResults, runBatch } from './batch'
import type { CallOptions, KoyaliteOptions } from './call-options'
import type { ClientContext } from './client-context'
import { Collection } from './collection'
import type { Metadata, SchemaOf } from './metadata'
import { type Parameters, queryText } from './query-text'
import { createTransport, type HttpMethod } from './transport'
import { inputText } from './values'

export interface RequestInput extends CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown
  readonly query?: Parameters | undefined
}

/** What a client has besides its collections. */
export interface KoyaliteClient<S extends SchemaOf<S>> {
  /** Any collection: also one that is called like a member of the client. */
  collection<C extends keyof S & string>(name: C): Collection<S, C>
  /** Several writes in one transaction, all or none, each seeing the earlier ones. */
  batch<const O extends readonly BatchOperation<unknown>[]>(
    build: (tx: Batch<S>) => O,
    options?: CallOptions,
  ): Promise<BatchResults<O>>
  /** Any route of the server: `request('GET', '/api/auth/me')`. Repeated only if it reads, or has an `idempotencyKey`. */
  request<T = unknown>(method: HttpMethod, path: string, input?: RequestInput): Promise<T>
  /** The tag of a document that was read or written by itself; undefined for others. */
  etagOf(document: object): string | undefined
  /** The latest state that an answer had: `epoch.n`, to be compared by `compareSeq`. Undefined before the first. */
  readonly lastSeq: string | undefined
}

export type Koyalite<S extends SchemaOf<S>> = KoyaliteClient<S> & {
  readonly [C in Exclude<keyof S, keyof KoyaliteClient<S>>]: Collection<S, C>
}

/** Nothing is sent before the first call. @param metadata from generated code */
export function createKoyalite<S extends SchemaOf<S>>(metadata: Metadata<S>, options: KoyaliteOptions): Koyalite<S> {
  const context = createContext(metadata.collections, options)
  const { transport, etags } = context
  const collections = Object.fromEntries(
    Object.keys(metadata.collections).map((name) => [name, new Collection(context, name)]),
  )
  const client: KoyaliteClient<S> = {
    collection: (name) => collections[name] as unknown as Collection<S, typeof name>,
    batch: (build, callOptions) => runBatch(context, build, callOptions),
    async request<T>(method: HttpMethod, path: string, { body, query = {}, ...callOptions }: RequestInput = {}) {
      const call = { method, path: path + queryText(query), body: body === undefined ? body : inputText(body) }
      return (await transport.send(call, callOptions)).body as T
    },
    etagOf: (document) => etags.get(document),
    get lastSeq() {
      return transport.lastSeq
    },
  }
  return Object.defineProperties({ ...collections }, Object.getOwnPropertyDescriptors(client)) as unknown as Koyalite<S>
}

function createContext(collections: ClientContext['collections'], options: KoyaliteOptions): ClientContext {
  const transport = createTransport(options)
  const warned = new Set<string>()
  return {
    transport,
    collections,
    etags: new WeakMap(),
    warnOfCut(key, documents) {
      if (!transport.isLocal || warned.has(key)) return
      warned.add(key)
      console.warn(
        `koyalite: get() gave the first ${documents} documents, and there are more: use limit(n), all() or page(). ${key}`,
      )
    },
  }
}
