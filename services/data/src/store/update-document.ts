import type { Row, SqlValue, Tx } from '@koyalite/contracts'
import type { Guard } from '@koyalite/query'
import { type Field, loggedTable } from '@koyalite/schema'
import { logUnchanged } from '@koyalite/sqlite'
import type { StoredValues } from '../document-input'
import { notFound, verifyNotThere } from '../missing-document'
import { constrained, passed, requirePassed, settled } from './checked-row'
import { explainConstraint } from './constraint'
import type { FieldChange } from './document-statements'
import { mustAskBefore, refusal, resultOf } from './state-before'
import { storedDocument } from './stored-document'
import { type Check, guardsOf, NO_CHECKS, NO_GUARDS, statementsOf, type Target } from './target'

/** A change of some fields of a document. */
export interface DocumentChange {
  readonly key: SqlValue
  readonly values: StoredValues
  /** What the resulting document must pass. */
  readonly checks: readonly Check[]
  /** The fields that the caller names; without it all that have values. */
  readonly named?: readonly Field[]
  /** The document is the caller's own, which they may read whatever the rules say. */
  readonly ownRow?: boolean
}

/** An update as one statement, which includes all conditions on the stored document. */
export interface DirectChange extends DocumentChange {
  /** What the stored document must pass. */
  readonly before: readonly Guard[]
}

/** Whether all checks of a change can be made by the statement that makes it. */
export function canChangeDirectly(target: Target, { values, checks }: DocumentChange): boolean {
  return !mustAskBefore(target, checks, values.keys())
}

/**
 * Changes a document that the caller may read (or whose rules they bypass) and that passes `before`; returns its JSON
 * text as the caller may see it. Returns null, and writes nothing, where there is no such document or nothing would
 * change.
 */
export function changeDirectly(tx: Tx, target: Target, change: DirectChange): string | null {
  const fields = fieldChange(target, change)
  if (fields === null) return null
  const { checks } = change
  const sql = target.caller.access.bind(
    statementsOf(target).updateIf(fields, change.before, guardsOf(checks)),
    target.input,
  )
  const row = logged(tx, target, fields, () =>
    constrained(
      () => tx.get(sql),
      (error) => refusal(tx, target, change) ?? explainConstraint(tx, target, change, error),
    ),
  )
  return row ? passed(settled(tx, target, { row, checks }), checks) : null
}

export interface Updated {
  readonly kind: 'updated' | 'unchanged'
  /** JSON text as the caller may see it. */
  readonly document: string
}

/**
 * Sets some fields of a document. Where nothing differs, nothing is written, and `onUpdate: now` fields stay as they
 * are.
 * @param needsOld whether a check looks at the document before the update
 */
export function updateDocument(
  tx: Tx,
  target: Target,
  change: DocumentChange & { readonly needsOld: boolean },
): Updated {
  const { access } = target.caller
  const { key, checks, values } = change
  const old = change.needsOld ? storedDocument(tx, target.model, key) : undefined
  const statements = statementsOf(target)
  const fields = fieldChange(target, change)
  const write = <T>(run: () => T): T =>
    constrained(run, (error) => refusal(tx, target, { ...change, old }) ?? explainConstraint(tx, target, change, error))
  const isAsked = mustAskBefore(target, checks, values.keys())
  if (isAsked) {
    const update = () => {
      if (fields !== null) write(() => tx.run(access.bind(statements.update(fields, NO_GUARDS), target.input)))
      return key
    }
    requirePassed(tx, target, { resulting: resultOf(tx, target, update), checks, old })
  }
  const left = isAsked ? NO_CHECKS : checks
  const guards = guardsOf(left)
  let row: Row | undefined
  if (fields !== null) {
    const sql = statements.update(fields, guards)
    row = logged(tx, target, fields, () => write(() => tx.get(access.bind(sql, target.input, old))))
    // What triggers of an adopted table have made of it is read below.
    if (row && !target.model.collection.untyped) return { kind: 'updated', document: passed(row, left) }
  }
  const found = tx.get(access.bind(statements.seen(key, guards), target.input, old))
  if (!found) {
    verifyNotThere(tx, target.model.collection, key)
    throw notFound(target.model.collection, String(key))
  }
  return { kind: row ? 'updated' : 'unchanged', document: passed(found, left) }
}

/** Runs an update of a row. One that counts as a change although nothing differs is logged like any other. */
function logged(tx: Tx, target: Target, change: FieldChange, update: () => Row | undefined): Row | undefined {
  if (change.guarded.length === 0 && !change.isHidden) return update()
  const seq = tx.lastSeq()
  const row = update()
  if (row && tx.lastSeq() === seq) tx.run(logUnchanged(loggedTable(target.model.collection), change.key))
  return row
}

/** Null where nothing is left to change but `onUpdate: now` fields. */
function fieldChange(
  { model, caller }: Target,
  { key, values, named = [...values.keys()], ownRow = false }: DocumentChange,
): FieldChange | null {
  const fields = [...values.keys()].filter((field) => !field.onUpdateNow)
  if (fields.length === 0) return null
  const touched = model.fields.filter((field) => field.onUpdateNow)
  const { collection } = model
  const { read } = caller.access
  // A document that the caller may not read can only be written by those who bypass the rules of updates.
  const isHidden = !ownRow && read.rows(collection).kind !== 'all' && caller.access.bypasses(collection, 'update')
  return {
    key,
    fields,
    values: fields.map((field) => values.get(field) as SqlValue),
    touched,
    touchedValues: touched.map(() => caller.now),
    guarded: named.filter((field) => read.field(collection, field).kind !== 'all'),
    isHidden,
  }
}
