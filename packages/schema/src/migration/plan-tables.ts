import {
  columnSql,
  createCollectionSql,
  createIndexSql,
  dropIndexSql,
  indexesOf,
  quoteName,
  type TableIndex,
} from '../ddl'
import type { Collection, Field, Schema } from '../model'
import { checkNewConstraints } from './check-values'
import { isSameKind } from './diff-field'
import { type KeptObject, type MigrationStep, sqlStep } from './migration-step'
import { rebuildTable } from './rebuild-table'

export interface PlanTablesOptions {
  /** SQL for the values that a field's existing documents get, by `collection.field`; it reads the row as it was. */
  readonly fills?: ReadonlyMap<string, string>
  /** What the tables have besides what the schema knows. */
  readonly keep?: readonly KeptObject[]
  /** Where references find what the schemas do not have yet. */
  readonly context?: Schema
}

/** The steps from the tables of one schema to those of another, collections and fields being the same where their names are (SPEC.md, P rules). */
export function planTables(from: Schema, to: Schema, options: PlanTablesOptions = {}): readonly MigrationStep[] {
  const known = completed(to, options.context)
  const pairs = [...to.collections.values()].flatMap((after) => {
    const before = from.collections.get(after.name)
    return before
      ? [{ before, after, rebuild: needsRebuild(before, after, completed(from, options.context), known, options) }]
      : []
  })
  const added = [...to.collections.values()].filter(({ name }) => !from.collections.has(name))
  const removed = [...from.collections.values()].filter(({ name }) => !to.collections.has(name))
  return [
    ...removed.map(({ table }) => sqlStep(`DROP TABLE ${quoteName(table)}`)),
    ...dropIndexes(from, to),
    ...renameTables(pairs, options.keep ?? []),
    ...added.flatMap((collection) => createCollectionSql(collection, known).slice(0, 1).map(sqlStep)),
    ...pairs.flatMap(({ before, after, rebuild }) =>
      rebuild ? rebuildTable(before, after, known, options) : addColumns(before, after, known),
    ),
    ...pairs.flatMap(({ before, after }) => checkNewConstraints(before, after, to, options.fills)),
    ...createIndexes(from, to, new Set(pairs.filter(({ rebuild }) => rebuild).map(({ after }) => after.name))),
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

interface Pair {
  readonly before: Collection
  readonly after: Collection
}

function needsRebuild(
  before: Collection,
  after: Collection,
  from: Schema,
  to: Schema,
  { fills }: PlanTablesOptions,
): boolean {
  const known = withTablesOf(from, to)
  const isGone = [...before.fields.keys()].some((name) => !after.fields.has(name))
  return (
    isGone ||
    [...after.fields.values()].some((field) => {
      const old = before.fields.get(field.name)
      if (fills?.has(`${after.name}.${field.name}`)) return true
      if (!old) return !canBeAppended(field)
      // A constraint inside the table, as adopted databases have it, goes only with the table.
      const losesUnique = old.unique && !field.unique && !field.primary
      return losesUnique || !isSameKind(old.type, field.type) || columnSql(old, known) !== columnSql(field, to)
    })
  )
}

/** The old schema with the new names of tables: renaming a table renames it in all references. */
function withTablesOf(from: Schema, to: Schema): Schema {
  const collections = [...from.collections].map(([name, collection]): [string, Collection] => {
    return [name, { ...collection, table: to.collections.get(name)?.table ?? collection.table }]
  })
  return { ...from, collections: new Map(collections) }
}

/** ALTER TABLE … ADD COLUMN takes constant defaults only, and none for references. */
function canBeAppended(field: Field): boolean {
  if (field.primary || field.default?.kind === 'now') return false
  if (field.references && field.default) return false
  return field.nullable || field.default?.kind === 'literal'
}

function addColumns(before: Collection, after: Collection, to: Schema): readonly MigrationStep[] {
  return [...after.fields.values()]
    .filter((field) => !before.fields.has(field.name))
    .map((field) => sqlStep(`ALTER TABLE ${quoteName(after.table)} ADD COLUMN ${columnSql(field, to)}`))
}

/** By way of names that nobody else has, so that two tables can change names. */
function renameTables(pairs: readonly Pair[], keep: readonly KeptObject[]): readonly MigrationStep[] {
  const renamed = pairs.filter(({ before, after }) => before.table !== after.table)
  if (renamed.length === 0) return []
  const rename = (from: string, to: string) => sqlStep(`ALTER TABLE ${quoteName(from)} RENAME TO ${quoteName(to)}`)
  return [
    // References in other tables follow the new name only so.
    sqlStep('PRAGMA legacy_alter_table = OFF'),
    ...renamed.flatMap(({ before }) => dropLogTriggers(before.table, keep)),
    ...renamed.map(({ before }, i) => rename(before.table, `_koyalite_renamed_${i}`)),
    ...renamed.map(({ after }, i) => rename(`_koyalite_renamed_${i}`, after.table)),
  ]
}

/** The triggers of the change log, which would go on under the old name. */
export function dropLogTriggers(table: string, keep: readonly KeptObject[]): readonly MigrationStep[] {
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

/** Makes the indexes that were not there before, or differed, and those of rebuilt tables. */
export function createIndexes(from: Schema, to: Schema, rebuilt: ReadonlySet<string>): readonly MigrationStep[] {
  const before = allIndexes(from)
  return [...allIndexes(to)]
    .filter(([name, { text, collection }]) => rebuilt.has(collection.name) || before.get(name)?.text !== text)
    .map(([, { index, collection }]) => sqlStep(createIndexSql(index, collection.table)))
}
