import { AppError, type ErrorDetail, type WriteSteps } from '@koyalite/contracts'
import type { ChangeCounts } from '../actions/change-counts'
import { countChanges } from '../actions/record-action'
import type { AuditedTx } from '../audit/audited-write'
import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { documentObject } from '../document-input'
import { type Prepared, readyOf } from './batch-item'
import { newDocument } from './create-document'
import { runPrepared } from './run-batch'
import { upsertDocument } from './upsert-document'
import { writeDocuments } from './write-documents'

export interface RowImport {
  readonly collection: string
  /** `upsert`: a row replaces the document with its key. */
  readonly mode: 'insert' | 'upsert'
  /** Stores the rows that can be stored; otherwise all or none. */
  readonly skipRefused: boolean
  /** Says what would happen, and does nothing. */
  readonly isDryRun: boolean
  /** Aborted when whoever imports has gone, or cancels: then nothing is imported. */
  readonly signal?: AbortSignal
  /** Called once it is known that the caller may import. Each row is parsed when it is asked for. */
  readonly read: () => Promise<Iterable<() => unknown>>
}

/** A row that cannot be stored. */
export interface RefusedRow {
  /** Its number among those that were sent, from 0 on. */
  readonly row: number
  readonly errors: readonly ErrorDetail[]
}

export interface ImportedRows {
  readonly read: number
  readonly inserted: number
  readonly updated: number
  /** Rows that equal their documents. */
  readonly unchanged: number
  readonly refused: number
  /** The first of those that were refused. */
  readonly rows: readonly RefusedRow[]
  /** What became of documents, of other collections too. */
  readonly counts: readonly ChangeCounts[]
  readonly action: string | null
  readonly seq: number
}

/** Of more rows it is only counted that they were refused. */
const MAX_REFUSED_ROWS = 10_000

/** Rows between two turns of the event loop. */
const STEP = 100

/**
 * Stores rows as documents in one transaction, and says of each that cannot be stored why. Only for callers who bypass the
 * rules. Throws UNAUTHENTICATED, FORBIDDEN, COLLECTION_NOT_FOUND, and VALIDATION_ERROR where one row is refused and all or
 * none were wanted.
 */
export async function importRows(context: DataContext, caller: Caller, input: RowImport): Promise<ImportedRows> {
  const { collection } = modelNamed(context, caller, input.collection)
  if (!caller.access.bypasses(collection, 'create')) throw caller.access.refusal(collection, 'create')
  const importer: Caller = input.isDryRun ? { ...caller, hooking: { isUnprepared: true } } : caller
  const prepare = (value: unknown): Prepared => {
    const document = { collection: collection.name, data: documentObject(value) }
    return input.mode === 'insert'
      ? newDocument(context, importer, document)
      : upsertDocument(context, importer, document)
  }
  const read = await input.read()
  const hooks = context.hooks.of(collection.name)
  const isPrepared = !input.isDryRun && (hooks?.has('prepare', 'create') || hooks?.has('prepare', 'update')) === true
  const rows = isPrepared ? await readyRows(read, prepare) : lazyRows(read, prepare)
  let result: Omit<ImportedRows, 'action' | 'seq'> = NOTHING
  const steps = function* (tx: AuditedTx): Generator<void, void, void> {
    const since = tx.lastSeq()
    const counted = { read: 0, inserted: 0, updated: 0, unchanged: 0 }
    let refused = 0
    const refusedRows: RefusedRow[] = []
    for (const made of rows) {
      const row = counted.read++
      try {
        const { kind } = tx.attempt(() => runPrepared(tx, made()))
        counted[kind === 'created' ? 'inserted' : kind === 'updated' ? 'updated' : 'unchanged']++
      } catch (error) {
        if (!(error instanceof AppError) || error.status >= 500) throw error
        if (refused++ < MAX_REFUSED_ROWS) refusedRows.push({ row, errors: errorsOf(error) })
      }
      if (counted.read % STEP === 0) yield
      if (input.signal?.aborted) throw new AppError('INVALID_REQUEST', 'Nothing was imported: the caller has gone.')
    }
    result = { ...counted, refused, rows: refusedRows, counts: countChanges(context, tx, since) }
    if (refused > 0 && !input.skipRefused && !input.isDryRun) throw refusedImport(refused, refusedRows)
  }
  if (input.isDryRun) {
    await rolledBack(context, steps)
    return { ...result, action: null, seq: context.database.feed.lastSeq }
  }
  const { action = null, seq } = await writeDocuments(context, caller, {
    collection: collection.name,
    prepare: () => steps,
  })
  return { ...result, action, seq }
}

/** Each is checked when its turn comes. */
function* lazyRows(
  rows: Iterable<() => unknown>,
  prepare: (value: unknown) => Prepared,
): Generator<() => Prepared, void, void> {
  for (const parse of rows) yield () => prepare(parse())
}

/** All of them, once hooks have prepared them. */
async function readyRows(
  rows: Iterable<() => unknown>,
  prepare: (value: unknown) => Prepared,
): Promise<readonly (() => Prepared)[]> {
  const ready: (() => Prepared)[] = []
  for (const parse of rows) {
    try {
      const made = prepare(parse())
      await readyOf(made)?.()
      ready.push(() => made)
    } catch (error) {
      // It is said of the row.
      ready.push(() => {
        throw error
      })
    }
  }
  return ready
}

const NOTHING = { read: 0, inserted: 0, updated: 0, unchanged: 0, refused: 0, rows: [], counts: [] }

function errorsOf({ code, message, details }: AppError): readonly ErrorDetail[] {
  return details.length > 0 ? details : [{ field: '', code, message }]
}

function refusedImport(refused: number, rows: readonly RefusedRow[]): AppError {
  const details = rows.flatMap(({ row, errors }) =>
    errors.map(({ field, code, message }) => ({ field: `${row}${field === '' ? '' : `.${field}`}`, code, message })),
  )
  const rowsOf = refused === 1 ? '1 row was' : `${refused.toLocaleString('en')} rows were`
  return new AppError('VALIDATION_ERROR', `Nothing was imported: ${rowsOf} refused.`, { details })
}

/** Thrown to roll a dry run back. */
class DryRunDone extends Error {}

async function rolledBack(
  { database }: DataContext,
  steps: (tx: AuditedTx) => Generator<void, void, void>,
): Promise<void> {
  const run: WriteSteps<void> = function* (tx) {
    // Nothing of it remains that could be audited.
    yield* steps(tx as AuditedTx)
    throw new DryRunDone()
  }
  await database.writeInSteps(run).catch((error: unknown) => {
    if (!(error instanceof DryRunDone)) throw error
  })
}
