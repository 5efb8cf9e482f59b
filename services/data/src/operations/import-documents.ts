import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { documentObject } from '../document-input'
import { newDocument } from './create-document'
import { inOrder, numbered, type Prepared, parseOperation, prepareOperation } from './run-batch'
import { upsertDocument } from './upsert-document'
import { writeDocuments } from './write-documents'

export interface Imported {
  /** How many documents were stored, or operations run. */
  readonly imported: number
  readonly seq: number
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
    readonly read: () => Promise<Iterable<unknown>>
  },
): Promise<Imported> {
  const { collection } = modelNamed(context, input.collection)
  if (!caller.access.bypasses(collection, 'create')) throw caller.access.refusal(collection, 'create')
  const prepare = (value: unknown): Prepared => {
    const document = { collection: collection.name, data: documentObject(value) }
    return input.mode === 'insert' ? newDocument(context, caller, document) : upsertDocument(context, caller, document)
  }
  return importTogether(context, caller, {
    collection: collection.name,
    operations: prepareEach(await input.read(), prepare),
  })
}

/**
 * Runs operations like a batch, in one transaction and without a limit of their number; an error has the index of the
 * operation. Only for callers who bypass the rules.
 * @param read called once it is known that the caller may import something
 */
export async function importOperations(
  context: DataContext,
  caller: Caller,
  { read }: { readonly read: () => Promise<Iterable<unknown>> },
): Promise<Imported> {
  const collections = [...context.models.values()].map((model) => model.collection)
  const [any] = collections
  if (any && !collections.some((one) => caller.access.bypasses(one, 'create')))
    throw caller.access.refusal(any, 'create')
  const operations = prepareEach(await read(), (value) => {
    const operation = parseOperation(value)
    const { collection } = modelNamed(context, operation.collection)
    const right = operation.op === 'upsert' ? 'create' : operation.op
    if (!caller.access.bypasses(collection, right)) throw caller.access.refusal(collection, right)
    return prepareOperation(context, caller, operation)
  })
  return importTogether(context, caller, { collection: null, operations })
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

async function importTogether(
  context: DataContext,
  caller: Caller,
  { collection, operations }: { readonly collection: string | null; readonly operations: readonly Prepared[] },
): Promise<Imported> {
  const step = inOrder(operations)
  const { seq } = await writeDocuments(context, caller, { collection, prepare: () => step.run })
  return { imported: step.operations, seq }
}
