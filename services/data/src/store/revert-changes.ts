import {
  type ChangeOp,
  EVENT_ENTRIES,
  quoteName,
  quoteText,
  type Reads,
  type SqlValue,
  type Tx,
} from '@koyalite/contracts'
import { type Collection, type Field, loggedTable } from '@koyalite/schema'

/** A change of the log, and the columns whose old values it has. */
export interface LoggedRow {
  readonly seq: number
  readonly collection: string
  readonly op: ChangeOp
  readonly docId: SqlValue
  readonly columns: readonly string[]
}

const ROWS = `SELECT "seq", "collection", "op", "doc_id",
  CASE "op" WHEN 'update' THEN (SELECT json_group_array("key") FROM json_each("old")) ELSE '[]' END FROM "_koyalite_changes"`

/** All changes of documents in a range, oldest first. */
export function changesOfRange(tx: Tx, first: number, last: number): readonly LoggedRow[] {
  return tx
    .all({
      text: `${ROWS} WHERE "seq" BETWEEN ? AND ? AND "collection" <> ? ORDER BY "seq"`,
      params: [first, last, EVENT_ENTRIES],
    })
    .map(toLoggedRow)
}

/** Numbers of the log that one look covers: a few milliseconds. */
const SPAN = 20_000

/** The changes of some documents after a number, oldest first, in portions: between two of them others may have a turn. */
export function* laterChanges(
  tx: Tx,
  after: number,
  documents: ReadonlyMap<string, readonly SqlValue[]>,
): Generator<readonly LoggedRow[], void, void> {
  const [collections, keys] = [[...documents.keys()], [...new Set([...documents.values()].flat())]]
  const last = tx.lastSeq()
  for (let from = after; from < last; from += SPAN) {
    // Keys of all collections together: who asks looks which of them are theirs.
    const text = `${ROWS} WHERE "seq" > ? AND "seq" <= ? AND "collection" IN (SELECT "value" FROM json_each(?))
      AND "doc_id" IN (SELECT "value" FROM json_each(?)) ORDER BY "seq"`
    const params = [from, Math.min(from + SPAN, last), JSON.stringify(collections), JSON.stringify(keys)]
    yield tx.all({ text, params }).map(toLoggedRow)
  }
}

function toLoggedRow([seq, collection, op, docId, columns]: readonly SqlValue[]): LoggedRow {
  // Only triggers write these columns, with these types.
  return { seq, collection, op, docId, columns: JSON.parse(String(columns)) } as LoggedRow
}

/** Documents other than one that have been changed or deleted since a number: by a cascade, or a trigger of an adopted table. */
export function changedBeside(
  tx: Tx,
  since: number,
  { collection, docId }: Pick<LoggedRow, 'collection' | 'docId'>,
): readonly LoggedRow[] {
  const text = `${ROWS} WHERE "seq" > ? AND "op" <> 'insert' AND NOT ("collection" = ? AND "doc_id" = ?) ORDER BY "seq"`
  return tx.all({ text, params: [since, collection, docId] }).map(toLoggedRow)
}

export function exists(tx: Tx, collection: Collection, key: SqlValue): boolean {
  return (
    tx.get({ text: `SELECT 1 FROM ${quoteName(collection.table)} WHERE ${isKey(collection)}`, params: [key] }) !==
    undefined
  )
}

/** The value of a field before a change of the log, the one that the document has, and whether they are the same. */
export function comparedValue(
  tx: Tx,
  field: Field,
  { collection, key, seq }: { readonly collection: Collection; readonly key: SqlValue; readonly seq: number },
): { readonly before: SqlValue; readonly now: SqlValue; readonly same: boolean } {
  const now = `${quoteName(collection.table)}.${quoteName(field.column)}`
  const before = oldValue(collection, field)
  const row = tx.get({
    text: `SELECT ${before}, ${now}, (${before}) IS ${now} COLLATE BINARY FROM ${quoteName(collection.table)}, "_koyalite_changes" AS "c"
      WHERE "c"."seq" = ? AND ${quoteName(collection.table)}.${isKey(collection)}`,
    params: [seq, key],
  })
  return { before: row?.[0] ?? null, now: row?.[1] ?? null, same: row?.[2] === 1 }
}

/** Deletes a document that a change has inserted. */
export function revertInsert(tx: Tx, collection: Collection, key: SqlValue): void {
  tx.run({ text: `DELETE FROM ${quoteName(collection.table)} WHERE ${isKey(collection)}`, params: [key] })
}

/** Inserts a document that a change has deleted, with every value that it had. */
export function revertDelete(tx: Tx, collection: Collection, seq: number): void {
  const fields = [...collection.fields.values()]
  const columns = fields.map(({ column }) => quoteName(column)).join(', ')
  const values = fields.map((field) => oldValue(collection, field)).join(', ')
  tx.run({
    text: `INSERT INTO ${quoteName(collection.table)} (${columns}) SELECT ${values} FROM "_koyalite_changes" AS "c" WHERE "c"."seq" = ?`,
    params: [seq],
  })
}

/** Gives a document the values of some fields that it had before a change; false if there is no such document. */
export function revertUpdate(
  tx: Tx,
  fields: readonly Field[],
  { collection, key, seq }: { readonly collection: Collection; readonly key: SqlValue; readonly seq: number },
): boolean {
  const sets = fields.map((field) => `${quoteName(field.column)} = ${oldValue(collection, field)}`).join(', ')
  const text = `UPDATE ${quoteName(collection.table)} SET ${sets} FROM "_koyalite_changes" AS "c"
    WHERE "c"."seq" = ? AND ${quoteName(collection.table)}.${isKey(collection)}`
  return tx.run({ text, params: [seq, key] }).changes > 0
}

/**
 * Columns of the table that the schema does not name: the log does not have them, and a document that was deleted would come back
 * without them.
 */
export function unloggedColumns(reads: Reads, collection: Collection): readonly string[] {
  const columns = reads.all({
    text: `SELECT "name" FROM pragma_table_xinfo(?) WHERE "hidden" = 0`,
    params: [collection.table],
  })
  const logged = new Set([...collection.fields.values()].map(({ column }) => column.toLowerCase()))
  return columns.flatMap(([name]) => (logged.has(String(name).toLowerCase()) ? [] : [String(name)]))
}

/**
 * Columns of users that changes of a range concern: those that an update changed, and of a deleted user those that make them more
 * than anybody who registers.
 */
export function changedUserColumns(
  reads: Reads,
  users: Collection,
  { first, last }: { readonly first: number; readonly last: number },
): ReadonlySet<string> {
  const column = (name: string) => users.fields.get(name)?.column ?? name
  const text = `SELECT DISTINCT "e"."key" FROM "_koyalite_changes" AS "c", json_each("c"."old") AS "e"
    WHERE "c"."seq" BETWEEN ? AND ? AND "c"."collection" = ? AND ("c"."op" = 'update' OR ("e"."key" = ? AND "e"."value" <> 'user')
      OR ("e"."key" = ? AND "e"."value") OR ("e"."key" = ? AND "e"."type" <> 'null'))`
  const params = [first, last, users.name, column('role'), column('verified'), column('claims')]
  return new Set(reads.all({ text, params }).map(([name]) => String(name)))
}

function isKey({ primaryKey }: Collection): string {
  return `${quoteName(primaryKey.column)} = ?`
}

/** The value of a column as `old` of the change `c` has it, in the form in which it is stored: numbers are exact, what JSON cannot say is hex. */
function oldValue(collection: Collection, { column }: Field): string {
  const path = quoteText(`$."${column}"`)
  const value = `json_extract("c"."old", ${path})`
  const kind = loggedTable(collection).columns.find((one) => one.column === column)?.kind
  if (kind === 'blob') return `coalesce(unhex(${value}), ${value})`
  if (kind !== 'json') return value
  return `CASE json_type("c"."old", ${path}) WHEN 'null' THEN NULL ELSE "c"."old" -> ${path} END`
}
