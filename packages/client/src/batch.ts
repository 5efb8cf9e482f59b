import type { CallOptions } from './call-options'
import type { ClientContext } from './client-context'
import type { Doc, Key, ReferenceName, Replacement, TargetOf } from './document-types'
import { KoyaError } from './koya-error'
import type { CollectionMetadata, SchemaOf } from './metadata'
import { assertedText, inputText, revived } from './values'
import { conditionOf, type WhereValue } from './where'

/** One operation of a batch. @typeParam R what it results in */
export interface BatchOperation<R> {
  readonly collection: string
  /** JSON, as the API takes it. */
  text(): string
  readonly result?: R
}

/** One that results in a document. */
export interface DocumentOperation<S extends SchemaOf<S>, C extends keyof S> extends BatchOperation<Doc<S, C>> {
  /** Stands for the document's key in later operations: as their `id`, or in a field that refers to it. */
  readonly key: ResultKey<C>
}

/** The key of the document that an earlier operation of the same batch results in. @typeParam C its collection */
export interface ResultKey<C> {
  readonly of?: C
  toJSON(): unknown
}

export interface BatchCollection<S extends SchemaOf<S>, C extends keyof S> {
  create(data: BatchInput<S, C, S[C]['create']>): DocumentOperation<S, C>
  update(id: BatchKey<S, C>, patch: BatchInput<S, C, S[C]['update']>): DocumentOperation<S, C>
  /** Creates the document, or replaces it as a whole. */
  replace(id: BatchKey<S, C>, data: BatchInput<S, C, Replacement<S, C>>): DocumentOperation<S, C>
  delete(id: BatchKey<S, C>): BatchOperation<null>
  /** Nothing is written, with PRECONDITION_FAILED, unless the document is there, and its fields have these values. */
  assert(id: BatchKey<S, C>, values: BatchInput<S, C, Partial<Doc<S, C>>>): BatchOperation<null>
  /** The same of an expression: assert(id).where`doc.places > ${n}`. */
  assert(id: BatchKey<S, C>): BatchAssertion
}

export interface BatchAssertion {
  /** See `where` of queries. */
  where(expression: string | TemplateStringsArray, ...values: readonly WhereValue[]): BatchOperation<null>
}

/** A key, or one that is known when an earlier operation has run. */
export type BatchKey<S extends SchemaOf<S>, C extends keyof S> =
  | Key<S, C>
  | ResultKey<C>
  | ReferenceKey<S, C, S[C]['key']>

/** What is sent for a document, where keys of earlier operations may stand in references. @typeParam I by itself */
export type BatchInput<S extends SchemaOf<S>, C extends keyof S, I> = {
  [F in keyof I]: I[F] | ReferenceKey<S, C, F>
}

/** Of a field that refers to documents: by the name of the relation, with or without `_id`. */
type ReferenceKey<S extends SchemaOf<S>, C extends keyof S, F> =
  F extends ReferenceName<S, C>
    ? ResultKey<TargetOf<S, C, F>>
    : F extends `${infer R}_id`
      ? R extends ReferenceName<S, C>
        ? ResultKey<TargetOf<S, C, R>>
        : never
      : never

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
  const positions = new Map<unknown, number>()
  const operations = build(createBatch<S>(context.collections, positions))
  if (operations.length === 0) return [] as unknown as BatchResults<O>
  // Of one that is there twice, the first.
  operations.forEach((operation, index) => void (positions.has(operation) || positions.set(operation, index)))
  const body = `{"operations":[${operations.map((operation) => operation.text()).join()}]}`
  const answer = await context.transport.send({ method: 'POST', path: '/api/batch', body, isWrite: true }, options)
  const { results } = answer.body as { readonly results: unknown[] }
  operations.forEach(({ collection }, index) => void revived(results[index], collection, context.collections))
  return results as BatchResults<O>
}

/** By operation, its index, once the batch is complete. */
type Positions = ReadonlyMap<unknown, number>

function createBatch<S extends SchemaOf<S>>(collections: ClientContext['collections'], positions: Positions): Batch<S> {
  const all = Object.fromEntries(
    Object.entries(collections).map(([name, metadata]) => [
      name,
      batchCollection<S, keyof S>(name, metadata, positions),
    ]),
  )
  return {
    ...all,
    collection: (name: string) => batchCollection(name, collections[name] ?? {}, positions),
  } as unknown as Batch<S>
}

function batchCollection<S extends SchemaOf<S>, C extends keyof S>(
  collection: string,
  metadata: CollectionMetadata,
  positions: Positions,
): BatchCollection<S, C> {
  const operation = (op: string, id: unknown, more: () => string = () => '') => ({
    collection,
    // What keys stand for is known when all operations are.
    text: () => `${JSON.stringify({ op, collection, id }).slice(0, -1)}${more()}}`,
  })
  const write = (op: string, id: unknown, data: unknown): DocumentOperation<S, C> => {
    const own = operation(op, id, () => `,"data":${inputText(data, metadata)}`)
    return Object.assign(own, { key: resultKey<C>(own, positions) })
  }
  const assert = (id: unknown, values?: unknown) =>
    values === undefined
      ? {
          where(expression: string | TemplateStringsArray, ...given: readonly WhereValue[]) {
            const { expression: where, values } = conditionOf(expression, given)
            return operation('assert', id, () => `,"where":${JSON.stringify(where)},"params":[${values.join()}]`)
          },
        }
      : operation('assert', id, () => `,"data":${assertedText(values, metadata)}`)
  return {
    create: (data) => write('create', undefined, data),
    update: (id, patch) => write('update', id, patch),
    replace: (id, data) => write('upsert', id, data),
    delete: (id) => operation('delete', id),
    assert: assert as BatchCollection<S, C>['assert'],
  }
}

function resultKey<C>(operation: unknown, positions: Positions): ResultKey<C> {
  return {
    toJSON() {
      const $result = positions.get(operation)
      if ($result !== undefined) return { $result }
      const message = 'A key belongs to an operation that is not in the batch: return that operation too.'
      throw new KoyaError('INVALID_REQUEST', message)
    },
  }
}
