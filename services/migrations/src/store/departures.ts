import type { Tx } from '@koyalite/contracts'
import { indexesOf, type Schema } from '@koyalite/schema'

/**
 * Where the tables are not what a migration should have made of them: an sql operation can drop, rename or hide what collections need. Looked for before the
 * commit, since nobody could be served afterwards.
 * @param indexes those that were there before, by `indexNames`
 */
export function departures(
  tx: Pick<Tx, 'all'>,
  { schema, indexes }: { readonly schema: Schema; readonly indexes: ReadonlySet<string> },
): readonly string[] {
  const tables = columnsOfTables(tx)
  const left = indexNames(tx)
  const problems: string[] = []
  for (const collection of schema.collections.values()) {
    const { name, table, fields, primaryKey } = collection
    const columns = tables.get(table.toLowerCase())
    if (columns === undefined) {
      problems.push(`the table ${table} of ${name} would be missing`)
      continue
    }
    const missing = [...fields.values()].filter(({ column }) => !columns.has(column.toLowerCase()))
    for (const { column } of missing) problems.push(`${table} would have no column ${column}`)
    if (columns.get(primaryKey.column.toLowerCase()) === false) {
      problems.push(`${primaryKey.column} would not be the primary key of ${table}`)
    }
    for (const index of indexesOf(collection)) {
      const name = index.name.toLowerCase()
      if (indexes.has(name) && !left.has(name)) problems.push(`the index ${index.name} would be missing`)
    }
  }
  const temporary = names(tx, 'SELECT "name" FROM sqlite_temp_schema')
  return [
    ...problems,
    ...temporary.map((name) => `${name} is temporary and would hide or change what is stored: drop it`),
  ]
}

/** In lower case, as SQLite compares names. Those of an adopted table may be called otherwise than its schema would call them. */
export function indexNames(tx: Pick<Tx, 'all'>): ReadonlySet<string> {
  return new Set(names(tx, `SELECT "name" FROM sqlite_schema WHERE "type" = 'index'`))
}

/** For each table its columns, and whether they are of its primary key; by lower-case names, as SQLite compares them. */
function columnsOfTables(tx: Pick<Tx, 'all'>): ReadonlyMap<string, ReadonlyMap<string, boolean>> {
  const text = `SELECT lower(t."name"), lower(c."name"), c."pk" FROM sqlite_schema AS t, pragma_table_xinfo(t."name", 'main') AS c
    WHERE t."type" = 'table' AND t."sql" NOT LIKE 'CREATE VIRTUAL%'`
  const tables = new Map<string, Map<string, boolean>>()
  for (const [table, column, pk] of tx.all({ text, params: [] })) {
    const columns = tables.get(String(table)) ?? new Map<string, boolean>()
    tables.set(String(table), columns.set(String(column), pk !== 0))
  }
  return tables
}

function names(tx: Pick<Tx, 'all'>, text: string): readonly string[] {
  return tx.all({ text, params: [] }).map(([name]) => String(name).toLowerCase())
}
