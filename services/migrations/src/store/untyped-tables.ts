import { type Collection, type Field, type Schema, STORAGE_TYPE } from '@koyalite/schema'
import { columnCollations, type Database } from '@koyalite/sqlite'

/** The schema with a mark on each collection whose table holds values of types that SQLite does not see to: an adopted one, as long as no migration has made it anew. */
export function withUntypedTables(database: Pick<Database, 'all'>, schema: Schema): Schema {
  const types = strictTypes(database)
  const isTyped = ({ table, fields }: Collection) => {
    const columns = types.get(table.toLowerCase())
    return [...fields.values()].every(({ column, type }) => columns?.get(column.toLowerCase()) === STORAGE_TYPE[type])
  }
  if ([...schema.collections.values()].every((collection) => isTyped(collection) && !collection.untyped)) return schema
  const collections = [...schema.collections].map(([name, { untyped: _, ...collection }]) => {
    return [
      name,
      isTyped(collection)
        ? marked(collection, NO_COLLATIONS)
        : withCollations(database, { ...collection, untyped: true }),
    ] as const
  })
  return { ...schema, collections: new Map(collections) }
}

/** With a mark on each field whose column compares in a way of its own. */
function withCollations(database: Pick<Database, 'all'>, collection: Collection): Collection {
  const all = (text: string) => database.all({ text, params: [] })
  // A schema that nothing was made of yet has no tables to look into.
  const found = database.all({ text: 'SELECT lower(name) FROM pragma_table_info(?)', params: [collection.table] })
  const present = new Set(found.map(([name]) => String(name)))
  const columns = [...collection.fields.values()]
    .map(({ column }) => column)
    .filter((column) => present.has(column.toLowerCase()))
  return marked(collection, columnCollations(all, collection.table, columns))
}

const NO_COLLATIONS: ReadonlyMap<string, string> = new Map()

/** Earlier marks, under another table, are dropped. */
function marked(collection: Collection, collations: ReadonlyMap<string, string>): Collection {
  if (collations.size === 0 && [...collection.fields.values()].every(({ collated }) => !collated)) return collection
  const mark = ({ collated: _, ...field }: Field): Field =>
    collations.has(field.column) ? { ...field, collated: true } : field
  return {
    ...collection,
    fields: new Map([...collection.fields].map(([name, field]) => [name, mark(field)])),
    primaryKey: mark(collection.primaryKey),
  }
}

/** The types of the columns of strict tables, which hold nothing else and compare byte by byte, by lower-case names. */
function strictTypes(database: Pick<Database, 'all'>): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const rows = database.all({
    text: `SELECT lower(t.name), lower(c.name), upper(c.type) FROM pragma_table_list AS t
      JOIN sqlite_schema AS s ON s.type = 'table' AND s.name = t.name JOIN pragma_table_info(t.name) AS c
      WHERE t.schema = 'main' AND t.strict = 1 AND s.sql NOT LIKE '%COLLATE%'`,
    params: [],
  })
  const tables = new Map<string, Map<string, string>>()
  for (const [table, column, type] of rows) {
    const columns = tables.get(String(table)) ?? new Map<string, string>()
    tables.set(String(table), columns.set(String(column), type === 'INT' ? 'INTEGER' : String(type)))
  }
  return tables
}
