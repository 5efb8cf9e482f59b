import { AppError, type SqlValue, type Tx } from '@koyalite/contracts'
import { addCounts, type ChangeCounts, documentsOf } from '../actions/change-counts'
import { countChanges } from '../actions/record-action'
import { MAX_UNDO_DOCUMENTS } from '../actions/undo-limits'
import { type AuditedTx, auditedSteps } from '../audit/audited-write'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { extendAction, insertAction } from '../store/actions'
import { countDeletion, countTargeted, selectKeys, type TargetedDocuments } from '../store/matching-documents'
import { deleteDocument } from './delete-document'
import { updateDocument } from './update-document'
import { writeDocuments } from './write-documents'
import type { WriteStep } from './write-outcome'

/** What happens to each of the documents: it is deleted, or gets these values. */
export type BulkChange = { readonly kind: 'delete' } | { readonly kind: 'update'; readonly data: unknown }

export interface BulkWrite {
  readonly targeted: TargetedDocuments
  readonly change: BulkChange
  /** More documents than these are refused: how many were there when somebody decided; null: any number. */
  readonly expected: number | null
  /** More than `MAX_UNDO_DOCUMENTS` are allowed: in several transactions, without undo. */
  readonly inSteps: boolean
  /** Aborted when nobody waits for it any more: no further step begins. */
  readonly signal: AbortSignal
}

export interface BulkResult {
  /** Documents that were targeted and are changed; without those that a deletion takes along. */
  readonly documents: number
  readonly counts: readonly ChangeCounts[]
  readonly action: string | null
  /** What ended a write in steps before its end: the documents so far are written. */
  readonly stopped: AppError | null
}

/** What a bulk write would do. */
export interface BulkPreview {
  readonly documents: number
  readonly counts: readonly ChangeCounts[]
  /** Documents by collection that still refer to those that would be deleted (`restrict`): it would be refused. */
  readonly blocked: readonly { readonly collection: string; readonly documents: number }[]
}

/**
 * Changes or deletes documents: as one action, all or nothing; more than can be undone only where the caller asks for
 * steps. Throws UNAUTHENTICATED, FORBIDDEN, TOO_MANY_DOCUMENTS, CONFLICT where there are more than expected, and what a write of
 * one document throws, with its key.
 */
export async function bulkWrite(context: DataContext, caller: Caller, write: BulkWrite): Promise<BulkResult> {
  requireBulk(caller, write)
  const { targeted, expected, inSteps } = write
  const documents = await countDocuments(context, caller, write)
  if (expected !== null && documents > expected) {
    throw new AppError(
      'CONFLICT',
      `There are ${shown(documents)} documents now, not ${shown(expected)}: nothing was changed.`,
    )
  }
  if (documents > MAX_UNDO_DOCUMENTS) {
    if (inSteps) return writeInSteps(context, caller, write)
    const most = shown(MAX_UNDO_DOCUMENTS)
    throw new AppError(
      'TOO_MANY_DOCUMENTS',
      `These are ${shown(documents)} documents. More than ${most} are written in steps, and cannot be undone.`,
    )
  }
  const keys = await nextKeys(context, caller, write, { after: null, limit: MAX_UNDO_DOCUMENTS })
  const steps = await readySteps(context, caller, write, keys)
  let counts: readonly ChangeCounts[] = []
  let written = 0
  const { action } = await writeDocuments(context, caller, {
    collection: targeted.query.collection.name,
    prepare: () =>
      function* (tx) {
        const since = tx.lastSeq()
        written = 0
        for (let start = 0; start < keys.length; start += STEP) {
          written += changeEach(context, caller, { tx, write, steps, keys: keys.slice(start, start + STEP) })
          yield
        }
        counts = countChanges(context, tx, since)
      },
  })
  return { documents: written, counts, action: action ?? null, stopped: null }
}

/** Documents between two turns of the event loop. */
const STEP = 100

/** Documents of one transaction of a write in steps: others wait for so many at most. */
const TRANSACTION = 1000

/** What a bulk write would do, and why it would be refused: an update of up to 10,000 documents is tried and rolled back. */
export async function previewBulkWrite(context: DataContext, caller: Caller, write: BulkWrite): Promise<BulkPreview> {
  requireBulk(caller, write)
  const { targeted, change } = write
  if (change.kind === 'delete') return previewDeletion(context, caller, write)
  const documents = await countDocuments(context, caller, write)
  const { name } = targeted.query.collection
  const none = { collection: name, inserted: 0, updated: documents, deleted: 0, layout: '' }
  if (documents > MAX_UNDO_DOCUMENTS) return { documents, counts: [none], blocked: [] }
  const keys = await nextKeys(context, caller, write, { after: null, limit: MAX_UNDO_DOCUMENTS })
  const tried: Caller = { ...caller, hooking: { isUnprepared: true } }
  let counts: readonly ChangeCounts[] = []
  await context.database
    .writeInSteps<void>(function* (tx) {
      const since = tx.lastSeq()
      for (let start = 0; start < keys.length; start += STEP) {
        // Nothing of it remains that could be audited.
        changeEach(context, tried, { tx: tx as AuditedTx, write, keys: keys.slice(start, start + STEP) })
        yield
      }
      counts = countChanges(context, tx, since)
      throw new Previewed()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Previewed)) throw error
    })
  return { documents, counts, blocked: [] }
}

/** Thrown to roll a preview back. */
class Previewed extends Error {}

async function previewDeletion(
  context: DataContext,
  caller: Caller,
  { targeted, signal }: BulkWrite,
): Promise<BulkPreview> {
  const sql = caller.access.bind(countDeletion(context.schema, targeted, caller.access))
  const { rows } = await context.database.query(sql, { timeoutMs: context.queryTimeoutMs, where: 'process', signal })
  const found = rows.map((row) => row as unknown as readonly [what: string, collection: string, documents: number])
  const of = (wanted: string) => found.filter(([what, , documents]) => what === wanted && documents > 0)
  const none = { inserted: 0, updated: 0, deleted: 0, layout: '' }
  const deleted = of('deleted').map(([, collection, documents]) => ({ ...none, collection, deleted: documents }))
  const changed = of('changed').map(([, collection, documents]) => ({ ...none, collection, updated: documents }))
  return {
    documents: deleted.find(({ collection }) => collection === targeted.query.collection.name)?.deleted ?? 0,
    counts: addCounts(deleted, changed),
    blocked: of('restrict').map(([, collection, documents]) => ({ collection, documents })),
  }
}

function requireBulk({ access }: Caller, { targeted, change }: BulkWrite): void {
  const { collection } = targeted.query
  if (!access.bypasses(collection, change.kind)) throw access.refusal(collection, change.kind)
}

async function countDocuments(
  context: DataContext,
  { access }: Caller,
  { targeted, signal }: BulkWrite,
): Promise<number> {
  const sql = access.bind(countTargeted(targeted, access))
  const { rows } = await context.database.query(sql, { timeoutMs: context.queryTimeoutMs, signal })
  return Number(rows[0]?.[0])
}

interface Portion {
  readonly after: SqlValue
  readonly limit: number
}

async function nextKeys(
  context: DataContext,
  { access }: Caller,
  { targeted, signal }: BulkWrite,
  portion: Portion,
): Promise<readonly SqlValue[]> {
  const sql = access.bind(selectKeys(targeted, access, portion))
  const options = { timeoutMs: context.queryTimeoutMs, maxRows: portion.limit, signal }
  const { rows } = await context.database.query(sql, options)
  return rows.map(([key]) => key as SqlValue)
}

/** Writes those of some documents that are still targeted; returns how many there are. */
function changeEach(
  context: DataContext,
  caller: Caller,
  {
    tx,
    write,
    keys,
    steps = NO_STEPS,
  }: {
    readonly tx: AuditedTx
    readonly write: BulkWrite
    readonly keys: readonly SqlValue[]
    /** Those that have been prepared. */
    readonly steps?: ReadonlyMap<SqlValue, WriteStep>
  },
): number {
  const { targeted } = write
  const { access } = caller
  const collection = targeted.query.collection.name
  const still = tx.all(access.bind(selectKeys({ ...targeted, keys }, access, { after: null, limit: keys.length })))
  for (const [key] of still) {
    try {
      const step = steps.get(key ?? null) ?? stepFor(context, caller, write, String(key))
      step(tx)
    } catch (error) {
      throw ofDocument(error, `${collection}/${key}`)
    }
  }
  return still.length
}

const NO_STEPS: ReadonlyMap<SqlValue, WriteStep> = new Map()

function stepFor(context: DataContext, caller: Caller, { targeted, change }: BulkWrite, id: string): WriteStep {
  const collection = targeted.query.collection.name
  if (change.kind === 'delete') return deleteDocument(context, caller, { collection, id })
  return updateDocument(context, caller, { collection, id, data: change.data })
}

function ofDocument(error: unknown, name: string): unknown {
  if (!(error instanceof AppError)) return error
  const { code, message, details } = error
  return new AppError(code, `${name}: ${message}`, { details, cause: error })
}

/** Where hooks prepare the writes of a collection: one for each document, which have done so. */
async function readySteps(
  context: DataContext,
  caller: Caller,
  write: BulkWrite,
  keys: readonly SqlValue[],
): Promise<ReadonlyMap<SqlValue, WriteStep>> {
  const { name } = write.targeted.query.collection
  if (context.hooks.of(name)?.has('prepare', write.change.kind) !== true) return NO_STEPS
  const steps = new Map<SqlValue, WriteStep>()
  for (const key of keys) {
    try {
      const step = stepFor(context, caller, write, String(key))
      await step.ready?.()
      steps.set(key, step)
    } catch (error) {
      throw ofDocument(error, `${name}/${key}`)
    }
  }
  return steps
}

async function writeInSteps(context: DataContext, caller: Caller, write: BulkWrite): Promise<BulkResult> {
  const { action: origin, ...unrecorded } = caller
  const { name } = write.targeted.query.collection
  const id = Bun.randomUUIDv7()
  let result: BulkResult = { documents: 0, counts: [], action: null, stopped: null }
  let after: SqlValue = null
  for (;;) {
    try {
      const keys: readonly SqlValue[] = await nextKeys(context, caller, write, { after, limit: TRANSACTION })
      const last = keys.at(-1)
      if (last === undefined) return result
      after = last
      const so = result
      const ready = await readySteps(context, unrecorded, write, keys)
      const steps = auditedSteps(context, unrecorded, {
        collection: name,
        *run(tx): Generator<void, BulkResult, void> {
          const since = tx.lastSeq()
          let documents = so.documents
          for (let start = 0; start < keys.length; start += STEP) {
            const next = keys.slice(start, start + STEP)
            documents += changeEach(context, unrecorded, { tx, write, steps: ready, keys: next })
            yield
          }
          const counts = addCounts(so.counts, countChanges(context, tx, since))
          const isRecorded = origin !== undefined && documentsOf(counts) > 0
          if (isRecorded)
            recordStep(context, tx, { id, counts, since, origin, at: caller.time, isFirst: so.action === null })
          return { documents, counts, action: isRecorded ? id : so.action, stopped: null }
        },
      })
      result = (await context.database.writeInSteps<BulkResult>(steps)).value
    } catch (error) {
      // What is written stays: whoever reads the response must learn how much that is.
      if (!(error instanceof AppError) || result.documents === 0) throw error
      return { ...result, stopped: error }
    }
  }
}

function recordStep(
  context: DataContext,
  tx: Tx,
  step: {
    readonly id: string
    readonly counts: readonly ChangeCounts[]
    readonly since: number
    readonly origin: NonNullable<Caller['action']>
    readonly at: number
    readonly isFirst: boolean
  },
): void {
  const { id, counts, since, origin, at, isFirst } = step
  const last = tx.lastSeq()
  if (!isFirst) {
    extendAction(tx, { id, last, counts })
    return
  }
  insertAction(tx, {
    ...{ id, at, last, counts, operator: origin.operator, route: origin.route, epoch: context.database.feed.epoch },
    ...{ first: since + 1, undoes: null, undoneBy: null, inSteps: true },
  })
}

function shown(count: number): string {
  return count.toLocaleString('en')
}
