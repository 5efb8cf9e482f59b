import type { JsonValue } from '@koyalite/schema'
import type { Comparison } from '../filter/condition'
import type { DeferredSql } from './deferred-sql'
import { jsonPath } from './json-path'
import { OPERATORS } from './sql-comparison'
import { bind, constant, disjunction, sql, valueList } from './sql-fragment'
import { containsText, likeText } from './text-search'

/**
 * A comparison with the value at a path inside a json column. Types are compared too: `true` is not `1`, and `1` is not `"1"`. Null
 * is none of the values here; the caller tests for it.
 */
export function jsonComparison(condition: Comparison, column: DeferredSql): DeferredSql {
  const path = jsonPath(column, condition.path.json)
  const place: Place = {
    type: sql`json_type(${column}, ${path})`,
    value: sql`json_extract(${column}, ${path})`,
  }
  switch (condition.op) {
    case 'eq':
      return isEqual(place, condition.value)
    case 'in':
      return isAmong(place, condition.values)
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return sql`(${hasType(place, condition.value)} AND ${place.value} ${OPERATORS[condition.op]} ${bind(ordered(condition.value))})`
    case 'like':
      return sql`(${place.type} = 'text' AND ${likeText(place.value, condition.value)})`
    case 'contains': {
      const element: Place = { type: constant('"j"."type"'), value: constant('"j"."value"') }
      const found = sql`EXISTS (SELECT 1 FROM json_each(${column}, ${path}) AS "j" WHERE ${isEqual(element, condition.value)})`
      if (condition.text === null) return sql`(${place.type} = 'array' AND ${found})`
      return sql`CASE ${place.type} WHEN 'text' THEN ${containsText(place.value, condition.text)} WHEN 'array' THEN ${found} END`
    }
  }
}

/** A value inside json: its type as SQLite names it, and itself. */
interface Place {
  readonly type: DeferredSql
  readonly value: DeferredSql
}

function isEqual(place: Place, value: JsonValue): DeferredSql {
  switch (typeof value) {
    case 'boolean':
      return sql`${place.type} = ${bind(String(value))}`
    case 'string':
    case 'number':
      return sql`(${hasType(place, value)} AND ${place.value} = ${bind(value)})`
  }
  if (value === null) return sql`${place.type} = 'null'`
  const type = bind(Array.isArray(value) ? 'array' : 'object')
  return sql`CASE ${place.type} WHEN ${type} THEN koyalite_json_equal(${place.value}, ${bind(JSON.stringify(value))}) END`
}

/** One test per type that is among the values, so that the text depends on few shapes. */
function isAmong(place: Place, values: readonly JsonValue[]): DeferredSql {
  const tests: DeferredSql[] = []
  const texts = values.filter((value) => typeof value === 'string')
  const numbers = values.filter((value) => typeof value === 'number')
  const booleans = values.filter((value) => typeof value === 'boolean')
  if (texts.length > 0) tests.push(sql`(${hasType(place, '')} AND ${place.value} IN (${valueList(texts)}))`)
  if (numbers.length > 0) tests.push(sql`(${hasType(place, 0)} AND ${place.value} IN (${valueList(numbers)}))`)
  if (booleans.length > 0) tests.push(sql`${place.type} IN (${valueList(booleans.map(String))})`)
  const containers = values.filter((value) => typeof value === 'object' && value !== null)
  if (containers.length > 0) {
    const given = bind(JSON.stringify(containers))
    const equal = sql`koyalite_json_equal("w"."value", ${place.value})`
    tests.push(
      sql`(${place.type} IN ('array', 'object') AND EXISTS (SELECT 1 FROM json_each(${given}) AS "w" WHERE ${equal}))`,
    )
  }
  return disjunction(tests)
}

function hasType(place: Place, value: JsonValue): DeferredSql {
  return typeof value === 'number' ? sql`${place.type} IN ('integer', 'real')` : sql`${place.type} = 'text'`
}

function ordered(value: JsonValue): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new TypeError('only strings and numbers can be ordered')
}
