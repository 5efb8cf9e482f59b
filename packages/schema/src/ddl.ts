import { quoteName, quoteText } from '@koyalite/contracts'
import type { Collection, Field, FieldType, JsonValue, Position, Schema } from './model'

/** The type of a column in a STRICT table. */
export type StorageType = 'TEXT' | 'INTEGER' | 'REAL' | 'BLOB'

export const STORAGE_TYPE: Readonly<Record<FieldType, StorageType>> = {
  uuid: 'TEXT',
  string: 'TEXT',
  text: 'TEXT',
  int: 'INTEGER',
  float: 'REAL',
  bool: 'INTEGER',
  timestamp: 'TEXT',
  date: 'TEXT',
  json: 'TEXT',
  blob: 'BLOB',
}

/** An index as the database has it. */
export interface TableIndex {
  readonly name: string
  readonly columns: readonly string[]
  readonly order: 'asc' | 'desc'
  readonly unique: boolean
  /** Of the field or index in the file that asks for it. */
  readonly position: Position
}

/** The SQL of the present moment in the stored form of a timestamp. */
export const NOW_SQL = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

/** The SQL of the present day in UTC. */
export const TODAY_SQL = "date('now')"

/** The table of a collection, without its indexes. `table` replaces the name, for a rebuild. */
export function createTableSql(collection: Collection, schema: Schema, table: string = collection.table): string {
  const columns = [...collection.fields.values()].map((field) => `  ${columnSql(field, schema)}`)
  return `CREATE TABLE ${quoteName(table)} (\n${columns.join(',\n')}\n) STRICT`
}

/** One column, as in CREATE TABLE and ALTER TABLE … ADD COLUMN. */
export function columnSql(field: Field, schema: Schema): string {
  const parts = [quoteName(field.column), STORAGE_TYPE[field.type]]
  if (field.primary) {
    // AUTOINCREMENT never reuses a number, so that an old link cannot lead to a new document.
    parts.push(field.type === 'int' && field.default?.kind === 'auto' ? 'PRIMARY KEY AUTOINCREMENT' : 'PRIMARY KEY')
  }
  if (!field.nullable) parts.push('NOT NULL')
  const fallback = defaultSql(field)
  if (fallback !== undefined) parts.push(`DEFAULT ${fallback}`)
  const reference = referenceSql(field, schema)
  if (reference !== undefined) parts.push(reference)
  return parts.join(' ')
}

/** The reference of a column, or undefined where it has none, or the schema does not have its target. */
export function referenceSql({ references }: Field, schema: Schema): string | undefined {
  const target = references && schema.collections.get(references.collection)
  const field = references && target?.fields.get(references.field)
  if (!references || !target || !field) return undefined
  return `REFERENCES ${quoteName(target.table)} (${quoteName(field.column)}) ON DELETE ${references.onDelete.toUpperCase()}`
}

/** The SQL of a field's default, or undefined where it has none that the database can give. */
export function defaultSql(field: Pick<Field, 'default' | 'type'>): string | undefined {
  switch (field.default?.kind) {
    case 'literal':
      return literalSql(field.default.value, field.type)
    case 'now':
      return `(${NOW_SQL})`
    case 'today':
      return `(${TODAY_SQL})`
    default:
      return undefined
  }
}

/** A field's default for people: its SQL, or the name of what only the server can give. */
export function defaultText(field: Pick<Field, 'default' | 'type'>): string | undefined {
  return defaultSql(field) ?? field.default?.kind
}

/**
 * All indexes of a collection. A unique field has a unique index and not a constraint in the table, so that it can come and go without
 * a rebuild. Indexes of single fields are called `table.column`: no index of the file can have that name.
 */
export function indexesOf(collection: Collection): readonly TableIndex[] {
  const ofFields = [...collection.fields.values()]
    .filter((field) => !field.primary && (field.unique || field.index))
    .map((field): TableIndex => {
      const name = `${collection.table}.${field.column}`
      return { name, columns: [field.column], order: 'asc', unique: field.unique, position: field.position }
    })
  const named = collection.indexes.map((index): TableIndex => {
    const columns = index.fields.map((name) => collection.fields.get(name)?.column ?? name)
    return { name: index.name, columns, order: index.order, unique: index.unique, position: index.position }
  })
  return [...ofFields, ...named]
}

export function createIndexSql(index: TableIndex, table: string): string {
  const columns = index.columns.map((column) => `${quoteName(column)}${index.order === 'desc' ? ' DESC' : ''}`)
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${quoteName(index.name)} ON ${quoteName(table)} (${columns.join(', ')})`
}

export function dropIndexSql(name: string): string {
  return `DROP INDEX IF EXISTS ${quoteName(name)}`
}

/** The statements that make a fresh database of a schema: tables, then their indexes. Change triggers are made by the database package. */
export function createSchemaSql(schema: Schema): readonly string[] {
  return [...schema.collections.values()].flatMap((collection) => createCollectionSql(collection, schema))
}

/** The statements that make one collection. References to tables that do not exist yet are fine. */
export function createCollectionSql(collection: Collection, schema: Schema): readonly string[] {
  const indexes = indexesOf(collection).map((index) => createIndexSql(index, collection.table))
  return [createTableSql(collection, schema), ...indexes]
}

function literalSql(value: JsonValue, type: FieldType): string {
  if (type === 'json') return quoteText(JSON.stringify(value))
  if (type === 'blob' && typeof value === 'string') return `X'${hexOfBase64(value)}'`
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return quoteText(value)
  return 'NULL'
}

function hexOfBase64(base64: string): string {
  return [...atob(base64)].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}
