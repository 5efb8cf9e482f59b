import { AppError } from '@koyalite/contracts'
import type { Collection, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { allOf, type Condition } from '../filter/condition'
import { pathsFrom } from '../filter/field-path'
import { parseFilters } from '../filter/parse-filters'
import { parseWhere, type WhereScope } from '../filter/parse-where'
import { decodeCursor } from './cursor'
import { LIMITS } from './limits'
import type { GetQuery, ListQuery } from './list-query'
import { numberParameter, parseParameters, textParameter } from './parse-parameters'
import { parseProjection } from './parse-projection'
import { formatSort, parseSort } from './parse-sort'

const LIST_PARAMETERS = ['filter', 'where', 'sort', 'limit', 'offset', 'cursor', 'count', 'expand', 'fields'] as const
const GET_PARAMETERS = ['expand', 'fields'] as const

/** Checks the parameters of a list. Throws INVALID_FILTER, INVALID_SORT and INVALID_REQUEST. */
export function parseListQuery(
  schema: Schema,
  collection: Collection,
  params: URLSearchParams,
  access: ReadAccess,
  cel: WhereScope,
): ListQuery {
  const given = parseParameters(params, LIST_PARAMETERS, ['filter'])
  const scope = { schema, access }
  const filters = given.get('filter') ?? []
  const where = textParameter(given, 'where')
  const condition = parseCondition(schema, collection, { filters, where }, access, cel)
  const sort = parseSort(scope, collection, textParameter(given, 'sort'))
  const fingerprint = JSON.stringify([collection.name, formatSort(sort), [...filters].sort(), where])
  const cursor = textParameter(given, 'cursor')
  if (cursor !== null && given.has('offset')) {
    throw new AppError('INVALID_REQUEST', "'cursor' and 'offset' cannot be combined.")
  }
  const expand = textParameter(given, 'expand')
  const fields = textParameter(given, 'fields')
  return {
    collection,
    condition,
    sort,
    limit: numberParameter(given, 'limit', { min: 1, max: LIMITS.pageMax, otherwise: LIMITS.pageDefault }),
    offset: numberParameter(given, 'offset', { min: 0, max: LIMITS.offsetMax, otherwise: 0 }),
    after: cursor === null ? null : decodeCursor(fingerprint, sort.length, cursor),
    fingerprint,
    count: parseCount(textParameter(given, 'count')),
    projection: parseProjection(scope, collection, { expand, fields }),
  }
}

/** Checks the parameters of a request for one document. Throws INVALID_REQUEST. */
export function parseGetQuery(
  schema: Schema,
  collection: Collection,
  params: URLSearchParams,
  access: ReadAccess,
): GetQuery {
  if (params.size === 0) return { projection: { collection, fields: null, expand: [] } }
  const given = parseParameters(params, GET_PARAMETERS)
  const expand = textParameter(given, 'expand')
  const fields = textParameter(given, 'fields')
  return { projection: parseProjection({ schema, access }, collection, { expand, fields }) }
}

/** What `filter` and `where` state together. Throws INVALID_FILTER. */
export function parseCondition(
  schema: Schema,
  collection: Collection,
  texts: { readonly filters: readonly string[]; readonly where: string | null },
  access: ReadAccess,
  cel: WhereScope,
): Condition {
  const resolve = pathsFrom({ schema, access, code: 'INVALID_FILTER' }, collection)
  const conditions = [...parseFilters(resolve, texts.filters)]
  if (texts.where !== null) conditions.push(parseWhere(schema, collection, texts.where, access, cel))
  return allOf(conditions)
}

function parseCount(text: string | null): boolean {
  if (text === null || text === 'false') return false
  if (text === 'true') return true
  throw new AppError('INVALID_REQUEST', "'count' must be true or false.")
}
