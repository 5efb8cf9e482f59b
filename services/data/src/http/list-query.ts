import { AppError } from '@koyalite/contracts'
import { type ListQuery, parseAggregateQuery, parseListQuery, previewed, type ReadAccess } from '@koyalite/query'
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
  // `resume` does not change the list: it is not part of the cache's key, and not audited.
  const [resume, params] = without(input.params, 'resume', ['all'])
  const [preview, rest] = input.takesPreview ? without(params, 'preview', []) : (['false', params] as const)
  const isPreview = preview === 'true'
  const asked = params.toString()
  const { read, auth } = caller.access
  const parse = () => {
    const query = parseListQuery(context.schema, collection, rest, read, { auth, now: caller.now })
    return isPreview ? { ...query, projection: previewed(query.projection) } : query
  }
  // A `where` may look at the caller and the time.
  const query = params.has('where')
    ? parse()
    : cachedQuery(read, `${collection.name}?${rest}${isPreview ? '#preview' : ''}`, parse)
  return {
    query,
    resumable: resume === 'true' ? 'page' : resume === 'all' && 'all',
    asked: asked === '' ? null : asked,
  }
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
  /** Whether `preview=true` asks for documents as operators' tables show them: see `previewJson`. */
  readonly takesPreview?: boolean
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

/** `true`, `false` or another of the words that a parameter may be, which is no matter of parsing the list; and the other parameters. */
function without<Word extends string>(
  asked: URLSearchParams,
  name: string,
  words: readonly Word[],
): readonly [Word | 'true' | 'false', URLSearchParams] {
  if (!asked.has(name)) return ['false', asked]
  const [value, ...more] = asked.getAll(name)
  const found = more.length > 0 ? undefined : (['true', 'false', ...words] as const).find((word) => word === value)
  if (found === undefined) {
    const known = words.length > 0 ? `true, false or ${words.join(' or ')}` : 'true or false'
    throw new AppError('INVALID_REQUEST', `'${name}' must be ${known}, and can be given only once.`)
  }
  const params = new URLSearchParams(asked)
  params.delete(name)
  return [found, params]
}
