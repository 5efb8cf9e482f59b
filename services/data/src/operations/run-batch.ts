import { AppError, type DocumentRead, type SqlValue, type Tx } from '@koyalite/contracts'
import type { AuditedSteps, AuditedTx } from '../audit/audited-write'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { createDocument as createHooked } from '../hooks/hooked-create'
import { allReady, type Ready, type ReadyFirst } from '../hooks/ready'
import { areMissing } from '../store/examine-document'
import { fitTogether, insertLimit, insertTogether, type NewDocument } from '../store/insert-documents'
import type { Assertion } from './assert-document'
import { type BatchBounds, type BatchWatch, batchBounds, UNBOUNDED, watchBatch, watchExpressions } from './batch-bounds'
import { type BatchItem, type Prepared, type ReadyItem, type ReadyItems, readyItems, readyOf } from './batch-item'
import { MAX_OPERATIONS, parseBatch, parseOperation } from './batch-operation'
import { newDocument } from './create-document'
import { operationPreparer } from './earlier-keys'
import type { WriteOutcome, WriteStep } from './write-outcome'

export interface BatchStep extends ReadyFirst {
  readonly operations: number
  /**
   * Runs once inside the writer, one operation per step; returns the documents' JSON texts in order, null for deletes
   * and assertions.
   */
  readonly run: AuditedSteps<readonly (string | null)[]>
  /** What its assertions have told of audited documents, as far as it has run. */
  readonly reads: readonly DocumentRead[]
}

/**
 * Several operations on any collections in one transaction, each seeing the earlier ones. The error of an operation is
 * thrown with its index.
 */
export function runBatch(context: DataContext, caller: Caller, body: unknown): BatchStep {
  const bounds = batchBounds(context)
  const prepare = operationPreparer(context, caller)
  const watch = watchExpressions()
  const operations = parseBatch(body).map((value, index) =>
    numbered(index, () => {
      const operation = parseOperation(value)
      watch(operation)
      return prepare(operation)
    }),
  )
  return inOrder(operations, bounds)
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

/** Documents per statement. More would save nothing, and each number has a statement of its own. */
const MAX_TOGETHER = 128

/** @param bounds none for callers who may write as much in other ways */
export function inOrder(operations: readonly BatchItem[], bounds: BatchBounds = UNBOUNDED): BatchStep {
  const reads: DocumentRead[] = []
  return {
    operations: operations.length,
    reads,
    ready: readyOfAll(operations),
    *run(tx) {
      const results: (string | null)[] = []
      const items = readyItems(operations, results)
      const watch = watchBatch(bounds)
      while (results.length < operations.length) {
        if (results.length > 0) yield
        const start = results.length
        const together = neighbours(items, start)
        const stored = together.length > 1 ? createTogether(tx, together) : null
        if (stored) stored.forEach((text, index) => void results.push(numbered(start + index, text)))
        else
          for (let index = start; index < start + Math.max(together.length, 1); index++) {
            if (index > start) yield
            results.push(
              yield* numberedSteps(
                index,
                runOne(tx, () => items.at(index), { watch, reads }),
              ),
            )
          }
      }
      return results
    },
  }
}

function readyOfAll(operations: readonly BatchItem[]): Ready {
  const needed: Ready[] = []
  operations.forEach((one, operation) => {
    const ready = readyOf(one)
    if (ready === undefined) return
    needed.push(() =>
      ready().catch((error: unknown) => {
        throw error instanceof AppError ? error.ofOperation(operation) : error
      }),
    )
  })
  return allReady(needed)
}

/** Runs one write; says what it has done. */
export function runPrepared(tx: AuditedTx, one: Prepared): WriteOutcome {
  if ('values' in one) return { kind: 'created', document: createHooked(tx, one) }
  return 'step' in one ? one.step(tx) : one(tx)
}

interface Running {
  readonly watch: BatchWatch
  readonly reads: DocumentRead[]
}

function* runOne(
  tx: AuditedTx,
  item: () => ReadyItem,
  { watch, reads }: Running,
): Generator<void, string | null, void> {
  const one = item()
  if ('values' in one) return createHooked(tx, one)
  watch.begin()
  const document = 'holds' in one ? check(tx, one, reads) : yield* changeOne(tx, 'step' in one ? one.step : one)
  watch.count(document)
  return document
}

function* changeOne(tx: AuditedTx, step: WriteStep): Generator<void, string | null, void> {
  const outcome = step.parts === undefined ? step(tx) : yield* step.parts(tx)
  return outcome.document
}

function check(tx: Tx, assertion: Assertion, reads: DocumentRead[]): null {
  const held = assertion.holds(tx)
  reads.push(...assertion.reads(held))
  if (held) return null
  throw assertion.refuse()
}

/** A document that is not stored yet, and the key by which to find that out where it might be. */
interface Creation {
  readonly document: NewDocument
  readonly key: SqlValue | null
}

function creationOf(operation: ReadyItem | null): Creation | null {
  if (operation === null || typeof operation === 'function' || 'holds' in operation) return null
  if ('values' in operation) return operation.hooked === undefined ? { document: operation, key: null } : null
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
function neighbours(items: ReadyItems, start: number): readonly Creation[] {
  const first = creationOf(items.ahead(start))
  if (first === null) return []
  const creations = [first]
  const keys = new Set([first.key])
  const limit = Math.min(MAX_TOGETHER, insertLimit(first.document))
  for (let index = start + 1; creations.length < limit; index++) {
    const next = creationOf(items.ahead(index))
    if (next === null || !fitTogether(first.document, next.document)) break
    // The second of two upserts of one key replaces what the first has created.
    if (next.key !== null && keys.has(next.key)) break
    keys.add(next.key)
    creations.push(next)
  }
  return creations.slice(0, 2 ** Math.floor(Math.log2(creations.length)))
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

/** The same for one in steps. */
function* numberedSteps<T>(operation: number, steps: Generator<void, T, void>): Generator<void, T, void> {
  for (;;) {
    const { done, value } = numbered(operation, () => steps.next())
    if (done) return value
    yield
  }
}
