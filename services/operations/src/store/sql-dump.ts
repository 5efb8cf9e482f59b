import { joinOperands, quoteName, quoteText, type Sql } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { isBroken } from './unlike-values'

/** Reads the number by which SQLite counts schema changes. */
export const SCHEMA_VERSION: Sql = { text: 'SELECT schema_version FROM pragma_schema_version', params: [] }

/**
 * Statements whose texts, one after the other, are a script that SQLite's own shell makes an equal database from: all tables, the system's too.
 * Triggers come after the rows, so that they do not fire.
 */
export function sqlDump(source: Pick<Database, 'all'>): readonly Sql[] {
  const objects = source
    .all({
      text: 'SELECT type, name, tbl_name, sql, rootpage FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid',
      params: [],
    })
    .map(([type, name, table, sql, page]) => ({
      type: String(type),
      name: String(name),
      table: String(table),
      sql: String(sql),
      isVirtual: type === 'table' && Number(page) === 0,
    }))
    .filter(({ name }) => !name.startsWith('sqlite_'))
  const tables = objects.filter(({ type, isVirtual }) => type === 'table' && !isVirtual)
  const virtual = objects.filter(({ isVirtual }) => isVirtual)
  const others = objects.filter(({ type }) => type !== 'table')
  const lines: Sql[] = [...encoding(source), line('PRAGMA foreign_keys=OFF;'), line('BEGIN TRANSACTION;')]
  for (const { name, sql } of tables) lines.push(line(`${sql};`), ...rows(source, name))
  lines.push(...sequences(source))
  if (virtual.length > 0) {
    // Their tables are dumped as they are; creating them the usual way would make new ones.
    lines.push(line('PRAGMA writable_schema=ON;'))
    for (const { name, sql } of virtual) {
      lines.push(
        line(
          `INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('table', ${quoteText(name)}, ${quoteText(name)}, 0, ${quoteText(sql)});`,
        ),
      )
    }
    lines.push(line('PRAGMA writable_schema=OFF;'))
  }
  for (const type of ['index', 'view', 'trigger'])
    for (const object of others) if (object.type === type) lines.push(line(`${object.sql};`))
  for (const name of ['user_version', 'application_id'] as const) {
    const [value] = source.all({ text: `SELECT ${name} FROM pragma_${name}`, params: [] })[0] ?? []
    if (Number(value ?? 0) !== 0) lines.push(line(`PRAGMA ${name}=${Number(value)};`))
  }
  lines.push(line('COMMIT;'))
  return lines
}

/** Bytes of texts are those of the database's encoding. */
function encoding(source: Pick<Database, 'all'>): readonly Sql[] {
  const [name] = source.all({ text: 'SELECT encoding FROM pragma_encoding', params: [] })[0] ?? []
  return name === 'UTF-8' ? [] : [line(`PRAGMA encoding='${name}';`)]
}

function rows(source: Pick<Database, 'all'>, table: string): readonly Sql[] {
  const columns = source.all({ text: 'SELECT name, hidden FROM pragma_table_xinfo(?) ORDER BY cid', params: [table] })
  const stored = columns.filter(([, hidden]) => hidden === 0).map(([name]) => String(name))
  // Generated columns cannot be written.
  const names = stored.length === columns.length ? '' : ` (${stored.map(quoteName).join(', ')})`
  const values = joinOperands(
    stored.map((name) => literal(quoteName(name))),
    ` || ',' || `,
  )
  const head = quoteText(`INSERT INTO ${quoteName(table)}${names} VALUES (`)
  return [{ text: `SELECT ${head} || ${values} || ${quoteText(');\n')} FROM ${quoteName(table)}`, params: [] }]
}

/**
 * `quote` cuts texts at U+0000, the shell takes a carriage return at the end of a line away, and bytes that are not Unicode do not pass through JavaScript: such
 * texts are written as bytes.
 */
function literal(column: string): string {
  const asBytes = `instr(${column}, char(0)) OR instr(${column}, char(13)) OR (${isBroken(column)})`
  return `CASE WHEN typeof(${column}) = 'text' AND (${asBytes}) THEN 'CAST(X''' || hex(${column}) || ''' AS TEXT)' ELSE quote(${column}) END`
}

function sequences(source: Pick<Database, 'all'>): readonly Sql[] {
  const there = source.all({ text: `SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'`, params: [] })
  if (there.length === 0) return []
  const text = `SELECT 'INSERT INTO sqlite_sequence VALUES (' || quote(name) || ',' || quote(seq) || ${quoteText(');\n')} FROM sqlite_sequence`
  return [line('DELETE FROM sqlite_sequence;'), { text, params: [] }]
}

function line(text: string): Sql {
  return { text: 'SELECT ?', params: [`${text}\n`] }
}
