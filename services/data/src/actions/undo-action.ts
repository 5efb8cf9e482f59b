import { allowsAdmin } from '@koyalite/access'
import { type Actor, AppError, auditedActor, type Tx, type WriteSteps } from '@koyalite/contracts'
import { ConstraintError } from '@koyalite/sqlite'
import { ALL_CHANGES_AREA } from '../admin-areas'
import { type AuditedTx, auditedSteps } from '../audit/audited-write'
import type { Caller } from '../caller'
import { type DataContext, modelOf } from '../data-context'
import { hooksOf } from '../hooks/hooks-of'
import { findAction } from '../store/actions'
import { openDocument } from '../store/open-document'
import {
  changedBeside,
  changesOfRange,
  type LoggedRow,
  revertDelete,
  revertInsert,
  revertUpdate,
} from '../store/revert-changes'
import type { Action, ActionOrigin } from './action'
import type { ChangeCounts } from './change-counts'
import { countChanges, recordAction } from './record-action'
import { impossibleUndo } from './undo-limits'
import {
  changesSince,
  type DocumentKey,
  documentsOfChanges,
  nameOf,
  type Since,
  type UndoConflict,
  type UndoneDocument,
} from './undo-plan'

export interface UndoRequest {
  readonly id: string
  /** Documents that stay as they are. */
  readonly leaveOut: readonly DocumentKey[]
  /** Says what would happen, and does nothing. */
  readonly isDryRun: boolean
  readonly origin: ActionOrigin
}

export interface UndoResult {
  /** The undo as an action, which can be undone itself; null where there was nothing left to undo, and of a dry run. */
  readonly action: string | null
  readonly counts: readonly ChangeCounts[]
  /** Of a dry run; otherwise they are the error. */
  readonly conflicts: readonly UndoConflict[]
  readonly seq: number
}

/** Operators see, and take back, what is theirs; owners and admins what anybody did. */
export function maySeeAction(actor: Actor, { operator }: Pick<Action, 'operator'>): boolean {
  return allowsAdmin(actor, ALL_CHANGES_AREA, 'read') || (actor.kind === 'operator' && actor.id === operator?.id)
}

/**
 * Takes back what an action did: all of it, or nothing. A document goes back only where it still is what the action made of
 * it. Throws NOT_FOUND, FORBIDDEN for who may not write one of its collections today, CONFLICT with the documents that
 * cannot go back.
 */
export async function undoAction(context: DataContext, caller: Caller, request: UndoRequest): Promise<UndoResult> {
  let counts: readonly ChangeCounts[] = []
  let action: string | null = null
  const run = auditedSteps(context, caller, {
    collection: null,
    *run(tx) {
      const since = tx.lastSeq()
      const undone = requireUndoable(context, caller, tx, request.id)
      yield* revert(context, caller, tx, { undone, request })
      counts = countChanges(context, tx, since)
      recordUndo(context, caller, tx, { undone, counts, leftOut: request.leaveOut.length })
      const origin = { ...request.origin, undoes: undone.id }
      action = recordAction(context, tx, { origin, at: caller.time, since })
    },
  })
  try {
    const { seq } = await context.database.writeInSteps(request.isDryRun ? rolledBack(run) : run)
    return { action, counts, conflicts: [], seq }
  } catch (error) {
    const seq = context.database.feed.lastSeq
    if (error instanceof DryRunDone) return { action: null, counts, conflicts: [], seq }
    if (!(error instanceof Conflicts)) throw error
    if (request.isDryRun) return { action: null, counts: error.counts, conflicts: error.conflicts, seq }
    throw conflictError(error.conflicts)
  }
}

function requireUndoable(context: DataContext, caller: Caller, tx: Tx, id: string): Action {
  const action = findAction(tx, id)
  // One that somebody else did is one that is not there.
  if (action === null || !maySeeAction(caller.actor, action)) {
    throw new AppError('NOT_FOUND', 'There is no such action, or the change log no longer has it.')
  }
  const impossible = impossibleUndo(context, tx, caller, action)
  if (impossible !== null) {
    throw new AppError(impossible.code === 'forbidden' ? 'FORBIDDEN' : 'CONFLICT', impossible.message)
  }
  return action
}

function recordUndo(
  { audit }: DataContext,
  { actor, ip, requestId }: Caller,
  tx: Tx,
  {
    undone,
    counts,
    leftOut,
  }: { readonly undone: Action; readonly counts: readonly ChangeCounts[]; readonly leftOut: number },
): void {
  audit.record(tx, {
    ...{ event: 'changes.undone', outcome: 'success', ...auditedActor(actor), ip, requestId },
    target: { kind: 'action', id: undone.id, name: undone.operator?.email ?? null },
    details: { changes: counts.map(({ layout: _, ...count }) => count), left_out: leftOut },
  })
}

/** Documents between two turns of the event loop. */
const STEP = 200

/** Goes back over the changes of an action, newest first: every state on the way is one that there was. */
function* revert(
  context: DataContext,
  caller: Caller,
  tx: AuditedTx,
  { undone: { first, last }, request: { leaveOut } }: { readonly undone: Action; readonly request: UndoRequest },
): Generator<void, void, void> {
  const since = tx.lastSeq()
  const rows = changesOfRange(tx, first, last)
  const left = new Set(leaveOut.map(({ collection, key }) => nameOf({ collection, docId: key })))
  const concerned = documentsOfChanges(rows.filter((row) => !left.has(nameOf(row))))
  // What was made and deleted again by the action itself was not there before and is not there now.
  const documents = new Map([...concerned].filter(([, one]) => one.first !== 'insert' || one.last !== 'delete'))
  const found = yield* changesSince(context, tx, { documents, last })
  const conflicts = new Map(found.conflicts.map((one) => [nameOf({ ...one, docId: one.key }), one]))
  let done = 0
  for (const row of rows.toReversed()) {
    const name = nameOf(row)
    if (!documents.has(name) || found.settled.has(name) || conflicts.has(name)) continue
    const reverting = { documents, found, skipped: conflicts }
    const conflict = withHooksAfter({ context, caller, tx, row }, () => revertRow(context, tx, row, reverting))
    if (conflict) conflicts.set(name, conflict)
    if (++done % STEP === 0) yield
  }
  if (conflicts.size > 0) throw new Conflicts([...conflicts.values()], countChanges(context, tx, since))
}

interface Reverting {
  readonly documents: ReadonlyMap<string, UndoneDocument>
  readonly found: Since
  readonly skipped: ReadonlyMap<string, UndoConflict>
}

/**
 * Only hooks that run after a write run for an undo: documents go back to exactly what they were, which no hook can change
 * or refuse.
 */
function withHooksAfter({ context, caller, tx, row }: Undoing, run: () => UndoConflict | null): UndoConflict | null {
  const { collection: name, docId, op } = row
  const operation = UNDONE_BY[op]
  const hooks = hooksOf(context, name, [operation])
  if (hooks?.has('after', operation) !== true) return run()
  const model = modelOf(context, name)
  const old = openDocument(tx, model.collection, docId)
  const conflict = run()
  if (conflict === null) {
    const doc = openDocument(tx, model.collection, docId)
    hooks.after(tx, { context, caller, model }, operation, { doc, old })
  }
  return conflict
}

interface Undoing {
  readonly context: DataContext
  readonly caller: Caller
  readonly tx: Tx
  readonly row: LoggedRow
}

const UNDONE_BY = { insert: 'delete', update: 'update', delete: 'create' } as const

function revertRow(context: DataContext, tx: Tx, row: LoggedRow, reverting: Reverting): UndoConflict | null {
  const { collection, fields } = modelOf(context, row.collection)
  const { op, docId, seq } = row
  const named = { collection: row.collection, key: docId as string | number, fields: [] }
  const before = tx.lastSeq()
  try {
    if (op === 'insert') revertInsert(tx, collection, docId)
    else if (op === 'delete') revertDelete(tx, collection, seq)
    else {
      const keepsTime = reverting.found.touched.has(nameOf(row))
      const changed = fields.filter(
        ({ column, onUpdateNow }) => row.columns.includes(column) && !(keepsTime && onUpdateNow),
      )
      if (changed.length > 0 && !revertUpdate(tx, changed, { collection, key: docId, seq }))
        return { ...named, reason: 'deleted', message: 'It has been deleted since.' }
    }
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error
    return { ...named, reason: 'refused', message: refusedBecause(context, row, error) }
  }
  // One change is its own.
  if (tx.lastSeq() - before <= 1) return null
  const others = changedBeside(tx, before, row).filter((one) => {
    const name = nameOf(one)
    return !reverting.documents.has(name) || reverting.skipped.has(name)
  })
  if (others.length === 0) return null
  return { ...named, reason: 'others', message: othersMessage(others) }
}

function refusedBecause(
  context: DataContext,
  { collection }: LoggedRow,
  { kind, columns, message }: ConstraintError,
): string {
  if (kind === 'foreign_key') return 'It refers to a document that is gone, or another document refers to it.'
  const names = modelOf(context, collection).fields.filter((field) => columns.includes(field.column) && !field.internal)
  if (kind === 'unique' && names.length > 0) {
    return `Another document has its ${names.map(({ name }) => name).join(', ')} now, which must be unique.`
  }
  return `The database refuses it: ${message}.`
}

function othersMessage(others: readonly LoggedRow[]): string {
  const counts = new Map<string, number>()
  for (const { op, collection } of others) {
    const what = `${op === 'delete' ? 'delete' : 'change'} documents of '${collection}'`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  const [what, count] = [...counts][0] as [string, number]
  return `Others have work that depends on it: undoing it would ${what} (${count}).`
}

/** Thrown to roll an undo back that has conflicts. */
class Conflicts extends Error {
  readonly conflicts: readonly UndoConflict[]
  readonly counts: readonly ChangeCounts[]

  constructor(conflicts: readonly UndoConflict[], counts: readonly ChangeCounts[]) {
    super('conflicts')
    this.conflicts = conflicts
    this.counts = counts
  }
}

class DryRunDone extends Error {}

function rolledBack(run: WriteSteps<void>): WriteSteps<void> {
  return function* (tx) {
    yield* run(tx)
    throw new DryRunDone()
  }
}

const MAX_CONFLICTS = 100

function conflictError(conflicts: readonly UndoConflict[]): AppError {
  const many = conflicts.length === 1 ? '1 document is' : `${conflicts.length} documents are`
  return new AppError('CONFLICT', `Nothing was undone: ${many} no longer what this action made of them.`, {
    details: conflicts
      .slice(0, MAX_CONFLICTS)
      .map(({ collection, key, reason, message }) => ({ field: `${collection}/${key}`, code: reason, message })),
  })
}
