import type { Collection, Field } from '@koyalite/schema'
import type { DeferredSql } from '../../sql/deferred-sql'
import { jsonColumn } from '../../sql/json-column'
import { bind, constant, identifier, join, sql } from '../../sql/sql-fragment'
import type { ExpressionOf, Row } from '../check/expression'
import { compileField } from '../memory/run-row'
import { aliasOf, newAlias, type Predicate, type SqlContext } from './sql-context'
import { jsonAt, type Operand, type ScalarOperand, type SqlKind, scalar } from './sql-operand'
import { toSqlValue } from './static-expression'

const KINDS: Readonly<Record<Exclude<Field['type'], 'json'>, SqlKind>> = {
  uuid: 'string',
  string: 'string',
  text: 'string',
  int: 'int',
  float: 'double',
  bool: 'bool',
  timestamp: 'timestamp',
  date: 'date',
  blob: 'bytes',
}

/** A field of a row of the statement, or of one that references lead to. */
export function fieldOperand({ row, field }: ExpressionOf<'field'>, context: SqlContext): Operand {
  if (row.kind === 'follow') return followedField(row, field, context)
  const alias = aliasOf(row, context)
  if (alias === null) throw new Error('a field of a document in memory is static')
  const value = readable(row.collection, field, alias, context)
  if (field.type === 'json') return jsonAt(value, [], 'null')
  return columnOperand(row.collection, KINDS[field.type], value, {
    absent: isNeverNull(row.collection, field, context) ? 'never' : 'null',
    fails: null,
  })
}

/** In an adopted table the value may be of any kind. */
function columnOperand(
  collection: Collection,
  kind: SqlKind,
  value: DeferredSql,
  { absent, fails }: Pick<ScalarOperand, 'absent' | 'fails'>,
): ScalarOperand {
  const column = scalar(kind, value, { absent, fails, simple: true, exact: true })
  if (!collection.untyped) return column
  const isKind = IS_KIND[kind](value)
  const typed = sql`CASE WHEN ${isKind} THEN ${value} END`
  if (absent !== 'null') return { ...column, strict: { ...column, value: typed, absent: 'failure' } }
  const isForeign = sql`(${value} IS NOT NULL AND NOT (${isKind}))`
  const failure = fails === null ? isForeign : sql`(${fails} OR ${isForeign})`
  return { ...column, strict: { ...column, value: typed, fails: failure } }
}

/** Whether a value that may be anything is what a column of the kind holds; of null it does not matter. */
const IS_KIND: Readonly<Record<SqlKind, (value: DeferredSql) => DeferredSql>> = {
  int: isNumber,
  double: isNumber,
  bool: (value) => sql`${value} IN (0, 1)`,
  string: (value) => sql`typeof(${value}) = 'text'`,
  bytes: (value) => sql`typeof(${value}) = 'blob'`,
  // Other databases write 0000-00-00 for no date, which would be before every other: SQLite makes NULL, or another day, of one that is none.
  date: (value) => sql`(date(${value}) IS ${value} AND ${value} >= '0001')`,
  timestamp: (value) => sql`(strftime('%Y-%m-%dT%H:%M:%fZ', ${value}) IS ${value} AND ${value} >= '0')`,
}

/** A number of the other kind compares as in CEL. */
function isNumber(value: DeferredSql): DeferredSql {
  return sql`typeof(${value}) IN ('integer', 'real')`
}

/** `doc.author` leads to a row that the caller may read; NULL where a reference before it leads nowhere. */
export function presence({ row }: ExpressionOf<'present'>, context: SqlContext): Predicate {
  if (row.kind !== 'follow') return { sql: constant('1'), canFail: false }
  const chain = followChain(row, context)
  const found = sql`EXISTS (SELECT 1 ${chain.from}${chain.readable === null ? constant('') : sql` AND ${chain.readable}`})`
  if (row.from.kind !== 'follow') return { sql: found, canFail: false }
  return { sql: sql`CASE WHEN ${rowExists(row.from, context)} THEN ${found} END`, canFail: true }
}

function rowExists(row: Extract<Row, { kind: 'follow' }>, context: SqlContext): DeferredSql {
  return sql`EXISTS (SELECT 1 ${followChain(row, context).from})`
}

function followedField(row: Extract<Row, { kind: 'follow' }>, field: Field, context: SqlContext): Operand {
  const chain = followChain(row, context)
  const column = readable(row.collection, field, chain.alias, context)
  const shown = chain.readable === null ? column : sql`CASE WHEN ${chain.readable} THEN ${column} END`
  if (field.type === 'json') return jsonAt(sql`(SELECT coalesce(${shown}, 'null') ${chain.from})`, [])
  const value = sql`(SELECT ${shown} ${chain.from})`
  if (isNeverNull(row.collection, field, context) && chain.readable === null) {
    return columnOperand(row.collection, KINDS[field.type], value, { absent: 'failure', fails: null })
  }
  const fails = sql`NOT ${rowExists(row, context)}`
  return columnOperand(row.collection, KINDS[field.type], value, { absent: 'null', fails })
}

interface Chain {
  /** FROM and WHERE of the rows on the way, one row or none. */
  readonly from: DeferredSql
  /** The alias of the last one. */
  readonly alias: string
  /** Whether the caller may read the last one; null where that is not restricted. */
  readonly readable: DeferredSql | null
}

function followChain(row: Extract<Row, { kind: 'follow' }>, context: SqlContext): Chain {
  const steps = stepsOf(row)
  const tables: DeferredSql[] = []
  const conditions: DeferredSql[] = []
  let alias = ''
  let readable: DeferredSql | null = null
  for (const step of steps) {
    const key =
      step.from.kind === 'follow' ? keyOfFollowed(step, { alias, readable }, context) : keyOfStart(step, context)
    alias = newAlias(context)
    readable = rowCondition(step.collection, alias, context)
    tables.push(sql`${identifier(step.collection.table)} AS ${identifier(alias)}`)
    conditions.push(sql`${column(alias, step.key)} = ${key}`)
  }
  return { from: sql`FROM ${join(tables, ', ')} WHERE ${join(conditions, ' AND ')}`, alias, readable }
}

/** The references from the first row to the last. */
function stepsOf(row: Extract<Row, { kind: 'follow' }>): readonly Extract<Row, { kind: 'follow' }>[] {
  return row.from.kind === 'follow' ? [...stepsOf(row.from), row] : [row]
}

function keyOfStart({ from, field }: Extract<Row, { kind: 'follow' }>, context: SqlContext): DeferredSql {
  const alias = from.kind === 'follow' ? null : aliasOf(from, context)
  if (alias !== null) return readable(from.collection, field, alias, context)
  const read = compileField(from, field)
  return bind((frame) => toSqlValue(read(frame)))
}

/** The key in a row on the way: null where the row cannot be read. */
function keyOfFollowed(
  { from, field }: Extract<Row, { kind: 'follow' }>,
  source: { readonly alias: string; readonly readable: DeferredSql | null },
  context: SqlContext,
): DeferredSql {
  const value = readable(from.collection, field, source.alias, context)
  return source.readable === null ? value : sql`CASE WHEN ${source.readable} THEN ${value} END`
}

/** A column, or null where the caller may not read the field in this row. */
function readable(collection: Collection, field: Field, alias: string, { access }: SqlContext): DeferredSql {
  const rule = access?.field(collection, field)
  if (rule === undefined || rule.kind === 'all') return column(alias, field)
  return rule.kind === 'none' ? constant('NULL') : sql`CASE WHEN ${rule.sql(alias)} THEN ${column(alias, field)} END`
}

function rowCondition(collection: Collection, alias: string, { access }: SqlContext): DeferredSql | null {
  const rule = access?.rows(collection)
  if (rule === undefined || rule.kind === 'all') return null
  return rule.kind === 'none' ? constant('0') : sql`(${rule.sql(alias)})`
}

function isNeverNull(collection: Collection, field: Field, { access }: SqlContext): boolean {
  if (field.nullable && !field.primary) return false
  return access === null || access.field(collection, field).kind === 'all'
}

function column(alias: string, field: Field): DeferredSql {
  const text = sql`${identifier(alias)}.${identifier(field.column)}`
  if (field.type === 'json') return constant(jsonColumn(text.text))
  return field.collated ? sql`${text} COLLATE BINARY` : text
}
