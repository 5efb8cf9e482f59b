import { AppError } from '@koyalite/contracts'
import { type ListQuery, parseAggregateQuery, parseListQuery, type ReadAccess } from '@koyalite/query'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import type { AggregateRead } from '../operations/aggregate-documents'
import { type ListRead, listedCollection } from '../operations/list-documents'

/**
 * Parses the parameters of a list. Throws COLLECTION_NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, INVALID_REQUEST,
 * INVALID_FILTER, INVALID_SORT.
 */
export function parseListRead(context: DataContext, caller: Caller, input: ListParameters): ListRead {
  const collection = listedCollection(context, caller, input.collection)
  const { resumable, params } = withoutResume(input.params)
  const asked = params.toString()
  const { read, auth } = caller.access
  const parse = () => parseListQuery(context.schema, collection, params, read, { auth, now: caller.now })
  // A `where` may look at the caller and the time.
  const query = params.has('where') ? parse() : cachedQuery(read, `${collection.name}?${asked}`, parse)
  return { query, resumable, asked: asked === '' ? null : asked }
}

/** Parses the parameters of an aggregate. Throws as `parseListRead` does. */
export function parseAggregateRead(context: DataContext, caller: Caller, input: ListParameters): AggregateRead {
  const collection = listedCollection(context, caller, input.collection)
  const { read, auth } = caller.access
  const query = parseAggregateQuery(context.schema, collection, input.params, read, { auth, now: caller.now })
  return { query, asked: input.params.size === 0 ? null : input.params.toString() }
}

export interface ListParameters {
  readonly collection: string
  readonly params: URLSearchParams
}

/** Per set of rights. */
const MAX_CACHED = 200

const caches = new WeakMap<ReadAccess, Map<string, ListQuery>>()

/** Parsing and compiling a query costs a sixth of a request. With the same parameters and rights it is the same. */
function cachedQuery(access: ReadAccess, key: string, parse: () => ListQuery): ListQuery {
  let queries = caches.get(access)
  if (queries === undefined) {
    queries = new Map()
    caches.set(access, queries)
  }
  let query = queries.get(key)
  if (query === undefined) {
    query = parse()
    if (queries.size >= MAX_CACHED) queries.clear()
    queries.set(key, query)
  }
  return query
}

/** `resume` does not change the list: it is not part of the cache key, and not audited. */
function withoutResume(asked: URLSearchParams): {
  readonly resumable: NonNullable<ListRead['resumable']>
  readonly params: URLSearchParams
} {
  if (!asked.has('resume')) return { resumable: false, params: asked }
  const [value, ...more] = asked.getAll('resume')
  if (more.length > 0 || (value !== 'true' && value !== 'false' && value !== 'all')) {
    throw new AppError('INVALID_REQUEST', "'resume' must be true, false or all, and can be given only once.")
  }
  const params = new URLSearchParams(asked)
  params.delete('resume')
  return { resumable: value === 'true' ? 'page' : value === 'all' && 'all', params }
}
