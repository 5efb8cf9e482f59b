import type { AppError, SqlValue, Tx } from '@koyalite/contracts'
import type { CelDocument } from '@koyalite/query'
import type { Field } from '@koyalite/schema'
import type { StoredValues } from '../document-input'
import { documentStatements } from './document-statements'
import type { Check, Target } from './target'

/**
 * Rules see everything but the document as it was before the write. The guards of a statement are evaluated by its
 * RETURNING, after the row is written: that is the same state, unless they look at documents that the write itself
 * changes. Those are evaluated beforehand, on a document that is not stored yet.
 */
export function mustAskBefore({ model }: Target, checks: readonly Check[], changed: Iterable<Field> | null): boolean {
  const { collection, referredTo } = model
  if (checks.length === 0) return false
  if (checks.some(({ guard }) => guard.readsCollections.has(collection.name))) return true
  // Triggers of an adopted table, and references that follow another value, may change documents of any collection.
  const changesOthers =
    collection.untyped ||
    (changed !== null && referredTo.size > 0 && [...changed].some((field) => referredTo.has(field)))
  return changesOthers === true && checks.some(({ guard }) => guard.readsCollections.size > 0)
}

/** A document as it would be: these values, and for the rest those of the stored one with the key. */
export interface Resulting {
  readonly values: StoredValues
  readonly key: SqlValue | null
}

/** What a document must pass. */
interface Checked extends Resulting {
  readonly checks: readonly Check[]
  /** The document before an update, for checks that look at it. */
  readonly old?: CelDocument | undefined
}

/** The error of the first check that the document does not pass. */
export function refusal(tx: Tx, target: Target, { values, key, checks, old }: Checked): AppError | undefined {
  if (checks.length === 0) return undefined
  const guards = checks.map(({ guard }) => guard)
  const sql = documentStatements(target.caller.access.read, target.model.collection).holds(values, key, guards)
  const held = tx.get(target.caller.access.bind(sql, target.input, old))
  return checks.find((_, index) => held?.[index] !== 1)?.refuse()
}

/**
 * What a write makes of a document, triggers included: it is made, read and undone. Null where the document does not
 * exist afterwards.
 * @param write returns the document's key
 */
export function resultOf(tx: Tx, { caller, model }: Target, write: () => SqlValue): Resulting | null {
  let row: readonly SqlValue[] | undefined
  try {
    tx.attempt(() => {
      row = tx.get(documentStatements(caller.access.read, model.collection).columns(write()))
      throw new Undone()
    })
  } catch (error) {
    if (!(error instanceof Undone)) throw error
  }
  if (!row) return null
  const values = row
  return { values: new Map(model.fields.map((field, index) => [field, values[index] ?? null])), key: null }
}

/** Thrown to undo a write. */
class Undone extends Error {}
