import type { CallOptions } from './call-options'
import type { ClientContext } from './client-context'
import type { Doc, Key, Replacement } from './document-types'
import type { CollectionMetadata, SchemaOf } from './metadata'
import { inputText, revived } from './values'

/** One write of a batch. @typeParam R what it results in */
export interface BatchOperation<R> {
  readonly collection: string
  /** JSON, as the API takes it. */
  readonly text: string
  readonly result?: R
}

export interface BatchCollection<S extends SchemaOf<S>, C extends keyof S> {
  create(data: S[C]['create']): BatchOperation<Doc<S, C>>
  update(id: Key<S, C>, patch: S[C]['update']): BatchOperation<Doc<S, C>>
  /** Creates the document, or replaces it as a whole. */
  replace(id: Key<S, C>, data: Replacement<S, C>): BatchOperation<Doc<S, C>>
  delete(id: Key<S, C>): BatchOperation<null>
}

export type Batch<S extends SchemaOf<S>> = {
  readonly [C in Exclude<keyof S, 'collection'>]: BatchCollection<S, C>
} & {
  /** Any collection, whatever it is called. */
  collection<C extends keyof S & string>(name: C): BatchCollection<S, C>
}

/** The results of a batch, in the order of its operations. */
export type BatchResults<O extends readonly BatchOperation<unknown>[]> = {
  -readonly [I in keyof O]: O[I] extends BatchOperation<infer R> ? R : never
}

export async function runBatch<S extends SchemaOf<S>, const O extends readonly BatchOperation<unknown>[]>(
  context: ClientContext,
  build: (tx: Batch<S>) => O,
  options?: CallOptions,
): Promise<BatchResults<O>> {
  const operations = build(createBatch<S>(context.collections))
  if (operations.length === 0) return [] as unknown as BatchResults<O>
  const body = `{"operations":[${operations.map(({ text }) => text).join()}]}`
  const answer = await context.transport.send({ method: 'POST', path: '/api/batch', body, isWrite: true }, options)
  const { results } = answer.body as { readonly results: unknown[] }
  operations.forEach(({ collection }, index) => void revived(results[index], collection, context.collections))
  return results as BatchResults<O>
}

function createBatch<S extends SchemaOf<S>>(collections: ClientContext['collections']): Batch<S> {
  const all = Object.fromEntries(
    Object.entries(collections).map(([name, metadata]) => [name, batchCollection<S, keyof S>(name, metadata)]),
  )
  return { ...all, collection: (name: string) => all[name] } as unknown as Batch<S>
}

function batchCollection<S extends SchemaOf<S>, C extends keyof S>(
  collection: string,
  metadata: CollectionMetadata,
): BatchCollection<S, C> {
  const operation = (op: string, id: unknown, data?: unknown) => {
    const head = JSON.stringify({ op, collection, id })
    return { collection, text: data === undefined ? head : `${head.slice(0, -1)},"data":${inputText(data, metadata)}}` }
  }
  return {
    create: (data) => operation('create', undefined, data),
    update: (id, patch) => operation('update', id, patch),
    replace: (id, data) => operation('upsert', id, data),
    delete: (id) => operation('delete', id),
  }
}
