import { AppError, type SqlValue, type Tx } from '@koyalite/contracts'
import { z } from 'zod'
import type { AuditedSteps, AuditedTx } from '../audit/audited-write'
import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { documentObject, type JsonObject, withoutKey } from '../document-input'
import { areMissing } from '../store/examine-document'
import { fitTogether, insertDocument, insertLimit, insertTogether, type NewDocument } from '../store/insert-documents'
import { type BatchBounds, batchBounds, UNBOUNDED, watchBatch } from './batch-bounds'
import { newDocument } from './create-document'
import { deleteDocument } from './delete-document'
import type { PreparedReplacement } from './replace-document'
import { updateDocument } from './update-document'
import { upsertDocument } from './upsert-document'
import type { WriteStep } from './write-outcome'

const MAX_OPERATIONS = 1000

const id = z.union([z.string(), z.number()])
const collection = z.string()
const data = z.unknown()
const operationSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('create'), collection, id: id.optional(), data }),
  z.strictObject({ op: z.literal('update'), collection, id, data }),
  z.strictObject({ op: z.literal('upsert'), collection, id: id.optional(), data }),
  z.strictObject({ op: z.literal('delete'), collection, id }),
])
export type BatchOperation = z.infer<typeof operationSchema>

const batchSchema = z.strictObject({ operations: z.array(z.unknown()).min(1).max(MAX_OPERATIONS) })

export interface BatchStep {
  readonly operations: number
  /**
   * Runs once inside the writer, one operation per step; returns the documents' JSON texts in order, null for deletes.
   */
  readonly run: AuditedSteps<readonly (string | null)[]>
}

/**
 * Several writes of any collections in one transaction, each seeing the earlier ones. The error of an operation is
 * thrown with its index.
 */
export function runBatch(context: DataContext, caller: Caller, body: unknown): BatchStep {
  const parsed = batchSchema.safeParse(body)
  if (!parsed.success) throw invalidBatch(parsed.error)
  const operations = parsed.data.operations.map((operation, index) =>
    numbered(index, () => prepareOperation(context, caller, parseOperation(operation))),
  )
  return inOrder(operations, batchBounds(context))
}

/** Creates documents of one collection in one transaction. */
export function createDocuments(
  context: DataContext,
  caller: Caller,
  { collection, documents }: { readonly collection: string; readonly documents: readonly unknown[] },
): BatchStep {
  if (documents.length === 0 || documents.length > MAX_OPERATIONS) {
    throw new AppError('INVALID_REQUEST', `Send 1 to ${MAX_OPERATIONS} documents at once.`)
  }
  return inOrder(
    documents.map((data, index) => numbered(index, () => newDocument(context, caller, { collection, data }))),
    batchBounds(context),
  )
}

/** One of several writes: a new document can be inserted together with its neighbours, and so can one that an upsert creates. */
export type Prepared = NewDocument | PreparedReplacement | WriteStep

/** Documents per statement. More would save nothing, and each number has a statement of its own. */
const MAX_TOGETHER = 128

/** @param bounds none for callers who may write as much in other ways */
export function inOrder(operations: readonly Prepared[], bounds: BatchBounds = UNBOUNDED): BatchStep {
  return {
    operations: operations.length,
    *run(tx) {
      const results: (string | null)[] = []
      const watch = watchBatch(bounds)
      while (results.length < operations.length) {
        if (results.length > 0) yield
        const start = results.length
        const together = neighbours(operations, start)
        const stored = together.length > 1 ? createTogether(tx, together) : null
        if (stored) stored.forEach((text, index) => void results.push(numbered(start + index, text)))
        else
          for (const one of operations.slice(start, start + Math.max(together.length, 1))) {
            if (results.length > start) yield
            results.push(numbered(results.length, () => runOne(tx, one, watch)))
          }
      }
      return results
    },
  }
}

function runOne(tx: AuditedTx, one: Prepared, watch: ReturnType<typeof watchBatch>): string | null {
  if ('values' in one) return insertDocument(tx, one)
  const step = 'step' in one ? one.step : one
  return watch(() => step(tx).document)
}

/** A document that is not stored yet, and the key by which to find that out where it might be. */
interface Creation {
  readonly document: NewDocument
  readonly key: SqlValue | null
}

function creationOf(operation: Prepared | undefined): Creation | null {
  if (operation === undefined || typeof operation === 'function') return null
  if ('values' in operation) return { document: operation, key: null }
  return operation.creation && { document: operation.creation, key: operation.key }
}

/** Null where some of them are stored already, or one is refused: each is written by itself then. */
function createTogether(tx: Tx, creations: readonly Creation[]): readonly (() => string)[] | null {
  const [{ document }] = creations as readonly [Creation]
  const keys = creations.flatMap(({ key }) => (key === null ? [] : [key]))
  if (keys.length > 0 && !areMissing(tx, document.target, keys)) return null
  return insertTogether(
    tx,
    creations.map((one) => one.document),
  )
}

/**
 * Documents from `start` on that one statement can create. Their number is a power of two, so that there are few such
 * statements.
 */
function neighbours(operations: readonly Prepared[], start: number): readonly Creation[] {
  const first = creationOf(operations[start])
  if (first === null) return []
  const creations = [first]
  const keys = new Set([first.key])
  const limit = Math.min(MAX_TOGETHER, insertLimit(first.document))
  for (let index = start + 1; index < operations.length && creations.length < limit; index++) {
    const next = creationOf(operations[index])
    if (next === null || !fitTogether(first.document, next.document)) break
    // The second of two upserts of one key replaces what the first has created.
    if (next.key !== null && keys.has(next.key)) break
    keys.add(next.key)
    creations.push(next)
  }
  return creations.slice(0, 2 ** Math.floor(Math.log2(creations.length)))
}

export function prepareOperation(context: DataContext, caller: Caller, operation: BatchOperation): Prepared {
  switch (operation.op) {
    case 'create':
      return newDocument(context, caller, { ...operation, data: withKey(context, caller, operation) })
    case 'update':
      return updateDocument(context, caller, { ...operation, id: String(operation.id) })
    case 'upsert':
      return upsertDocument(context, caller, { ...operation, data: withKey(context, caller, operation) })
    case 'delete':
      return deleteDocument(context, caller, { ...operation, id: String(operation.id) })
  }
}

/**
 * The data of an operation together with the key that the operation names beside it; where both have one, they must be
 * equal.
 */
function withKey(
  context: DataContext,
  caller: Caller,
  operation: { collection: string; id?: string | number | undefined; data?: unknown },
): JsonObject {
  const data = documentObject(operation.data ?? {})
  if (operation.id === undefined) return data
  const model = modelNamed(context, caller, operation.collection)
  const { name, type } = model.collection.primaryKey
  const { id } = operation
  const key = type === 'uuid' ? String(id).toLowerCase() : type === 'int' ? numberOf(id) : id
  return { ...withoutKey(model, data, key), [name]: key }
}

/** An int key may be written as text, as in a path and in updates and deletes. */
function numberOf(id: string | number): string | number {
  return typeof id === 'string' && /^-?\d{1,16}$/.test(id) ? Number(id) : id
}

export function parseOperation(value: unknown): BatchOperation {
  const parsed = operationSchema.safeParse(value)
  if (!parsed.success) throw invalidBatch(parsed.error)
  return parsed.data
}

function invalidBatch(error: z.ZodError): AppError {
  const details = error.issues.map((issue) => ({
    field: issue.path.join('.'),
    code: issue.code,
    message: issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message,
  }))
  const expected = `A batch must be {"operations":[{"op":"create|update|upsert|delete","collection":…,"id":…,"data":…}, …]} with 1 to ${MAX_OPERATIONS} operations.`
  return new AppError('INVALID_REQUEST', expected, { details })
}

/** Runs one of several writes; throws its error with its index. */
export function numbered<T>(operation: number, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw error.ofOperation(operation)
  }
}
