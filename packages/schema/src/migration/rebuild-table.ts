import { quoteName, quoteText } from '@koyalite/contracts'
import { defaultSql } from '../ddl'
import type { Collection, Field } from '../model'
import { CannotKeep, mentions } from './cannot-keep'
import { convertType } from './convert-type'
import { editTable, hasHiddenRowid, isComputed, isCounted, type TableChange } from './edit-table'
import { type CheckStep, type MigrationStep, type PlanPart, type PreservedObject, sqlStep } from './migration-step'
import { offending } from './offending'
import { afterGroup, splitAtCommas, sqlTokens, tokenName } from './sql-tokens'
import { printTable } from './table-definition'

/** Only the author can say what existing values shall become. */
export class NeedsFill extends Error {}

interface RebuildOptions {
  readonly fills?: ReadonlyMap<string, string> | undefined
  /** What the new table has to meet, asked before its indexes are there, which would say so in fewer words. */
  readonly checks: readonly MigrationStep[]
}

/**
 * Rebuilds a table, with its documents. It and its columns already have their new names. Its definition stays, except for what the schema changes, and
 * keeps its indexes and triggers. Those of the change log are gone while documents are copied, so that it says nothing.
 * https://www.sqlite.org/lang_altertable.html#otheralter
 */
export function rebuildTable(change: TableChange, options: RebuildOptions): readonly MigrationStep[] {
  const { before, after } = change
  const copies = new Map(
    [...after.fields.values()].map((field) => [
      field.column.toLowerCase(),
      copyOf(before, field, after, options.fills),
    ]),
  )
  const plan: PlanPart = (kept) => remake(change, copies, options.checks, kept)
  return [...[...copies.values()].flatMap(({ checks }) => checks), { kind: 'late', plan }]
}

function remake(
  change: TableChange,
  copies: ReadonlyMap<string, Copy>,
  checks: readonly MigrationStep[],
  kept: readonly PreservedObject[],
): readonly MigrationStep[] {
  const { before, after } = change
  const { table } = after
  const objects = kept.filter((object) => object.table.toLowerCase() === table.toLowerCase())
  const definition = objects.find(({ type }) => type === 'table')
  if (!definition) throw new CannotKeep(`there is no table '${table}'`)
  const { old, edited } = editTable(definition.sql, change)
  const temporary = `_koyalite_new_${table}`
  const columns = edited.columns.filter((column) => !isComputed(column))
  const names = columns.map(({ name, written }) => (written === '' ? quoteName(name) : written))
  const values = columns.map(({ name, written }) => copies.get(name)?.value ?? written)
  const rowid = hasHiddenRowid(old, before) && hasHiddenRowid(edited, after) ? ['rowid'] : []
  return [
    sqlStep(printTable(edited, temporary)),
    sqlStep(
      `INSERT INTO ${quoteName(temporary)} (${[...rowid, ...names].join(', ')}) SELECT ${[...rowid, ...values].join(', ')} FROM ${quoteName(table)}`,
      `copying the documents of ${after.name}`,
    ),
    ...(isCounted(old) && isCounted(edited) ? keepSequence(table, temporary) : []),
    sqlStep(`DROP TABLE ${quoteName(table)}`),
    // As it was before 3.26: views and triggers elsewhere that name the table are not touched, and not an obstacle.
    sqlStep('PRAGMA legacy_alter_table = ON'),
    sqlStep(`ALTER TABLE ${quoteName(temporary)} RENAME TO ${quoteName(table)}`),
    sqlStep('PRAGMA legacy_alter_table = OFF'),
    ...checks,
    ...preservedObjects(change, objects),
  ]
}

interface Copy {
  /** SQL over the old row. */
  readonly value: string
  readonly checks: readonly MigrationStep[]
}

function copyOf(
  before: Collection,
  field: Field,
  after: Collection,
  fills: ReadonlyMap<string, string> | undefined,
): Copy {
  const old = before.fields.get(field.name)
  const name = `${after.name}.${field.name}`
  const fallback = defaultSql(field)
  const fill = fills?.get(name)
  const checked = (value: string, problem: string): Copy => required(before, after, field, { value, problem })
  if (fill !== undefined) return checked(`(${fill})`, 'its fill is null for')
  if (!old) return checked(fallback ?? 'NULL', 'it needs a fill for')
  const column = quoteName(old.column)
  const conversion = convertType(old.type, field.type, column)
  if (!conversion)
    throw new NeedsFill(
      `${name} cannot be converted to ${field.type} automatically: add a fill that converts its values`,
    )
  const { value, fits } = conversion
  const checks = fits === undefined ? [] : [misfits(before, after, field, { column, fits })]
  if (!old.nullable || field.nullable) return { value, checks }
  if (fallback !== undefined) return { value: `coalesce(${value}, ${fallback})`, checks }
  const copy = checked(value, 'it is null in')
  return { value: copy.value, checks: [...checks, ...copy.checks] }
}

/** A value that must not be null, with the check that says so in words. */
function required(
  before: Collection,
  after: Collection,
  field: Field,
  { value, problem }: { readonly value: string; readonly problem: string },
): Copy {
  if (field.nullable || field.primary || value === defaultSql(field)) return { value, checks: [] }
  const check: CheckStep = {
    kind: 'check',
    text: offending({ table: after.table, primaryKey: before.primaryKey, shows: [], where: `(${value}) IS NULL` }),
    message: `${after.name}.${field.name} is required, but ${problem} existing documents`,
    advice: 'add a fill that is never null, or make the field nullable or add a default in schema.yaml',
    key: after.primaryKey.name,
  }
  return { value, checks: [check] }
}

function misfits(
  before: Collection,
  after: Collection,
  field: Field,
  { column, fits }: { readonly column: string; readonly fits: string },
): CheckStep {
  const where = `${column} IS NOT NULL AND NOT coalesce(${fits}, 0)`
  return {
    kind: 'check',
    text: offending({ table: after.table, primaryKey: before.primaryKey, shows: [column], where }),
    message: `${after.name}.${field.name} has values that are not of type ${field.type}`,
    advice: 'add a fill that converts them',
    key: after.primaryKey.name,
  }
}

/** A number that was given once is never given again, not even the last ones of deleted documents. */
function keepSequence(table: string, temporary: string): readonly MigrationStep[] {
  return [
    sqlStep(`DELETE FROM sqlite_sequence WHERE name = ${quoteText(temporary)}`),
    sqlStep(
      `INSERT INTO sqlite_sequence (name, seq) SELECT ${quoteText(temporary)}, seq FROM sqlite_sequence WHERE name = ${quoteText(table)}`,
    ),
  ]
}

/** All indexes and triggers of the table, except those that change. The change log's own triggers are created again by the code that runs the migration. */
function preservedObjects(
  { before, after }: TableChange,
  objects: readonly PreservedObject[],
): readonly MigrationStep[] {
  const dropped = [...before.fields.values()].filter(({ name }) => !after.fields.has(name))
  return objects
    .filter(({ type, name }) => type !== 'table' && !(type === 'trigger' && name.startsWith('_koyalite_')))
    .filter(({ type, name, sql }) => {
      const used = type === 'index' ? dropped.filter(({ column }) => mentions(sqlTokens(sql), column)) : []
      const [only] = used
      if (!only) return true
      if (isIndexOf(sql, only.column)) return false
      const advice = `Drop that first, with an sql operation: DROP INDEX ${quoteName(name)}`
      throw new CannotKeep(`${after.name}.${only.name} cannot be dropped: the index ${name} needs it. ${advice}`)
    })
    .map(({ type, name, sql }) => sqlStep(sql, type === 'index' ? `creating the index ${name}` : undefined))
}

/** Whether an index is about this column and nothing else, and so goes with it. */
function isIndexOf(sql: string, column: string): boolean {
  const tokens = sqlTokens(sql)
  const open = tokens.findIndex(({ text }) => text === '(')
  const [first] = tokens.slice(open + 1)
  const isAlone = splitAtCommas(tokens.slice(open + 1, afterGroup(tokens, open) - 1)).length === 1
  return (
    isAlone &&
    first !== undefined &&
    tokenName(first) === column.toLowerCase() &&
    afterGroup(tokens, open) === tokens.length
  )
}
