import type { AuditedSteps } from '../audit/audited-write'
import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { documentObject } from '../document-input'
import { newDocument } from './create-document'
import type { Idempotency } from './idempotent-write'
import { type BatchStep, inOrder, numbered, type Prepared, parseOperation, prepareOperation } from './run-batch'
import { upsertDocument } from './upsert-document'
import { writeDocuments } from './write-documents'

export interface Imported {
  /** How many documents were stored, or operations run. */
  readonly imported: number
  readonly seq: number
}

/** What is imported. */
export interface ImportInput {
  /** Each read when it is asked for. */
  readonly values: Iterable<unknown>
  readonly idempotency: Idempotency | null
}

/**
 * Stores documents in one transaction; an error has the index of the document. With mode `upsert` a document replaces
 * the stored one with the same key. Only for callers who bypass the rules.
 * @param read called once it is known that the caller may import
 */
export async function importDocuments(
  context: DataContext,
  caller: Caller,
  input: {
    readonly collection: string
    readonly mode: 'insert' | 'upsert'
    readonly read: () => Promise<ImportInput>
  },
): Promise<Imported> {
  const { collection } = modelNamed(context, caller, input.collection)
  if (!caller.access.bypasses(collection, 'create')) throw caller.access.refusal(collection, 'create')
  const prepare = (value: unknown): Prepared => {
    const document = { collection: collection.name, data: documentObject(value) }
    return input.mode === 'insert' ? newDocument(context, caller, document) : upsertDocument(context, caller, document)
  }
  return importTogether(context, caller, { ...(await input.read()), collection: collection.name, prepare })
}

/**
 * Runs operations like a batch, in one transaction and without a limit of their number; an error has the index of the
 * operation. Only for callers who bypass the rules.
 * @param read called once it is known that the caller may import something
 */
export async function importOperations(
  context: DataContext,
  caller: Caller,
  { read }: { readonly read: () => Promise<ImportInput> },
): Promise<Imported> {
  const collections = [...context.models.values()].map((model) => model.collection)
  const [any] = collections
  if (any && !collections.some((one) => caller.access.bypasses(one, 'create')))
    throw caller.access.refusal(any, 'create')
  const prepare = (value: unknown): Prepared => {
    const operation = parseOperation(value)
    const { collection } = modelNamed(context, caller, operation.collection)
    const right = operation.op === 'upsert' ? 'create' : operation.op
    if (!caller.access.bypasses(collection, right)) throw caller.access.refusal(collection, right)
    return prepareOperation(context, caller, operation)
  }
  return importTogether(context, caller, { ...(await read()), collection: null, prepare })
}

/** Prepares each value. An error in one, or while it is read, is thrown with its index. */
function prepareEach(values: Iterable<unknown>, prepare: (value: unknown) => Prepared): readonly Prepared[] {
  const iterator = values[Symbol.iterator]()
  const operations: Prepared[] = []
  for (;;) {
    const operation = numbered(operations.length, () => {
      const next = iterator.next()
      return next.done === true ? null : prepare(next.value)
    })
    if (operation === null) return operations
    operations.push(operation)
  }
}

interface Import extends ImportInput {
  /** The collection of the documents; null where they may be of several. */
  readonly collection: string | null
  readonly prepare: (value: unknown) => Prepared
}

async function importTogether(
  context: DataContext,
  caller: Caller,
  { collection, values, idempotency, prepare }: Import,
): Promise<Imported> {
  const { value: imported, seq } = await writeDocuments(context, caller, {
    collection,
    idempotency,
    prepare: () => counted(inOrder(prepareEach(values, prepare))),
  })
  return { imported, seq }
}

/** The same operations; of what they return only the number is kept. */
function counted({ operations, run }: BatchStep): AuditedSteps<number> {
  return function* (tx) {
    yield* run(tx)
    return operations
  }
}
