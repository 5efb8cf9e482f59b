import { readGroups } from './aggregate'
import type { AggregateInput, Group } from './aggregate-types'
import type { CallOptions } from './call-options'
import type { ClientContext } from './client-context'
import type { ExpandPath, FieldName, Shown } from './document-types'
import type { Filter, SortKey } from './filter-types'
import type { KoyaError } from './koya-error'
import type { SchemaOf } from './metadata'
import { type Parameters, queryText } from './query-text'
import { filterText, revived } from './values'

/** What a query asks for; it is never changed. */
export interface QueryState {
  readonly collection: string
  /** JSON texts; all hold. */
  readonly filters: readonly string[]
  readonly where: readonly string[]
  readonly sort: readonly string[]
  readonly limit?: number
  readonly offset?: number
  readonly expand: readonly string[]
  readonly fields: readonly string[]
  /** Of a filter that makes no sense: what the query rejects with. */
  readonly error?: KoyaError | undefined
}

export interface PageOptions extends CallOptions {
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined
  /** Also counts all documents of the query. */
  readonly count?: boolean | undefined
}

export interface Page<D> {
  readonly docs: D[]
  /** Null: this is the last page. */
  readonly nextCursor: string | null
  /** How many documents the query has, with `count`. */
  readonly total?: number
}

interface SentPage<D> {
  readonly docs: D[]
  readonly next_cursor: string | null
  readonly total?: number
}

/** The most that one page has. */
const PAGE_MAX = 500

/**
 * An immutable list of documents: each method returns another one, until an ending (`get`, `all`, `first` …) asks the server.
 *
 * @typeParam F the fields that its documents have
 * @typeParam P the paths that are expanded in them
 *
 * The variances are written down: to find them out, the compiler compares a million types, for two minutes.
 */
export class Query<
  in out S extends SchemaOf<S>,
  in out C extends keyof S,
  in out F extends string,
  in out P extends string,
> {
  protected readonly context: ClientContext
  protected readonly state: QueryState

  constructor(context: ClientContext, state: QueryState) {
    this.context = context
    this.state = state
  }

  /** The same for all queries that ask for the same. */
  get key(): string {
    const { filters, expand, fields, error, ...rest } = this.state
    return JSON.stringify({
      ...rest,
      ...{
        filters: [...filters].sort(),
        expand: [...expand].sort(),
        fields: [...fields].sort(),
        error: error?.message,
      },
    })
  }

  /** Only documents for which all of it holds; repeated: all of them. Undefined is an INVALID_FILTER, with which the query rejects. */
  filter(filter: Filter<S, C>): Query<S, C, F, P> {
    try {
      return this.with({ filters: [...this.state.filters, filterText(filter)] })
    } catch (error) {
      return this.with({ error: error as KoyaError })
    }
  }

  /** Only documents for which a CEL expression over `doc`, `auth` and `request.time` holds; repeated: all of them. Values belong into `filter`. */
  where(expression: string): Query<S, C, F, P> {
    return this.with({ where: [...this.state.where, expression] })
  }

  /** `-` is descending. @default the key */
  sort(...keys: readonly SortKey<S, C>[]): Query<S, C, F, P> {
    return this.with({ sort: keys })
  }

  limit(limit: number): Query<S, C, F, P> {
    return this.with({ limit })
  }

  offset(offset: number): Query<S, C, F, P> {
    return this.with({ offset })
  }

  /** Puts the documents of relations into their places, at most three deep; repeated: these too. */
  expand<const Paths extends string>(
    ...paths: readonly (Paths & ExpandPath<S, C, Paths>)[]
  ): Query<S, C, F, P | Paths> {
    return this.with({ expand: [...this.state.expand, ...paths] }) as unknown as Query<S, C, F, P | Paths>
  }

  /** Only these fields. What is expanded is there besides. */
  fields<const Names extends FieldName<S, C>>(...names: readonly Names[]): Query<S, C, Names, P> {
    return this.with({ fields: names }) as unknown as Query<S, C, Names, P>
  }

  /** One page: as many documents as `limit` says, or as the server gives by default. */
  async get(options?: CallOptions): Promise<Shown<S, C, F, P>[]> {
    const page = await this.page(options)
    if (page.nextCursor !== null && this.state.limit === undefined) this.context.warnOfCut(this.key, page.docs.length)
    return page.docs
  }

  /** All documents of the query, or as many as `limit` says, in as many requests as it takes. */
  async all(options?: CallOptions): Promise<Shown<S, C, F, P>[]> {
    const docs: Shown<S, C, F, P>[] = []
    for await (const doc of this.iterate(options)) docs.push(doc)
    return docs
  }

  async first(options?: CallOptions): Promise<Shown<S, C, F, P> | null> {
    const { docs } = await this.request(options, { limit: 1 })
    return docs[0] ?? null
  }

  /** How many documents the query has, whatever its limit and offset. */
  async count(options?: CallOptions): Promise<number> {
    const { state } = this
    const { collection, filters, where, error } = state
    const key = this.context.collections[collection]?.key ?? 'id'
    const bare = { collection, filters, where, sort: [], expand: [], fields: [key], error }
    const { total = 0 } = await new Query<S, C, F, P>(this.context, bare).request(options, { limit: 1, count: true })
    return total
  }

  async page({ cursor, count, ...options }: PageOptions = {}): Promise<Page<Shown<S, C, F, P>>> {
    const { docs, next_cursor, total } = await this.request(options, { count, cursor })
    return { docs, nextCursor: next_cursor, ...(total !== undefined && { total }) }
  }

  /** All documents of the query, page by page: what stands still meanwhile comes exactly once. */
  async *iterate(options?: CallOptions): AsyncGenerator<Shown<S, C, F, P>, void, undefined> {
    let left = this.state.limit ?? Number.POSITIVE_INFINITY
    let cursor: string | undefined
    do {
      const limit = Math.min(left, PAGE_MAX)
      const page: SentPage<Shown<S, C, F, P>> = await this.request(options, { cursor, limit })
      yield* page.docs
      left -= page.docs.length
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined && left > 0)
  }

  /** Values of the documents, in groups: `values: ['count', 'sum:amount'], group: ['status', 'created_at:month']`. */
  async aggregate<const V extends string, const G extends string = never>(
    input: AggregateInput<S, C, V, G>,
    options?: CallOptions,
  ): Promise<Group<S, C, V, G>[]> {
    const asked: AggregateTexts = input
    const { values, group = [], having, sort = [], limit, timezone } = asked
    const { collection } = this.state
    const query = queryText({
      ...this.conditions(),
      ...{ values, group, sort, limit, timezone, having: having && filterText(having) },
    })
    const path = `/api/collections/${collection}/aggregate${query}`
    const { body } = await this.context.transport.send({ method: 'GET', path }, options)
    const { groups } = body as { readonly groups: Record<string, unknown>[] }
    return readGroups(groups, asked, { collection, collections: this.context.collections }) as Group<S, C, V, G>[]
  }

  protected with(change: Partial<QueryState>): Query<S, C, F, P> {
    return new Query(this.context, { ...this.state, error: this.state.error, ...change })
  }

  private conditions(): Parameters {
    const { filters, where, error } = this.state
    if (error !== undefined) throw error
    const filter = filters.length > 1 ? `{"$and":[${filters.join()}]}` : filters[0]
    return { filter, where: where.length > 1 ? `(${where.join(') && (')})` : where[0] }
  }

  private async request(
    options: CallOptions | undefined,
    more: Parameters & { readonly cursor?: string | undefined },
  ): Promise<SentPage<Shown<S, C, F, P>>> {
    const { collection, sort, limit, offset, expand, fields } = this.state
    const query = queryText({
      ...this.conditions(),
      ...{ sort, limit, offset: more.cursor === undefined ? offset : undefined, expand, fields },
      ...more,
    })
    const path = `/api/collections/${collection}${query}`
    const { body } = await this.context.transport.send({ method: 'GET', path }, options)
    const page = body as SentPage<Shown<S, C, F, P>>
    revived(page.docs, collection, this.context.collections)
    return page
  }
}

export interface AggregateTexts {
  readonly values: readonly string[]
  readonly group?: readonly string[] | undefined
  readonly having?: object | undefined
  readonly sort?: readonly string[] | undefined
  readonly limit?: number | undefined
  readonly timezone?: string | undefined
}
