import type { SqlValue } from '@koyalite/contracts'
import type { DeferredSql } from '../../sql/deferred-sql'
import { bind, constant, identifier, join, sql } from '../../sql/sql-fragment'
import { type CelType, mayBe } from '../check/cel-type'
import { valueTypeOf } from '../check/check-access'
import type { Expression, ExpressionOf } from '../check/expression'
import type { FAILED, Result } from '../memory/cel-value'
import { equalToAny, FAILURE, involvesNobody } from './sql-compare'
import { newAlias, type Predicate, type SqlContext } from './sql-context'
import {
  canOperandFail,
  type JsonOperand,
  nearestDouble,
  type Operand,
  type ScalarOperand,
  unlessFailed,
} from './sql-operand'
import { rowMember } from './sql-row-macro'
import { isStatic, membersOf, membersOfKind, staticParam } from './static-expression'

/** `item in container`. Null if SQL cannot express it. */
export function membership({ item, container }: ExpressionOf<'member'>, context: SqlContext): Predicate | null {
  const compared = container.kind === 'list' ? [item, ...container.items] : [item]
  if (involvesNobody(compared, context)) return FAILURE
  const operand = context.operand(item, context)
  if (operand === null) return null
  const canFail = canOperandFail(operand) || container.kind !== 'const'
  if (container.kind === 'list') return inListOfParts(operand, container.items, context)
  if (isStatic(container, context)) {
    const sql = inStatic(operand, container)
    return sql === null ? null : { sql, canFail }
  }
  if (container.kind === 'rowMap') return rowMember(operand, container, context)
  const json = context.operand(container, context)
  if (json?.form !== 'json' || operand.form !== 'scalar') return null
  const sql = inJson(operand, json, context)
  return sql === null ? null : { sql, canFail: true }
}

/** `x in ['a', doc.b]` */
function inListOfParts(item: Operand, items: readonly Expression[], context: SqlContext): Predicate | null {
  if (items.every((element) => element.kind === 'const') && item.form === 'scalar') {
    const list = items.map((element) => (element.kind === 'const' ? element.value : null))
    if (
      mixesNumbers(
        item,
        items.map(({ type }) => type),
      )
    )
      return null
    return { sql: inKnownList(item, list), canFail: canOperandFail(item) }
  }
  if (items.length === 0) return null
  const others = items.map((element) => context.operand(element, context))
  const known = others.filter((other) => other !== null)
  if (known.length !== others.length || (item.form === 'scalar' && !item.simple)) return null
  const sql = equalToAny(item, known)
  return sql === null ? null : { sql, canFail: [item, ...known].some(canOperandFail) }
}

/** An int that may be beyond the exact doubles is compared with ints as it is, but with doubles as a double. */
function mixesNumbers({ kind, exact }: ScalarOperand, elements: readonly CelType[]): boolean {
  return kind === 'int' && !exact && elements.some((type) => mayBe(type, 'double'))
}

function inKnownList(item: ScalarOperand, list: readonly Exclude<Result, typeof FAILED>[]): DeferredSql {
  const values = membersOfKind(list, item.kind)
  const found =
    values.length === 0
      ? constant('0')
      : sql`${item.value} IN (${join(
          values.map((v) => bind(v)),
          ', ',
        )})`
  if (item.absent === 'never') return found
  if (item.absent === 'failure') return unlessFailed([item], found)
  const withNull = list.includes(null)
    ? sql`(${item.value} IS NULL OR ${found})`
    : sql`(${item.value} IS NOT NULL AND ${found})`
  return unlessFailed([item], withNull)
}

/**
 * The container is known when parameters are bound. A failed one is bound as a list of null: nothing is found in it, and `IN`
 * then returns NULL, so that the index of the column can still be used.
 */
function inStatic(item: Operand, container: Expression): DeferredSql | null {
  if (item.form !== 'scalar' || item.kind === 'bytes') return null
  // The keys of a map are not doubles.
  if (container.type.kind !== 'map' && mixesNumbers(item, [valueTypeOf(container.type)])) return null
  const { kind } = item
  const members = staticParam(container, (result) => {
    const values = membersOf(result)
    return values === null ? '[null]' : jsonArray(membersOfKind(values, kind))
  })
  const found = sql`${item.value} IN (SELECT value FROM json_each(${members}))`
  if (item.absent === 'never') return found
  // A null item is never a key of a map: asking fails. In a list it may stand.
  const nullFound = staticParam(container, (result) => {
    const values = membersOf(result)
    if (values === null || !Array.isArray(result)) return null
    return values.includes(null) ? 1 : 0
  })
  if (item.absent === 'failure') return sql`CASE WHEN ${item.value} IS NOT NULL THEN ${found} END`
  return unlessFailed(
    [item],
    sql`((${item.value} IS NOT NULL AND ${found}) OR (${item.value} IS NULL AND ${nullFound}))`,
  )
}

/** A JSON array of scalars. Ints are written digit by digit: they may be larger than JavaScript's numbers are exact. */
function jsonArray(values: readonly SqlValue[]): string {
  return `[${values.map((value) => (typeof value === 'bigint' ? String(value) : jsonScalar(value))).join(',')}]`
}

function jsonScalar(value: SqlValue): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999'
  const text = JSON.stringify(value)
  // Without a point SQLite would read it as the int of these digits, which are not all of those of a large double.
  return Number.isInteger(value) && /^-?\d+$/.test(text) ? `${text}.0` : text
}

/** Membership in an array, or among the keys of an object. */
function inJson(item: ScalarOperand, json: JsonOperand, context: SqlContext): DeferredSql | null {
  if (item.kind === 'bytes' || item.kind === 'timestamp' || item.kind === 'date' || !item.simple) return null
  const alias = newAlias(context)
  const from = sql`SELECT 1 FROM ${json.each} AS ${identifier(alias)} WHERE`
  const column = (name: string): DeferredSql => sql`${identifier(alias)}.${constant(name)}`
  const isNumber = item.kind === 'int' || item.kind === 'double'
  const value = isNumber ? sql`CAST(${column('value')} AS REAL)` : column('value')
  const equal = sql`${column('type')} ${elementTypes(item)} AND ${value} = ${nearestDouble(item)}`
  const inArray = sql`EXISTS (${from} ${equal})`
  const inKeys = item.kind === 'string' ? sql`EXISTS (${from} ${column('key')} = ${item.value})` : constant('0')
  const found = sql`CASE ${json.type} WHEN 'array' THEN ${inArray} WHEN 'object' THEN ${inKeys} END`
  if (item.absent === 'never') return found
  if (item.absent === 'failure') return unlessFailed([item], found)
  const nullInArray = sql`CASE WHEN ${json.type} = 'array' THEN EXISTS (${from} ${column('type')} = 'null') END`
  return unlessFailed([item], sql`CASE WHEN ${item.value} IS NULL THEN ${nullInArray} ELSE ${found} END`)
}

function elementTypes({ kind, value }: ScalarOperand): DeferredSql {
  if (kind === 'string') return constant("= 'text'")
  return kind === 'bool' ? sql`= CASE WHEN ${value} THEN 'true' ELSE 'false' END` : constant("IN ('integer', 'real')")
}
