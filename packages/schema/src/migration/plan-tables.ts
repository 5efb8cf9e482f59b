import { quoteName } from '@koyalite/contracts'
import {
  columnSql,
  createCollectionSql,
  createIndexSql,
  defaultSql,
  dropIndexSql,
  indexesOf,
  type TableIndex,
} from '../ddl'
import type { Collection, Field, Schema } from '../model'
import { checkNewConstraints } from './check-values'
import { isSameKind } from './diff-field'
import { type MigrationStep, type PreservedObject, sqlStep } from './migration-step'
import { rebuildTable } from './rebuild-table'

export interface PlanTablesOptions {
  /** SQL for the values that a field's existing documents get, by `collection.field`; it reads the row as it was. */
  readonly fills?: ReadonlyMap<string, string>
  /** What the tables have besides what the schema knows. */
  readonly keep?: readonly PreservedObject[]
  /** Where references find what the schemas do not have yet. */
  readonly context?: Schema
}

/** The steps from the tables of one schema to those of another, collections and fields being the same where their names are (SPEC.md, P rules). */
export function planTables(from: Schema, to: Schema, options: PlanTablesOptions = {}): readonly MigrationStep[] {
  const known = completed(to, options.context)
  const renamed = withStorageOf(from, to)
  const old = withStorageOf(completed(from, options.context), known)
  const pairs = [...renamed.collections.values()].flatMap((before) => {
    const after = to.collections.get(before.name)
    return after ? [{ before, after, rebuild: needsRebuild(before, after, old, known, options) }] : []
  })
  const checksOf = (before: Collection, after: Collection) => checkNewConstraints(before, after, to, options.fills)
  const added = [...to.collections.values()].filter(({ name }) => !from.collections.has(name))
  const removed = [...from.collections.values()].filter(({ name }) => !to.collections.has(name))
  return [
    ...removed.map(({ table }) => sqlStep(`DROP TABLE ${quoteName(table)}`)),
    ...dropIndexes(from, to),
    ...renameTables(from, to, options.keep ?? []),
    ...renameColumns(from, to),
    ...added.flatMap((collection) =>
      createCollectionSql(collection, known)
        .slice(0, 1)
        .map((text) => sqlStep(text)),
    ),
    ...pairs.flatMap(({ before, after, rebuild }) =>
      rebuild
        ? rebuildTable({ before, after, to: known }, { fills: options.fills, checks: checksOf(before, after) })
        : [...looseColumns(before, after), ...addColumns(before, after, known)],
    ),
    ...pairs.flatMap(({ before, after, rebuild }) => (rebuild ? [] : checksOf(before, after))),
    ...createIndexes(from, to),
  ]
}

function completed(schema: Schema, context: Schema | undefined): Schema {
  if (!context) return schema
  const collections = new Map(schema.collections)
  for (const [name, other] of context.collections) {
    const own = collections.get(name)
    collections.set(name, own ? { ...own, fields: new Map([...other.fields, ...own.fields]) } : other)
  }
  return { ...schema, collections }
}

function needsRebuild(
  before: Collection,
  after: Collection,
  from: Schema,
  to: Schema,
  { fills }: PlanTablesOptions,
): boolean {
  const isGone = [...before.fields.keys()].some((name) => !after.fields.has(name))
  return (
    isGone ||
    [...after.fields.values()].some((field) => {
      const old = before.fields.get(field.name)
      if (fills?.has(`${after.name}.${field.name}`)) return true
      if (!old) return !canBeAppended(field)
      // A constraint inside the table, as adopted databases have it, goes only with the table.
      const losesUnique = old.unique && !field.unique && !field.primary
      if (losesUnique || !isSameKind(old.type, field.type)) return true
      return columnSql(isLoosened(old, field) ? { ...old, nullable: true } : old, from) !== columnSql(field, to)
    })
  )
}

function isLoosened(old: Field | undefined, field: Field): boolean {
  return old !== undefined && !old.nullable && field.nullable
}

/** Newer versions of SQLite rename no column from or to a name that means the number of a row: such a column gets its name in a rebuild. */
function isRenamable(...columns: readonly string[]): boolean {
  return !columns.some((column) => /^(rowid|oid|_rowid_)$/i.test(column))
}

/** The old schema with the new names of tables and columns: SQLite renames them wherever they stand. */
function withStorageOf(from: Schema, to: Schema): Schema {
  const collections = [...from.collections].map(([name, collection]): [string, Collection] => {
    const after = to.collections.get(name)
    const fields = [...collection.fields].map(([key, field]): [string, Field] => {
      const column = after?.fields.get(key)?.column ?? field.column
      return [key, isRenamable(field.column, column) ? { ...field, column } : field]
    })
    const { table, primaryKey } = collection
    const stored = { ...collection, table: after?.table ?? table, fields: new Map(fields) }
    return [name, { ...stored, primaryKey: stored.fields.get(primaryKey.name) ?? primaryKey }]
  })
  return { ...from, collections: new Map(collections) }
}

/** ALTER TABLE … ADD COLUMN takes constant defaults only, and none for references. */
function canBeAppended(field: Field): boolean {
  if (field.primary) return false
  if (defaultSql(field) === undefined) return field.nullable
  return field.default?.kind === 'literal' && !field.references
}

/** What a rebuild would do too, without touching a document. */
function looseColumns(before: Collection, after: Collection): readonly MigrationStep[] {
  return [...after.fields.values()]
    .filter((field) => isLoosened(before.fields.get(field.name), field))
    .map(({ column }) =>
      sqlStep(`ALTER TABLE ${quoteName(after.table)} ALTER COLUMN ${quoteName(column)} DROP NOT NULL`),
    )
}

function addColumns(before: Collection, after: Collection, to: Schema): readonly MigrationStep[] {
  return [...after.fields.values()]
    .filter((field) => !before.fields.has(field.name))
    .map((field) => sqlStep(`ALTER TABLE ${quoteName(after.table)} ADD COLUMN ${columnSql(field, to)}`))
}

/** By way of names that nobody else has, so that two tables can change names. */
function renameTables(from: Schema, to: Schema, keep: readonly PreservedObject[]): readonly MigrationStep[] {
  const renamed = [...from.collections.values()].flatMap((before) => {
    const after = to.collections.get(before.name)
    return after && before.table !== after.table ? [{ before, after }] : []
  })
  if (renamed.length === 0) return []
  const rename = (table: string, name: string) =>
    sqlStep(`ALTER TABLE ${quoteName(table)} RENAME TO ${quoteName(name)}`)
  return [
    // References in other tables follow the new name only so.
    sqlStep('PRAGMA legacy_alter_table = OFF'),
    ...renamed.flatMap(({ before }) => dropLogTriggers(before.table, keep)),
    ...renamed.map(({ before }, i) => rename(before.table, `_koyalite_renamed_${i}`)),
    ...renamed.map(({ after }, i) => rename(`_koyalite_renamed_${i}`, after.table)),
  ]
}

/** In the renamed tables, and in all that names them; by way of other names too. */
function renameColumns(from: Schema, to: Schema): readonly MigrationStep[] {
  const renames = [...to.collections.values()].flatMap(({ name, table, fields }) =>
    [...fields.values()].flatMap((field) => {
      const old = from.collections.get(name)?.fields.get(field.name)
      return old && old.column !== field.column && isRenamable(old.column, field.column)
        ? [{ table, from: old.column, to: field.column }]
        : []
    }),
  )
  const rename = (table: string, column: string, name: string) =>
    sqlStep(`ALTER TABLE ${quoteName(table)} RENAME COLUMN ${quoteName(column)} TO ${quoteName(name)}`)
  return [
    ...renames.map((column, i) => rename(column.table, column.from, `_koyalite_renamed_${i}`)),
    ...renames.map((column, i) => rename(column.table, `_koyalite_renamed_${i}`, column.to)),
  ]
}

/** The triggers of the change log, which would continue under the old name. */
export function dropLogTriggers(table: string, keep: readonly PreservedObject[]): readonly MigrationStep[] {
  return keep
    .filter((object) => object.type === 'trigger' && object.table === table && object.name.startsWith('_koyalite_'))
    .map((object) => sqlStep(`DROP TRIGGER IF EXISTS ${quoteName(object.name)}`))
}

function allIndexes(
  schema: Schema,
): ReadonlyMap<string, { readonly index: TableIndex; readonly collection: Collection; readonly text: string }> {
  return new Map(
    [...schema.collections.values()].flatMap((collection) =>
      indexesOf(collection).map((index) => [
        index.name,
        { index, collection, text: `${collection.name}: ${createIndexSql(index, collection.name)}` },
      ]),
    ),
  )
}

/** Removes the indexes that are not there afterwards, or differ; of collections that stay. */
export function dropIndexes(from: Schema, to: Schema): readonly MigrationStep[] {
  const after = allIndexes(to)
  return [...allIndexes(from)]
    .filter(([name, { text, collection }]) => to.collections.has(collection.name) && after.get(name)?.text !== text)
    .map(([name]) => sqlStep(dropIndexSql(name)))
}

/** Makes the indexes that were not there before, or differed. */
export function createIndexes(from: Schema, to: Schema): readonly MigrationStep[] {
  const before = allIndexes(from)
  return [...allIndexes(to)]
    .filter(([name, { text }]) => before.get(name)?.text !== text)
    .map(([, { index, collection }]) =>
      sqlStep(createIndexSql(index, collection.table), `creating the index ${index.name}`),
    )
}
