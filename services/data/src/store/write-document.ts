import { AppError, type SqlValue } from '@koyalite/contracts'
import type { Guard } from '@koyalite/query'
import { type Field, type JsonValue, quoteName } from '@koyalite/schema'
import type { Tx } from '@koyalite/sqlite'
import type { CollectionModel } from '../collection-model'
import { type Caller, type DataContext, notFound } from '../data-context'
import { defaultValue, type StoredValues } from '../document-input'
import { explainConstraint } from './constraint'
import { documentStatements } from './document-statements'
import { storedDocument } from './stored-document'

/** What the writes below need to know besides their values. */
export interface Target {
  readonly context: DataContext
  readonly caller: Caller
  readonly model: CollectionModel
  /** What the caller sent, for rules that look at it. */
  readonly input: JsonValue
}

/** A guard that a row must pass, and the error where it does not. */
export interface Check {
  readonly guard: Guard
  refuse(): AppError
}

/** Stores a new document; gives its JSON text as the caller may see it. Throws CONFLICT, or what a check refuses with. */
export function insertDocument(tx: Tx, target: Target, values: StoredValues, checks: readonly Check[]): string {
  const { access, now } = target.caller
  const params = target.model.fields.map((field) => {
    const value = values.get(field)
    return value === undefined ? defaultValue(field, now) : value
  })
  const sql = statementsOf(target).insert(params, guardsOf(checks))
  const row = constrained(tx, target, values, () => tx.get(access.bind(sql, target.input)))
  return passed(row, checks)
}

/** What the caller may see of a stored document: its JSON text, null where they may not read it; undefined where there is none. */
export function selectDocument(tx: Tx, target: Target, key: SqlValue): string | null | undefined {
  const row = tx.get(target.caller.access.bind(statementsOf(target).select(key, []), target.input))
  return row && (row[0] as string | null)
}

/** The same, and whether each guard holds for it. */
export function examineDocument(tx: Tx, target: Target, key: SqlValue, guards: readonly Guard[]): Examined | undefined {
  const row = tx.get(target.caller.access.bind(statementsOf(target).select(key, guards), target.input))
  return row && { document: row[0] as string | null, holds: row.slice(1).map((value) => value === 1) }
}

export interface Examined {
  readonly document: string | null
  readonly holds: readonly boolean[]
}

/**
 * Gives some fields of a document new values; gives its JSON text as the caller may see it. A change of nothing writes nothing, and
 * leaves `onUpdate: now` fields alone. @param needsOld whether a check looks at the document before the update
 */
export function updateDocument(
  tx: Tx,
  target: Target,
  change: {
    readonly key: SqlValue
    readonly values: StoredValues
    readonly checks: readonly Check[]
    readonly needsOld: boolean
  },
): string {
  const { access, now } = target.caller
  const { key, checks } = change
  const old = change.needsOld ? storedDocument(tx, target.model, key) : undefined
  const fields = [...change.values.keys()].filter((field) => !field.onUpdateNow)
  const statements = statementsOf(target)
  const guards = guardsOf(checks)
  if (fields.length > 0) {
    const values = fields.map((field) => change.values.get(field) as SqlValue)
    const touched = target.model.fields.filter((field) => field.onUpdateNow)
    const sql = statements.update({ key, fields, values, touched, touchedValues: touched.map(() => now) }, guards)
    const row = constrained(tx, target, change.values, () => tx.get(access.bind(sql, target.input, old)))
    if (row) return passed(row, checks)
  }
  const unchanged = tx.get(access.bind(statements.seen(key, guards), target.input, old))
  if (!unchanged) throw notFound(target.model.collection, String(key))
  return passed(unchanged, checks)
}

/** Deletes a document; false where there is none. Throws CONFLICT where another document still refers to it. */
export function deleteDocument(tx: Tx, target: Target, key: SqlValue): boolean {
  return constrained(tx, target, null, () => tx.run(statementsOf(target).delete(key)).changes > 0, key)
}

/** The stored values of some fields, as SQLite has them. */
export function storedValues(
  tx: Tx,
  target: Target,
  key: SqlValue,
  fields: readonly Field[],
): ReadonlyMap<Field, SqlValue> | null {
  const { table, primaryKey } = target.model.collection
  const columns = ['1', ...fields.map((field) => quoteName(field.column))].join(', ')
  const text = `SELECT ${columns} FROM ${quoteName(table)} WHERE ${quoteName(primaryKey.column)} = ?`
  const row = tx.get({ text, params: [key] })
  if (!row) return null
  return new Map(fields.map((field, index) => [field, row[index + 1] as SqlValue]))
}

function statementsOf({ caller, model }: Target) {
  return documentStatements(caller.access.read, model.collection)
}

function guardsOf(checks: readonly Check[]): readonly Guard[] {
  return checks.length === 0 ? NO_GUARDS : checks.map((check) => check.guard)
}

const NO_GUARDS: readonly Guard[] = []

/** The document's text, if the row passed every check: what is thrown here undoes the write. */
function passed(row: readonly SqlValue[] | undefined, checks: readonly Check[]): string {
  if (!row) throw new AppError('INTERNAL', 'a statement with RETURNING gave no row')
  checks.forEach((check, index) => {
    if (row[index + 1] !== 1) throw check.refuse()
  })
  return row[0] as string
}

function constrained<T>(tx: Tx, target: Target, values: StoredValues | null, write: () => T, key?: SqlValue): T {
  try {
    return write()
  } catch (error) {
    throw explainConstraint(tx, target, values, key, error)
  }
}
