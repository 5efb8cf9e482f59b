import { AppError } from '@koyalite/contracts'
import type { Collection, JsonValue, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import type { AggregateQuery } from '../aggregate/aggregate-query'
import { aggregateQuery } from '../aggregate/parse-aggregate'
import { allOf, type Condition, EVERYTHING } from '../filter/condition'
import { pathsFrom } from '../filter/field-path'
import { parseJsonFilter } from '../filter/json-filter'
import { parseWhere, type WhereScope } from '../filter/parse-where'
import { checkedParams } from '../filter/where-params'
import { LIMITS } from '../list/limits'
import type { ListQuery } from '../list/list-query'
import { parseListQuery } from '../list/parse-list-query'
import { parseProjection } from '../list/parse-projection'
import { formatSort, parseSort } from '../list/parse-sort'

/** A list to follow: REST's parameters, with the filter in JSON, and lists where REST has commas. */
export interface LiveParameters {
  readonly filter?: unknown
  readonly where?: string | null | undefined
  readonly params?: readonly JsonValue[] | null | undefined
  readonly sort?: Names
  /** Null: all documents. */
  readonly limit?: number | null | undefined
  readonly expand?: Names
  readonly fields?: Names
  readonly count?: boolean | null | undefined
  readonly etags?: boolean | null | undefined
  readonly aggregate?: LiveAggregateParameters | null | undefined
}

/** REST's parameters, with `having` in JSON. */
export interface LiveAggregateParameters {
  readonly values?: Names
  readonly group?: Names
  readonly having?: unknown
  readonly timezone?: string | null | undefined
}

/** Who follows a list, and when. */
export interface LiveScope extends WhereScope {
  /** The most documents that a list of all may have. */
  readonly maxDocuments: number
}

type Names = readonly string[] | string | null | undefined

/** Checks what a subscription asks for. Throws INVALID_FILTER, INVALID_SORT and INVALID_REQUEST. */
export function parseLiveQuery(
  schema: Schema,
  collection: Collection,
  params: LiveParameters,
  access: ReadAccess,
  live: LiveScope,
): ListQuery {
  const scope = { schema, access }
  const condition = parseLiveCondition(schema, collection, params, access, live)
  const sort = parseSort(scope, collection, text(params.sort))
  return {
    collection,
    condition,
    sort,
    limit: params.limit === null ? live.maxDocuments : limitOf(params.limit ?? LIMITS.pageDefault, LIMITS.pageMax, ALL),
    isAll: params.limit === null,
    offset: 0,
    after: null,
    fingerprint: JSON.stringify([
      collection.name,
      formatSort(sort),
      params.filter ?? null,
      params.where ?? null,
      params.params ?? null,
    ]),
    count: params.count ?? false,
    projection: parseProjection(scope, collection, { expand: text(params.expand), fields: text(params.fields) }),
    etags: params.etags ?? false,
  }
}

/** The same of the parameters of a list, where `limit=all` stands for all documents. Throws as `parseListQuery` does. */
export function parseFollowedList(
  schema: Schema,
  collection: Collection,
  params: URLSearchParams,
  access: ReadAccess,
  live: LiveScope,
): ListQuery {
  if (params.get('limit') !== 'all') return parseListQuery(schema, collection, params, access, live)
  const misplaced = ['offset', 'cursor'].find((name) => params.has(name))
  if (misplaced !== undefined) {
    throw new AppError('INVALID_REQUEST', `'limit=all' follows all documents: leave out '${misplaced}'.`)
  }
  const others = new URLSearchParams(params)
  others.delete('limit', 'all')
  return {
    ...parseListQuery(schema, collection, others, access, live),
    limit: live.maxDocuments,
    isAll: true,
  }
}

/** Groups to follow: `filter`, `where`, `sort` and `limit` are beside `aggregate`. Throws as `parseLiveQuery` does. */
export function parseLiveAggregate(
  schema: Schema,
  collection: Collection,
  params: LiveParameters,
  access: ReadAccess,
  cel: WhereScope,
): AggregateQuery {
  const { values, group, having, timezone } = params.aggregate ?? {}
  const misplaced = (['expand', 'fields', 'count', 'etags'] as const).find((name) => params[name] != null)
  if (misplaced !== undefined) {
    throw new AppError('INVALID_REQUEST', `'${misplaced}' is about documents: an aggregate has groups instead.`)
  }
  return aggregateQuery({ schema, access }, collection, {
    condition: parseLiveCondition(schema, collection, params, access, cel),
    values: text(values),
    group: text(group),
    having: (resolve) => (having ? parseJsonFilter(resolve, having) : EVERYTHING),
    sort: text(params.sort),
    limit: params.limit == null ? null : limitOf(params.limit, LIMITS.aggregateGroups),
    timezone: timezone ?? null,
  })
}

function text(names: Names): string | null {
  if (names === null || names === undefined) return null
  if (typeof names === 'string') return names
  return names.length === 0 ? null : names.join(',')
}

const ALL = ', or null for all documents'

function limitOf(limit: number, max: number, otherwise = ''): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= max) return limit
  throw new AppError('INVALID_REQUEST', `'limit' must be a whole number from 1 to ${max}${otherwise}.`)
}

function parseLiveCondition(
  schema: Schema,
  collection: Collection,
  { filter, where, params }: LiveParameters,
  access: ReadAccess,
  cel: WhereScope,
): Condition {
  const resolve = pathsFrom({ schema, access, code: 'INVALID_FILTER' }, collection)
  const conditions: Condition[] = []
  if (filter) conditions.push(parseJsonFilter(resolve, filter))
  const asked = { where: where ?? null, params: params ? checkedParams(params) : null }
  const expression = parseWhere(schema, collection, asked, access, cel)
  if (expression !== null) conditions.push(expression)
  return allOf(conditions)
}
