import { createTableSql, defaultSql, indexesOf, quoteName, quoteText } from '../ddl'
import type { Collection, Field, Schema } from '../model'
import { convertType } from './convert-type'
import { type CheckStep, type KeptObject, type MigrationStep, sqlStep } from './migration-step'
import { offending } from './offending'

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
    copy: copyOf(before, field, after, options),
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

function copyOf(before: Collection, field: Field, after: Collection, { fills }: RebuildOptions): Copy {
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
    throw new NeedsFill(`${name} cannot become ${field.type} by itself: give a fill that converts its values`)
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
    advice: 'give a fill that is never null, or make the field nullable or give it a default in schema.yaml',
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
    advice: 'give a fill that converts them',
    key: after.primaryKey.name,
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
