import { quoteName, quoteText } from '@koyalite/contracts'
import { connect } from '../driver/connection'
import { type Connection, loadDriver } from '../driver/driver'
import { newDerivedKey, unlock } from '../driver/unlock'
import { createPrivateFile } from './private-file'

export interface CopyWithKey {
  readonly from: string
  readonly key: string | undefined
  /** Must not exist. */
  readonly to: string
  /** Undefined: the copy is not encrypted. */
  readonly newKey: string | undefined
}

/**
 * Copies a database that nobody uses into a new file with another key, and compares the two. VACUUM INTO keeps the key, and changing the key of a
 * copy in place would rebuild it in memory; so this does what VACUUM does, into an attached file. Neither file is ever written in another form.
 */
export function copyWithKey({ from, key, to, newKey }: CopyWithKey): void {
  createPrivateFile(to)
  const connection = connect({ path: from, mode: 'write', key })
  try {
    // Views and triggers are copied as rows of the schema: their text cannot be run in another database.
    connection.unsafeMode(true)
    connection.pragma('foreign_keys = OFF')
    connection.pragma('temp_store = MEMORY')
    // The cipher of what is attached is that of the connection.
    connection.pragma("cipher = 'sqlcipher'")
    connection.pragma('legacy = 4')
    connection.prepare('ATTACH ? AS target KEY ?').run([to, newKey === undefined ? '' : newDerivedKey(newKey)])
    // The target is thrown away if anything goes wrong.
    connection.pragma('target.journal_mode = OFF')
    connection.pragma('target.synchronous = OFF')
    connection.exec('BEGIN')
    copyTables(connection)
    copyRest(connection)
    compare(connection)
    connection.exec('COMMIT')
    connection.exec('DETACH target')
  } finally {
    connection.close()
  }
  verifyCopy(to, newKey)
}

function copyTables(connection: Connection): void {
  const tables = rows(
    connection,
    "SELECT name, sql FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
  )
  for (const [name, sql] of tables) {
    connection.exec(inTarget(String(sql), 'CREATE TABLE '))
    const columns = storedColumns(connection, String(name))
    connection.exec(
      `INSERT INTO target.${quoteName(String(name))} (${columns}) SELECT ${columns} FROM main.${quoteName(String(name))}`,
    )
  }
  if (rows(connection, "SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'").length > 0) {
    connection.exec(
      'DELETE FROM target.sqlite_sequence; INSERT INTO target.sqlite_sequence SELECT * FROM main.sqlite_sequence',
    )
  }
}

function copyRest(connection: Connection): void {
  const indexes = rows(
    connection,
    "SELECT sql FROM main.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid",
  )
  for (const [sql] of indexes) {
    const prefix = String(sql).startsWith('CREATE UNIQUE INDEX ') ? 'CREATE UNIQUE INDEX ' : 'CREATE INDEX '
    connection.exec(inTarget(String(sql), prefix))
  }
  connection.pragma('writable_schema = ON')
  connection.exec(
    "INSERT INTO target.sqlite_schema SELECT * FROM main.sqlite_schema WHERE type IN ('view', 'trigger') OR (type = 'table' AND rootpage = 0)",
  )
  connection.pragma('writable_schema = OFF')
  for (const name of ['user_version', 'application_id']) {
    connection.pragma(`target.${name} = ${Number(connection.pragma(`main.${name}`, { simple: true }))}`)
  }
}

function compare(connection: Connection): void {
  const differing = rows(
    connection,
    "SELECT name FROM (SELECT type, name, tbl_name, sql FROM main.sqlite_schema EXCEPT SELECT type, name, tbl_name, sql FROM target.sqlite_schema) WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  )
  if (differing.length > 0) throw new Error(`the copy is missing ${differing.flat().join(', ')}`)
  const tables = rows(connection, "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0")
  for (const [name] of tables) {
    if (String(name).startsWith('sqlite_stat')) continue
    const [counts] = rows(
      connection,
      `SELECT (SELECT count(*) FROM main.${quoteName(String(name))}), (SELECT count(*) FROM target.${quoteName(String(name))})`,
    )
    if (counts?.[0] !== counts?.[1])
      throw new Error(`the copy of ${name} has ${counts?.[1]} rows instead of ${counts?.[0]}`)
  }
}

/** Reads every page through the new key. */
function verifyCopy(path: string, key: string | undefined): void {
  const connection = new (loadDriver())(path, { timeout: 0, readonly: true })
  try {
    if (key !== undefined) unlock(connection, key)
    const found = rows(connection, 'PRAGMA integrity_check').flat().join('; ')
    if (found !== 'ok') throw new Error(`the copy is damaged: ${found}`)
  } finally {
    connection.close()
  }
}

/** SQLite stores the text of a schema object with exactly this beginning, whatever was typed. */
function inTarget(sql: string, prefix: string): string {
  if (!sql.startsWith(prefix)) throw new Error(`cannot be copied: ${sql.slice(0, 60)}`)
  return `${prefix}target.${sql.slice(prefix.length)}`
}

/** All columns but generated ones, which cannot be written. */
function storedColumns(connection: Connection, table: string): string {
  return rows(connection, `SELECT name FROM pragma_table_xinfo(${quoteText(table)}) WHERE hidden = 0 ORDER BY cid`)
    .map(([name]) => quoteName(String(name)))
    .join(', ')
}

function rows(connection: Connection, sql: string) {
  return connection.prepare(sql).raw(true).all([])
}
