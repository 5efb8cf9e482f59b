import type { CallOptions } from '@koyalite/client/data'

interface Query {
  filter(filter: unknown): Query
  sort(...keys: readonly unknown[]): Query
  limit(limit: number): Query
  offset(offset: number): Query
  get(options: CallOptions): Promise<unknown>
  first(options: CallOptions): Promise<unknown>
}

interface Collection extends Query {
  getById(id: string | number, options?: object): Promise<unknown>
  replace(id: string | number, data: object, options?: object): Promise<unknown>
}

interface Asked extends CallOptions {
  readonly filter?: unknown
  readonly sort?: unknown
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

/** Gives a collection of the client the short names `get(id)`, `list`, `first` and `upsert`. */
export function withShortNames(collection: object): object {
  const base = collection as Collection
  const { get, first } = base
  return Object.assign(base, {
    // A key that is undefined by mistake must not become a list.
    get(...given: readonly [unknown?, object?]) {
      const [asked, options] = given
      const isList = given.length === 0 || (typeof asked === 'object' && asked !== null)
      return isList ? get.call(base, (asked ?? {}) as CallOptions) : base.getById(asked as string, options)
    },
    list(asked: Asked = {}) {
      const [query, options] = queryOf(base, asked)
      return query === base ? get.call(base, options) : query.get(options)
    },
    first(asked: Asked = {}) {
      const [query, options] = queryOf(base, asked)
      return query === base ? first.call(base, options) : query.first(options)
    },
    upsert: (id: string | number, data: object, options?: object) => base.replace(id, data, options),
  })
}

function queryOf(base: Query, { filter, sort, limit, offset, ...options }: Asked): readonly [Query, CallOptions] {
  let query = base
  if (filter !== undefined) query = query.filter(filter)
  if (sort !== undefined) query = query.sort(...(Array.isArray(sort) ? sort : [sort]))
  if (limit !== undefined) query = query.limit(limit)
  if (offset !== undefined) query = query.offset(offset)
  return [query, options]
}
