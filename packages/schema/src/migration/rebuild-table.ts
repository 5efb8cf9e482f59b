import { createTableSql, defaultSql, indexesOf, quoteName, quoteText } from '../ddl'
import type { Collection, Field, Schema } from '../model'
import { convertType } from './convert-type'
import { type KeptObject, type MigrationStep, sqlStep } from './migration-step'

/** Only the author can say what existing values shall become. */
export class NeedsFill extends Error {}

interface RebuildOptions {
  readonly fills?: ReadonlyMap<string, string>
  readonly keep?: readonly KeptObject[]
}

/**
 * Makes a table anew, with its documents. It already has its new name. Its own triggers are gone while documents are copied, so that the
 * change log says nothing; indexes of the schema are made by the caller. https://www.sqlite.org/lang_altertable.html#otheralter
 */
export function rebuildTable(
  before: Collection,
  after: Collection,
  to: Schema,
  options: RebuildOptions,
): readonly MigrationStep[] {
  const { table } = after
  const temporary = `_koyalite_new_${table}`
  const copied = [...after.fields.values()].map((field) => ({
    field,
    copy: copyOf(before.fields.get(field.name), field, after, options),
  }))
  const columns = copied.map(({ field }) => quoteName(field.column)).join(', ')
  const values = copied.map(({ copy }) => copy.value).join(', ')
  return [
    ...copied.flatMap(({ copy }) => copy.checks),
    sqlStep(createTableSql(after, to, temporary)),
    sqlStep(`INSERT INTO ${quoteName(temporary)} (${columns}) SELECT ${values} FROM ${quoteName(table)}`),
    ...keepSequence(before, after, temporary),
    sqlStep(`DROP TABLE ${quoteName(table)}`),
    // As it was before 3.26: views and triggers elsewhere that name the table are not touched, and not an obstacle.
    sqlStep('PRAGMA legacy_alter_table = ON'),
    sqlStep(`ALTER TABLE ${quoteName(temporary)} RENAME TO ${quoteName(table)}`),
    sqlStep('PRAGMA legacy_alter_table = OFF'),
    ...keptObjects(before, after, options.keep ?? []),
  ]
}

interface Copy {
  /** SQL over the old row. */
  readonly value: string
  readonly checks: readonly MigrationStep[]
}

function copyOf(old: Field | undefined, field: Field, after: Collection, { fills }: RebuildOptions): Copy {
  const name = `${after.name}.${field.name}`
  const fallback = defaultSql(field)
  const fill = fills?.get(name)
  if (fill !== undefined) return required({ value: `(${fill})`, checks: [] }, field, after, 'its fill is null for')
  if (!old) return required({ value: fallback ?? 'NULL', checks: [] }, field, after, 'it needs a fill for')
  const column = quoteName(old.column)
  const conversion = convertType(old.type, field.type, column)
  if (!conversion)
    throw new NeedsFill(`${name} cannot become ${field.type} by itself: give a fill that converts its values`)
  const checks = conversion.fits === undefined ? [] : [misfits(name, field, column, conversion.fits, after.table)]
  if (!old.nullable || field.nullable) return { value: conversion.value, checks }
  if (fallback !== undefined) return { value: `coalesce(${conversion.value}, ${fallback})`, checks }
  return required({ value: conversion.value, checks }, field, after, 'it is null in')
}

/** A value that must not be null, with the check that says so in words. */
function required(copy: Copy, field: Field, after: Collection, problem: string): Copy {
  if (field.nullable || field.primary || copy.value === defaultSql(field)) return copy
  const check: MigrationStep = {
    kind: 'check',
    text: `SELECT 1 FROM ${quoteName(after.table)} WHERE (${copy.value}) IS NULL LIMIT 1`,
    message: `${after.name}.${field.name} is required, but ${problem} existing documents`,
  }
  return { value: copy.value, checks: [...copy.checks, check] }
}

function misfits(name: string, field: Field, column: string, fits: string, table: string): MigrationStep {
  return {
    kind: 'check',
    text: `SELECT ${column} FROM ${quoteName(table)} WHERE ${column} IS NOT NULL AND NOT coalesce(${fits}, 0) LIMIT 1`,
    message: `${name} has values that are not of type ${field.type}: give a fill that converts them`,
    shows: [field.name],
  }
}

/** A number that was given once is never given again, not even the last ones of deleted documents. */
function keepSequence(before: Collection, after: Collection, temporary: string): readonly MigrationStep[] {
  const isCounted = ({ primaryKey }: Collection) => primaryKey.type === 'int' && primaryKey.default?.kind === 'auto'
  if (!isCounted(before) || !isCounted(after)) return []
  return [
    sqlStep(`DELETE FROM sqlite_sequence WHERE name = ${quoteText(temporary)}`),
    sqlStep(
      `INSERT INTO sqlite_sequence (name, seq) SELECT ${quoteText(temporary)}, seq FROM sqlite_sequence WHERE name = ${quoteText(after.table)}`,
    ),
  ]
}

/** What others have put on the table. The change log's own triggers are made anew by whoever runs the migration. */
function keptObjects(before: Collection, after: Collection, keep: readonly KeptObject[]): readonly MigrationStep[] {
  const own = new Set([...indexesOf(before), ...indexesOf(after)].map((index) => index.name))
  return keep
    .filter(
      ({ table, name }) =>
        (table === before.table || table === after.table) && !own.has(name) && !name.startsWith('_koyalite_'),
    )
    .map(({ sql }) => sqlStep(sql))
}
