import type { Idempotency } from '@koyalite/contracts'
import { EventLoopShare } from '@koyalite/kernel'
import type { Operation } from '@koyalite/schema'
import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { documentObject } from '../document-input'
import type { BatchItem, Prepared } from './batch-item'
import { type BatchOperation, parseOperation } from './batch-operation'
import { newDocument } from './create-document'
import { operationPreparer } from './earlier-keys'
import { inOrder, numbered } from './run-batch'
import { upsertDocument } from './upsert-document'
import { writeBatch } from './write-batch'

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
  const prepareNext = operationPreparer(context, caller)
  const prepare = (value: unknown): BatchItem => {
    const operation = parseOperation(value)
    const { collection } = modelNamed(context, caller, operation.collection)
    const right = RIGHTS[operation.op]
    if (!caller.access.bypasses(collection, right)) throw caller.access.refusal(collection, right)
    return prepareNext(operation)
  }
  return importTogether(context, caller, { ...(await read()), collection: null, prepare })
}

const RIGHTS: Readonly<Record<BatchOperation['op'], Operation>> = {
  create: 'create',
  update: 'update',
  upsert: 'create',
  delete: 'delete',
  assert: 'read',
}

/**
 * Prepares each value, in as many turns of the event loop as it takes. What it returns returns them, or throws the error
 * in one of them, or of reading it, with its index: where a repeated import has its first result, neither counts.
 */
async function prepareEach(
  values: Iterable<unknown>,
  prepare: (value: unknown) => BatchItem,
): Promise<() => readonly BatchItem[]> {
  const share = new EventLoopShare()
  const iterator = values[Symbol.iterator]()
  const operations: BatchItem[] = []
  try {
    for (;;) {
      const operation = numbered(operations.length, () => {
        const next = iterator.next()
        return next.done === true ? null : prepare(next.value)
      })
      if (operation === null) return () => operations
      operations.push(operation)
      await share.next()
    }
  } catch (error) {
    return () => {
      throw error
    }
  }
}

interface Import extends ImportInput {
  /** The collection of the documents; null where they may be of several. */
  readonly collection: string | null
  readonly prepare: (value: unknown) => BatchItem
}

async function importTogether(
  context: DataContext,
  caller: Caller,
  { collection, values, idempotency, prepare }: Import,
): Promise<Imported> {
  const operations = await prepareEach(values, prepare)
  const { value: imported, seq } = await writeBatch(context, caller, {
    collection,
    idempotency,
    prepare: () => inOrder(operations()),
    // Of what the operations return only the number is kept.
    result: ({ length }) => length,
  })
  return { imported, seq }
}
