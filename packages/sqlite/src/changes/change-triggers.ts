import { joinOperands, quoteName, quoteText, type Sql, type SqlValue } from '@koyalite/contracts'

/** How a column's value is written into the JSON of `old`. `value`: text and numbers. */
export type ColumnKind = 'value' | 'bool' | 'json' | 'blob'

export interface LoggedTable {
  /** The name in the log's `collection` column. */
  readonly collection: string
  readonly table: string
  /** Column of the primary key. */
  readonly key: string
  /** All columns, the key's too. */
  readonly columns: readonly { readonly column: string; readonly kind: ColumnKind }[]
}

/** A trigger and the statement that creates it. */
export interface TriggerSql {
  readonly name: string
  readonly sql: string
}

/**
 * The triggers that log every change of a table, by any program. They call built-in functions only, so that any SQLite library may write
 * to the file. An update that changes nothing is not logged; one that changes the key is logged as a delete and an insert.
 */
export function changeTriggers(logged: LoggedTable): readonly TriggerSql[] {
  const table = quoteName(logged.table)
  const key = quoteName(logged.key)
  const old = oldDocument(logged, 'OLD')
  const changeable = logged.columns.filter(({ column }) => column !== logged.key)
  const changed = changeable.length === 0 ? '0' : joinOperands(changeable.map(differs), ' OR ')
  const name = (event: string) => `_koyalite_${event}_${logged.collection}`
  const trigger = (event: string, head: string, rows: readonly string[]): TriggerSql => ({
    name: name(event),
    sql: `CREATE TRIGGER ${quoteName(name(event))} ${head} BEGIN ${rows.join(' ')} END`,
  })
  const row = (op: string, id: string, document: string) =>
    `INSERT INTO _koyalite_changes (collection, op, doc_id, old, at) VALUES (${quoteText(logged.collection)}, '${op}', ${id}, ${document}, ${NOW});`
  return [
    trigger('insert', `AFTER INSERT ON ${table}`, [row('insert', `NEW.${key}`, 'NULL')]),
    trigger('update', `AFTER UPDATE ON ${table} WHEN OLD.${key} IS NEW.${key}${EXACTLY} AND (${changed})`, [
      row('update', `NEW.${key}`, changedColumns(changeable)),
    ]),
    trigger('rename', `AFTER UPDATE OF ${key} ON ${table} WHEN OLD.${key} IS NOT NEW.${key}${EXACTLY}`, [
      row('delete', `OLD.${key}`, old),
      row('insert', `NEW.${key}`, 'NULL'),
    ]),
    trigger('delete', `AFTER DELETE ON ${table}`, [row('delete', `OLD.${key}`, old)]),
  ]
}

/**
 * Logs an update of a row that leaves it as it is, for changes that count although nothing differs: the triggers would not log it.
 * @param key of the row
 */
export function logUnchanged(logged: LoggedTable, key: SqlValue): Sql {
  const table = quoteName(logged.table)
  const id = `${table}.${quoteName(logged.key)}`
  return {
    text: `INSERT INTO _koyalite_changes (collection, op, doc_id, old, at) SELECT ${quoteText(logged.collection)}, 'update', ${id}, '{}', ${NOW} FROM ${table} WHERE ${id} = ?`,
    params: [key],
  }
}

/** A change of case is a change even if the column ignores case. */
const EXACTLY = ' COLLATE BINARY'

/** Not unixepoch('subsec'), which is null for the SQLite before 3.42 that many systems and languages have: it could not write to the file. */
const NOW = "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"

/** A function takes at most 127 arguments in most builds of SQLite (100 in old ones). */
const PAIRS_PER_CALL = 50

type LoggedColumn = LoggedTable['columns'][number]

function differs({ column }: LoggedColumn): string {
  return `OLD.${quoteName(column)} IS NOT NEW.${quoteName(column)}${EXACTLY}`
}

/** The columns that an update changes, as they were: the others are in the row. */
function changedColumns(columns: readonly LoggedColumn[]): string {
  if (columns.length === 0) return `'{}'`
  const pieces = columns.map((column) => {
    const name = quoteText(`,${JSON.stringify(column.column)}:`)
    return `CASE WHEN ${differs(column)} THEN ${name} || json_quote(${asJson(`OLD.${quoteName(column.column)}`, column.kind)}) ELSE '' END`
  })
  return `'{' || substr(${joinOperands(pieces, ' || ')}, 2) || '}'`
}

function oldDocument({ columns }: LoggedTable, row: string): string {
  const pairs = columns.map(
    ({ column, kind }) => `${quoteText(column)}, ${asJson(`${row}.${quoteName(column)}`, kind)}`,
  )
  const objects: string[] = []
  for (let start = 0; start < pairs.length; start += PAIRS_PER_CALL) {
    objects.push(`json_object(${pairs.slice(start, start + PAIRS_PER_CALL).join(', ')})`)
  }
  // Two objects as one: without the closing brace of the first and the opening one of the second.
  return objects.reduce(
    (head, tail) =>
      `(SELECT substr(h, 1, length(h) - 1) || ',' || substr(t, 2) FROM (SELECT ${head} AS h, ${tail} AS t))`,
  )
}

/**
 * SQLite keeps any type in any column, whatever was declared. A blob must never reach json_object as it is: it would be an error, or, if it
 * holds JSONB, be taken for JSON.
 */
function asJson(value: string, kind: ColumnKind): string {
  const hexOfBlob = `WHEN typeof(${value}) = 'blob' THEN`
  switch (kind) {
    case 'value':
    case 'blob':
      return `CASE ${hexOfBlob} hex(${value}) ELSE ${value} END`
    case 'bool':
      return `json(CASE WHEN ${value} IS NULL THEN 'null' ${hexOfBlob} json_quote(hex(${value})) WHEN ${value} THEN 'true' ELSE 'false' END)`
    case 'json':
      return `json(CASE WHEN ${value} IS NULL THEN 'null' ${hexOfBlob} json_quote(hex(${value})) WHEN json_valid(${value}) THEN ${value} ELSE json_quote(${value}) END)`
  }
}
