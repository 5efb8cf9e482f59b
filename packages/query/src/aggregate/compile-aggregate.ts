import { AppError, type SqlValue } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'
import { READ_ALL, type ReadAccess } from '../access/read-access'
import { compileCondition } from '../filter/condition-sql'
import { atPath, type FieldPath } from '../filter/field-path'
import { LIST_ROOT, matchingConditions, source } from '../list/compile-list'
import { fieldJson } from '../list/document-json'
import { LIMITS } from '../list/limits'
import type { DeferredSql } from '../sql/deferred-sql'
import { jsonPath } from '../sql/json-path'
import { bind, bindUnseen, columnOf, constant, identifier, join, sql } from '../sql/sql-fragment'
import type { AggregateQuery, AggregateValue, GroupKey, Output } from './aggregate-query'
import { bucketLabel } from './time-bucket'
import { UTC } from './zone-offsets'
import { zoneTable } from './zone-table'

const GROUPS = '_koyalite_groups'

/**
 * The statement of an aggregate: a row per group, with its JSON text, and the name of a number in it that is too large, or NULL. Its text
 * depends on the shape of the query only, not on the values in it.
 */
export function compileAggregate(query: AggregateQuery, access: ReadAccess): DeferredSql {
  const { collection, keys, values, having, limit, isBounded } = query
  const columns = [
    ...keys.map((key) => named(keyValue(query, key, access), key.output)),
    ...values.map((value) => named(aggregateValue(value, access), value.output)),
  ]
  const positions = keys.map((_, index) => constant(String(index + 1)))
  const grouping = keys.length === 0 ? constant('') : sql` GROUP BY ${join(positions, ', ')}`
  const groups = sql`SELECT ${join(columns, ', ')} ${source(query, matchingConditions(query, access))}${grouping}`
  const shown = [
    ...keys.map(({ path, output }) => sql`${bind(output.name)}, ${fieldJson(path.collection, output.field, GROUPS)}`),
    ...values.map((value) => sql`${bind(value.output.name)}, ${shownValue(collection, value)}`),
  ]
  const condition = compileCondition(having, GROUPS, READ_ALL)
  // One more than there may be shows whether there are too many.
  const most = bindUnseen(isBounded ? limit : LIMITS.aggregateGroups + 1)
  const statement = sql`SELECT json_object(${join(shown, ', ')}), ${tooLarge(values)} FROM (${groups}) AS ${identifier(GROUPS)} WHERE ${condition}${order(query)} LIMIT ${most}`
  const table = keys.some(({ bucket }) => bucket !== null) ? zoneTable(query.zone) : null
  return table === null ? statement : sql`WITH ${table} ${statement}`
}

/**
 * The JSON texts of the groups that a statement of `compileAggregate` found.
 * @throws AppError INVALID_REQUEST where there are too many, OUT_OF_RANGE where one of them cannot be shown
 */
export function readGroups(rows: readonly (readonly SqlValue[])[], limit: number): readonly string[] {
  if (rows.length > LIMITS.aggregateGroups) {
    throw new AppError(
      'INVALID_REQUEST',
      `There are more than ${LIMITS.aggregateGroups} groups: add 'sort' and 'limit' to get the first ones, or a filter.`,
    )
  }
  return rows.slice(0, limit).map(([text, tooLarge]) => {
    if (tooLarge === null) return String(text)
    throw new AppError(
      'OUT_OF_RANGE',
      `'${tooLarge}' is too large to be returned as a number: filter for fewer documents.`,
    )
  })
}

function named(value: DeferredSql, { field }: Output): DeferredSql {
  return sql`${value} AS ${identifier(field.column)}`
}

function keyValue(query: AggregateQuery, { path, bucket }: GroupKey, access: ReadAccess): DeferredSql {
  const value = comparableValue(path, access)
  if (bucket === null) return value
  // A date is the same day in every zone.
  const zone = path.field.type === 'date' ? UTC : query.zone
  return bucketLabel(value, { bucket, zone, untyped: path.collection.untyped === true })
}

function aggregateValue({ call, path }: AggregateValue, access: ReadAccess): DeferredSql {
  if (path === null) return constant('count(*)')
  const value = comparableValue(path, access)
  switch (call) {
    case 'count':
    case 'min':
    case 'max':
      return sql`${constant(call)}(${value})`
    case 'count_distinct':
      return sql`count(DISTINCT ${value})`
    case 'sum':
    case 'avg': {
      const number = path.collection.untyped ? numberOf(value) : value
      // In doubles, with compensation: an integer sum that is in range is exact, one that is not is no error of SQLite.
      return sql`${constant(call)}(${number} + 0.0)`
    }
  }
}

/** SQLite would read a number out of a text that another program has stored. */
function numberOf(value: DeferredSql): DeferredSql {
  return sql`CASE WHEN typeof(${value}) IN ('integer', 'real') THEN ${value} END`
}

/** The value at a path, such that equal ones are equal in SQL: inside json text and others are JSON texts, of which no two types share one. */
function comparableValue(path: FieldPath, access: ReadAccess): DeferredSql {
  return atPath(path, access, LIST_ROOT, (column) => {
    if (path.json.length === 0) return column
    const at = jsonPath(column, path.json)
    return sql`CASE json_type(${column}, ${at}) WHEN 'integer' THEN json_extract(${column}, ${at}) WHEN 'real' THEN json_extract(${column}, ${at}) WHEN 'null' THEN NULL ELSE json(${column} -> ${at}) END`
  })
}

function shownValue(collection: Collection, { call, path, output: { field } }: AggregateValue): DeferredSql {
  if (call === 'sum' && field.type === 'int') {
    const sum = columnOf(GROUPS, field.column)
    // Another program may have stored fractions.
    return sql`CASE CAST(${sum} AS INTEGER) WHEN ${sum} THEN CAST(${sum} AS INTEGER) ELSE ${sum} END`
  }
  return fieldJson(path?.collection ?? collection, field, GROUPS)
}

/** The name of the first number that cannot be shown as what it is. */
function tooLarge(values: readonly AggregateValue[]): DeferredSql {
  const cases = values
    .filter(({ call }) => call === 'sum' || call === 'avg')
    .map(({ output: { name, field } }) => {
      const most = constant(field.type === 'int' ? '9007199254740991' : '1.7976931348623157e308')
      return sql`WHEN abs(${columnOf(GROUPS, field.column)}) > ${most} THEN ${bind(name)}`
    })
  return cases.length === 0 ? constant('NULL') : sql`CASE ${join(cases, ' ')} END`
}

/** As asked, then by the keys, so that the order is total. */
function order({ keys, sort }: AggregateQuery): DeferredSql {
  const rest = keys.filter(({ output }) => !sort.some((asked) => asked.output === output))
  const terms = [...sort, ...rest.map(({ output }) => ({ output, descending: false }))].map(
    ({ output, descending }) => sql`${columnOf(GROUPS, output.field.column)}${constant(descending ? ' DESC' : '')}`,
  )
  return terms.length === 0 ? constant('') : sql` ORDER BY ${join(terms, ', ')}`
}
