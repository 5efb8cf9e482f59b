import { AppError, quoteName, type Row, type SqlValue, type Tx } from '@koyalite/contracts'
import type { CelDocument, Guard } from '@koyalite/query'
import { type Field, loggedTable } from '@koyalite/schema'
import { ConstraintError, logUnchanged } from '@koyalite/sqlite'
import { type DataContext, notFound, verifyNotThere } from '../data-context'
import { defaultValue, type InputTarget, type StoredValues } from '../document-input'
import { explainConstraint } from './constraint'
import { documentStatements, type FieldChange } from './document-statements'
import { mustAskBefore, type Resulting, refusal, resultOf } from './state-before'
import { storedDocument } from './stored-document'

/** What the writes below need to know besides their values. */
export interface Target extends InputTarget {
  readonly context: DataContext
}

/** A guard that a row must pass, and the error where it does not. */
export interface Check {
  readonly guard: Guard
  refuse(): AppError
}

/** A document on its way into the store. */
export interface NewDocument {
  readonly target: Target
  readonly values: StoredValues
  readonly checks: readonly Check[]
}

/** Stores a new document; gives its JSON text as the caller may see it. Throws CONFLICT, or what a check refuses with. */
export function insertDocument(tx: Tx, { target, values, checks }: NewDocument): string {
  const columns = columnsOf(target, values)
  const document = {
    values: new Map(target.model.fields.map((field, index) => [field, columns[index] ?? null])),
    key: null,
  }
  const statements = statementsOf(target)
  const write = <T>(run: () => T): T =>
    constrained(run, (error) => refusal(tx, target, document, checks) ?? explainConstraint(tx, target, document, error))
  const isAsked = mustAskBefore(target, checks, null)
  if (isAsked) {
    const insert = () => write(() => tx.get(statements.insertOnly(columns))?.[0] ?? null)
    requirePassed(tx, target, isSettled(target, document.values) ? document : resultOf(tx, target, insert), checks)
  }
  const left = isAsked ? NO_CHECKS : checks
  const row = write(() => tx.get(target.caller.access.bind(statements.insert([columns], guardsOf(left)), target.input)))
  requireNameable(target, row)
  return passed(settled(tx, target, row, left), left)
}

/** Another program has stored a key so large that SQLite counts on beyond what clients can hold: nobody could name the document. */
function requireNameable({ model: { collection } }: Target, row: readonly SqlValue[] | undefined): void {
  const key = collection.primaryKey.type === 'int' ? row?.at(-1) : undefined
  if (typeof key !== 'number' || Math.abs(key) < 2 ** 53) return
  const { name } = collection.primaryKey
  throw new AppError(
    'CONFLICT',
    `The database counts on from a key of '${collection.name}' beyond 2^53 − 1, which another program has stored: send a smaller ${name} of your own, or give that document a smaller one.`,
    { details: [{ field: name, code: 'range', message: `${name} would be beyond 2^53 − 1` }] },
  )
}

/** Whether it is known before a document is stored what it will be: the database gives it no key, and no trigger changes it. */
function isSettled({ model: { collection } }: Target, values: StoredValues): boolean {
  return !collection.untyped && values.get(collection.primaryKey) !== null
}

function requirePassed(
  tx: Tx,
  target: Target,
  resulting: Resulting | null,
  checks: readonly Check[],
  old?: CelDocument,
): void {
  if (resulting === null) throw new AppError('CONFLICT', 'the database refused the change')
  const refused = refusal(tx, target, resulting, checks, old)
  if (refused) throw refused
}

/**
 * Stores documents that `fitTogether` in one statement, at a third of what they cost one by one. Gives for each what gives its JSON text, or throws what a
 * check refuses with; null where SQLite refused one of them and so stored none: each on its own shows which, and why.
 */
export function insertTogether(tx: Tx, documents: readonly NewDocument[]): readonly (() => string)[] | null {
  const { target, checks } = documents[0] as NewDocument
  const rows = documents.map(({ target, values }) => columnsOf(target, values))
  const sql = target.caller.access.bind(statementsOf(target).insert(rows, guardsOf(checks)))
  try {
    // SQLite goes through VALUES, and gives what RETURNING says of them, in their order.
    const returned = tx.all(sql)
    return documents.map((document, index) => () => {
      requireNameable(target, returned[index])
      return passed(returned[index], document.checks)
    })
  } catch (error) {
    if (error instanceof ConstraintError) return null
    throw error
  }
}

/** How many documents like this one a statement can store. */
export function mostTogether({ target, checks }: NewDocument): number {
  return statementsOf(target).mostInserted(guardsOf(checks))
}

/**
 * Whether two documents may be stored by one statement: they are checked by the same guards (one that looks at what was sent is another one each time),
 * and neither can refer to the other, which one statement would allow in both directions.
 */
export function fitTogether(one: NewDocument, other: NewDocument): boolean {
  const { model, caller } = one.target
  return (
    model === other.target.model &&
    !model.collection.untyped &&
    caller === other.target.caller &&
    !model.refersToItself &&
    !mustAskBefore(one.target, one.checks, null) &&
    one.checks.length === other.checks.length &&
    one.checks.every(({ guard }, index) => guard === other.checks[index]?.guard)
  )
}

function columnsOf({ model, caller }: Target, values: StoredValues): SqlValue[] {
  return model.fields.map((field) => {
    const value = values.get(field)
    return value === undefined ? defaultValue(field, caller.now) : value
  })
}

/** What the caller may see of a stored document: its JSON text, null where they may not read it; undefined where there is none. */
export function selectDocument(tx: Tx, target: Target, key: SqlValue): string | null | undefined {
  const row = tx.get(target.caller.access.bind(statementsOf(target).select(key, []), target.input))
  return row && (row[0] as string | null)
}

/** The same, and whether each guard holds for it. */
export function examineDocument(tx: Tx, target: Target, key: SqlValue, guards: readonly Guard[]): Examined | undefined {
  const row = tx.get(target.caller.access.bind(statementsOf(target).select(key, guards), target.input))
  if (row === undefined) verifyNotThere(tx, target.model.collection, key)
  return row && { document: row[0] as string | null, holds: row.slice(1).map((value) => value === 1) }
}

export interface Examined {
  readonly document: string | null
  readonly holds: readonly boolean[]
}

/** A change of some fields of a document. */
export interface DocumentChange {
  readonly key: SqlValue
  readonly values: StoredValues
  readonly checks: readonly Check[]
  /** The fields that the caller names; without it all that have values. */
  readonly named?: readonly Field[]
  /** The document is the caller's own, which they may read whatever the rules say. */
  readonly ownRow?: boolean
}

/** Whether an update can be one statement, with all its checks in it. */
export function canUpdateDirectly(target: Target, { values, checks }: DocumentChange): boolean {
  return !mustAskBefore(target, checks, values.keys())
}

/**
 * Changes a document that the caller may read and for which the guards of `before` hold, and gives its JSON text as they may see it. Null where it is
 * not so, where there is no such document, and where nothing would change: nothing is written then.
 */
export function updateDocumentIf(
  tx: Tx,
  target: Target,
  change: DocumentChange & { readonly before: readonly Guard[] },
): string | null {
  const fields = fieldChange(target, change)
  if (fields === null) return null
  const sql = statementsOf(target).updateIf(fields, change.before, guardsOf(change.checks))
  const row = logged(tx, target, fields, () =>
    constrained(
      () => tx.get(target.caller.access.bind(sql, target.input)),
      (error) => refusal(tx, target, change, change.checks) ?? explainConstraint(tx, target, change, error),
    ),
  )
  return row ? passed(settled(tx, target, row, change.checks), change.checks) : null
}

/**
 * Gives some fields of a document new values; gives its JSON text as the caller may see it. A change of nothing writes nothing, and
 * leaves `onUpdate: now` fields alone. @param needsOld whether a check looks at the document before the update
 */
export function updateDocument(
  tx: Tx,
  target: Target,
  change: DocumentChange & { readonly needsOld: boolean },
): string {
  const { access } = target.caller
  const { key, checks, values } = change
  const old = change.needsOld ? storedDocument(tx, target.model, key) : undefined
  const statements = statementsOf(target)
  const fields = fieldChange(target, change)
  const write = <T>(run: () => T): T =>
    constrained(
      run,
      (error) => refusal(tx, target, change, checks, old) ?? explainConstraint(tx, target, change, error),
    )
  const isAsked = mustAskBefore(target, checks, values.keys())
  if (isAsked) {
    const update = () => {
      if (fields !== null) write(() => tx.run(access.bind(statements.update(fields, NO_GUARDS), target.input)))
      return key
    }
    requirePassed(tx, target, resultOf(tx, target, update), checks, old)
  }
  const left = isAsked ? NO_CHECKS : checks
  const guards = guardsOf(left)
  if (fields !== null) {
    const sql = statements.update(fields, guards)
    const row = logged(tx, target, fields, () => write(() => tx.get(access.bind(sql, target.input, old))))
    // What triggers of an adopted table have made of it is read below.
    if (row && !target.model.collection.untyped) return passed(row, left)
  }
  const found = tx.get(access.bind(statements.seen(key, guards), target.input, old))
  if (!found) {
    verifyNotThere(tx, target.model.collection, key)
    throw notFound(target.model.collection, String(key))
  }
  return passed(found, left)
}

/** Runs an update of a row. One that counts though nothing differs stands in the change log like any other. */
function logged(tx: Tx, target: Target, change: FieldChange, update: () => Row | undefined): Row | undefined {
  if (change.guarded.length === 0 && !change.isHidden) return update()
  const seq = tx.lastSeq()
  const row = update()
  if (row && tx.lastSeq() === seq) tx.run(logUnchanged(loggedTable(target.model.collection), change.key))
  return row
}

/** Deletes a document; false where there is none. Throws CONFLICT where another document still refers to it. */
export function deleteDocument(tx: Tx, target: Target, key: SqlValue): boolean {
  return constrained(
    () => tx.run(statementsOf(target).delete(key)).changes > 0,
    (error) => explainConstraint(tx, target, { values: null, key }, error),
  )
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

/** Null where nothing is left to change but what changes with it. */
function fieldChange(
  { model, caller }: Target,
  { key, values, named = [...values.keys()], ownRow = false }: DocumentChange,
): FieldChange | null {
  const fields = [...values.keys()].filter((field) => !field.onUpdateNow)
  if (fields.length === 0) return null
  const touched = model.fields.filter((field) => field.onUpdateNow)
  const { collection } = model
  const { read } = caller.access
  // Of a document that they may not read only those get here to whom the rules of updates do not apply.
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

function statementsOf({ caller, model }: Target) {
  return documentStatements(caller.access.read, model.collection)
}

function guardsOf(checks: readonly Check[]): readonly Guard[] {
  return checks.length === 0 ? NO_GUARDS : checks.map((check) => check.guard)
}

const NO_GUARDS: readonly Guard[] = []
const NO_CHECKS: readonly Check[] = []

/** The row as it is when all triggers are through. Those of an adopted table may have changed it, or quietly refused it. */
function settled(
  tx: Tx,
  target: Target,
  row: readonly SqlValue[] | undefined,
  checks: readonly Check[],
): readonly SqlValue[] | undefined {
  if (!target.model.collection.untyped) return row
  const sql = statementsOf(target).seen(row?.at(-1) ?? null, guardsOf(checks))
  const found = row && tx.get(target.caller.access.bind(sql, target.input))
  if (!found) throw new AppError('CONFLICT', 'the database refused the change')
  return found
}

/** The document's text, if the row passed every check: what is thrown here undoes the write. */
function passed(row: readonly SqlValue[] | undefined, checks: readonly Check[]): string {
  if (!row) throw new AppError('INTERNAL', 'a statement with RETURNING gave no row')
  checks.forEach((check, index) => {
    if (row[index + 1] !== 1) throw check.refuse()
  })
  return row[0] as string
}

function constrained<T>(write: () => T, explain: (error: ConstraintError) => unknown): T {
  try {
    return write()
  } catch (error) {
    throw error instanceof ConstraintError ? explain(error) : error
  }
}
