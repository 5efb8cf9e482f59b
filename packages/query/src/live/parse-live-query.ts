import { AppError } from '@koyalite/contracts'
import type { Collection, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { allOf, type Condition } from '../filter/condition'
import { parseJsonFilter } from '../filter/json-filter'
import { parseWhere, type WhereScope } from '../filter/parse-where'
import { LIMITS } from '../list/limits'
import type { ListQuery } from '../list/list-query'
import { parseProjection } from '../list/parse-projection'
import { formatSort, parseSort } from '../list/parse-sort'

/** A list to follow: REST's parameters, with the filter in JSON, and lists where REST has commas. */
export interface LiveParameters {
  readonly filter?: unknown
  readonly where?: string | null | undefined
  readonly sort?: Names
  readonly limit?: number | null | undefined
  readonly expand?: Names
  readonly fields?: Names
  readonly count?: boolean | null | undefined
}

type Names = readonly string[] | string | null | undefined

/** Checks what a subscription asks for. Throws INVALID_FILTER, INVALID_SORT and INVALID_REQUEST. */
export function parseLiveQuery(
  schema: Schema,
  collection: Collection,
  params: LiveParameters,
  access: ReadAccess,
  cel: WhereScope,
): ListQuery {
  const scope = { schema, access }
  const conditions: Condition[] = []
  if (params.filter) conditions.push(parseJsonFilter({ ...scope, code: 'INVALID_FILTER' }, collection, params.filter))
  const where = params.where ?? null
  if (where !== null) conditions.push(parseWhere(schema, collection, where, access, cel))
  const sort = parseSort(scope, collection, text(params.sort))
  return {
    collection,
    condition: allOf(conditions),
    sort,
    limit: limitOf(params.limit ?? LIMITS.pageDefault),
    offset: 0,
    after: null,
    fingerprint: JSON.stringify([collection.name, formatSort(sort), params.filter ?? null, where]),
    count: params.count ?? false,
    projection: parseProjection(scope, collection, { expand: text(params.expand), fields: text(params.fields) }),
  }
}

function text(names: Names): string | null {
  if (names === null || names === undefined) return null
  if (typeof names === 'string') return names
  return names.length === 0 ? null : names.join(',')
}

function limitOf(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LIMITS.pageMax) return limit
  throw new AppError('INVALID_REQUEST', `'limit' must be a whole number from 1 to ${LIMITS.pageMax}.`)
}
