import { type CompiledList, compileList, type ListQuery, parseListQuery, type ReadAccess } from '@koyalite/query'
import type { Collection } from '@koyalite/schema'
import type { Caller, DataContext } from '../data-context'

/** A list as it was asked for, checked and compiled. */
export interface PreparedList {
  readonly query: ListQuery
  readonly list: CompiledList
}

/** Lists that are kept for callers with the same rights. */
const MOST = 200

const kept = new WeakMap<ReadAccess, Map<string, PreparedList>>()

/**
 * Parses and compiles a list, which costs a sixth of answering one, or gives what it came to before: with the same parameters and rights it is the
 * same. Not so where a `where` may look at the caller and the time. Throws INVALID_REQUEST, INVALID_FILTER, INVALID_SORT.
 */
export function prepareList(
  { schema }: DataContext,
  caller: Caller,
  collection: Collection,
  params: URLSearchParams,
): PreparedList {
  const { read, auth } = caller.access
  const prepare = (): PreparedList => {
    const query = parseListQuery(schema, collection, params, read, { auth, now: caller.now })
    return { query, list: compileList(schema, query, read) }
  }
  if (params.has('where')) return prepare()
  let lists = kept.get(read)
  if (lists === undefined) {
    lists = new Map()
    kept.set(read, lists)
  }
  const asked = `${collection.name}?${params}`
  let prepared = lists.get(asked)
  if (prepared === undefined) {
    prepared = prepare()
    if (lists.size >= MOST) lists.clear()
    lists.set(asked, prepared)
  }
  return prepared
}
