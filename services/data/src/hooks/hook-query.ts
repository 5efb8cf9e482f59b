import { AppError, type HookList, type JsonValue } from '@koyalite/contracts'
import { type ListQuery, parseListQuery } from '@koyalite/query'
import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'

const LIMIT = 100
const MAX_LIMIT = 1000

/** A list that a hook asks for. Throws COLLECTION_NOT_FOUND, INVALID_FILTER, INVALID_SORT, INVALID_REQUEST. */
export function hookQuery(
  context: DataContext,
  caller: Caller,
  {
    collection,
    list,
    count = false,
  }: { readonly collection: string; readonly list: HookList; readonly count?: boolean },
): ListQuery {
  const { filter, sort, limit = LIMIT, offset = 0 } = list
  const model = modelNamed(context, caller, collection)
  const params = new URLSearchParams()
  if (filter !== undefined) params.set('filter', filterText(filter))
  if (sort !== undefined) params.set('sort', typeof sort === 'string' ? sort : sort.join(','))
  if (offset !== 0) params.set('offset', String(offset))
  if (count) params.set('count', 'true')
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new AppError('INVALID_REQUEST', `'limit' of a hook's list must be a whole number from 1 to ${MAX_LIMIT}.`)
  const { read, auth } = caller.access
  return { ...parseListQuery(context.schema, model.collection, params, read, { auth, now: caller.now }), limit }
}

function filterText(filter: JsonValue): string {
  return typeof filter === 'string' ? filter : JSON.stringify(filter)
}
