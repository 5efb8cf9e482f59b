import { AppError } from '@koyalite/contracts'
import type { Collection, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { allOf, type Condition } from '../filter/condition'
import { pathsFrom } from '../filter/field-path'
import { parseFilters } from '../filter/parse-filters'
import { type AskedWhere, parseWhere, type WhereScope } from '../filter/parse-where'
import { whereParams } from '../filter/where-params'
import { decodeCursor } from './cursor'
import { LIMITS } from './limits'
import type { GetQuery, ListQuery } from './list-query'
import { flagParameter, numberParameter, parseParameters, textParameter } from './parse-parameters'
import { parseProjection } from './parse-projection'
import { formatSort, parseSort } from './parse-sort'

const LIST_PARAMETERS = [
  'filter',
  'where',
  'params',
  'sort',
  'limit',
  'offset',
  'cursor',
  'count',
  'expand',
  'fields',
  'etags',
] as const
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
  const asked = { filters, ...askedWhere(given) }
  const condition = parseCondition(schema, collection, asked, access, cel)
  const sort = parseSort(scope, collection, textParameter(given, 'sort'))
  const fingerprint = JSON.stringify([
    collection.name,
    formatSort(sort),
    [...filters].sort(),
    asked.where,
    asked.params,
  ])
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
    isAll: false,
    offset: numberParameter(given, 'offset', { min: 0, max: LIMITS.offsetMax, otherwise: 0 }),
    after: cursor === null ? null : decodeCursor(fingerprint, sort.length, cursor),
    fingerprint,
    count: flagParameter(given, 'count'),
    projection: parseProjection(scope, collection, { expand, fields }),
    etags: flagParameter(given, 'etags'),
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

/** `where` and `params`. Throws INVALID_REQUEST and INVALID_FILTER. */
export function askedWhere<Name extends string>(
  given: ReadonlyMap<Name | 'where' | 'params', readonly string[]>,
): AskedWhere {
  return { where: textParameter(given, 'where'), params: whereParams(textParameter(given, 'params')) }
}

/** What `filter` and `where` state together. Throws INVALID_FILTER. */
export function parseCondition(
  schema: Schema,
  collection: Collection,
  asked: AskedWhere & { readonly filters: readonly string[] },
  access: ReadAccess,
  cel: WhereScope,
): Condition {
  const resolve = pathsFrom({ schema, access, code: 'INVALID_FILTER' }, collection)
  const where = parseWhere(schema, collection, asked, access, cel)
  return allOf([...parseFilters(resolve, asked.filters), ...(where === null ? [] : [where])])
}
