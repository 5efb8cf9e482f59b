import { type AggregateTexts, readGroups, wireAggregate } from './aggregate'
import type { CallOptions } from './call-options'
import type { ClientContext } from './client-context'
import type { KoyaError } from './koya-error'
import { type Parameters, queryText } from './query-text'
import type { Page, PageOptions } from './query-types'
import { filterText, revived } from './values'
import { allHold, type Condition, conditionOf } from './where'
import { type Scope, wireFilter, wirePath } from './wire-names'

/** What a query asks for; it is never changed. */
export interface QueryState {
  readonly collection: string
  /** JSON texts; all hold. */
  readonly filters: readonly string[]
  readonly where: readonly Condition[]
  readonly sort: readonly string[]
  readonly limit?: number
  readonly offset?: number
  readonly expand: readonly string[]
  readonly fields: readonly string[]
  /** Tags of the documents are known afterwards. */
  readonly etags?: true
  /** Of a filter that makes no sense: what the query rejects with. */
  readonly error?: KoyaError | undefined
}

export function allOf(collection: string): QueryState {
  return { collection, filters: [], where: [], sort: [], expand: [], fields: [] }
}

export interface SentPage {
  readonly docs: object[]
  /** Of each document, with `etags`. */
  readonly etags?: readonly string[]
  readonly next_cursor: string | null
  readonly total?: number
}

/** The most that one page has. */
export const PAGE_MAX = 500

/** A query at run time, where the types of its documents are not known. Its documentation is in query-types.ts. */
export class UntypedQuery {
  protected readonly context: ClientContext
  protected readonly state: QueryState

  constructor(context: ClientContext, state: QueryState) {
    this.context = context
    this.state = state
  }

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

  filter(filter: unknown): UntypedQuery {
    return this.withValid(() => ({ filters: [...this.state.filters, filterText(wireFilter(filter, this.scope))] }))
  }

  where(text: string | readonly string[], ...values: readonly unknown[]): UntypedQuery {
    return this.withValid(() => ({ where: [...this.state.where, conditionOf(text, values)] }))
  }

  sort(...keys: readonly string[]): UntypedQuery {
    return this.with({ sort: keys.map((key) => wirePath(key, this.scope)) })
  }

  limit(limit: number): UntypedQuery {
    return this.with({ limit })
  }

  offset(offset: number): UntypedQuery {
    return this.with({ offset })
  }

  expand(...paths: readonly string[]): UntypedQuery {
    return this.with({ expand: [...this.state.expand, ...paths.map((path) => wirePath(path, this.scope))] })
  }

  fields(...names: readonly string[]): UntypedQuery {
    return this.with({ fields: names.map((name) => wirePath(name, this.scope)) })
  }

  etags(): UntypedQuery {
    return this.with({ etags: true })
  }

  async get(options?: CallOptions): Promise<object[]> {
    const page = await this.page(options)
    if (page.nextCursor !== null && this.state.limit === undefined) this.context.warnOfCut(this.key, page.docs.length)
    return page.docs
  }

  async all(options?: CallOptions): Promise<object[]> {
    const docs: object[] = []
    for await (const doc of this.iterate(options)) docs.push(doc)
    return docs
  }

  async first(options?: CallOptions): Promise<object | null> {
    const { docs } = await this.request(options, { limit: 1 })
    return docs[0] ?? null
  }

  async count(options?: CallOptions): Promise<number> {
    const { collection, filters, where, error } = this.state
    const key = this.context.collections[collection]?.key ?? 'id'
    const bare = new UntypedQuery(this.context, {
      ...allOf(collection),
      filters,
      where,
      fields: [wirePath(key, this.scope)],
      error,
    })
    const { total = 0 } = await bare.request(options, { limit: 1, count: true })
    return total
  }

  async page({ cursor, count, ...options }: PageOptions = {}): Promise<Page<object>> {
    const { docs, next_cursor, total } = await this.request(options, { count, cursor: cursor ?? undefined })
    return { docs, nextCursor: next_cursor, ...(total !== undefined && { total }) }
  }

  async *iterate(options?: CallOptions): AsyncGenerator<object, void, undefined> {
    let left = this.state.limit ?? Number.POSITIVE_INFINITY
    let cursor: string | undefined
    do {
      const page: SentPage = await this.request(options, { cursor, limit: Math.min(left, PAGE_MAX) })
      yield* page.docs
      left -= page.docs.length
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined && left > 0)
  }

  async aggregate(input: AggregateTexts, options?: CallOptions): Promise<unknown> {
    const { values, group, having, ...rest } = wireAggregate(input, this.scope)
    const conditions = { ...this.conditions(), having: having && filterText(having) }
    const path = `/api/collections/${this.state.collection}/aggregate${queryText({ ...conditions, values, group, ...rest })}`
    const { body } = await this.context.transport.send({ method: 'GET', path }, options)
    const { groups } = body as { readonly groups: Record<string, unknown>[] }
    return readGroups(groups, input, this.scope)
  }

  protected with(change: Partial<QueryState>): UntypedQuery {
    return this.context.query({ ...this.state, ...change })
  }

  private get scope(): Scope {
    return { collection: this.state.collection, collections: this.context.collections }
  }

  /** An error belongs to the query: it rejects with it, and does not throw while a page is rendered. */
  private withValid(change: () => Partial<QueryState>): UntypedQuery {
    try {
      return this.with(change())
    } catch (error) {
      return this.with({ error: error as KoyaError })
    }
  }

  private conditions(): Parameters {
    const { filters, where, error } = this.state
    if (error !== undefined) throw error
    const filter = filters.length > 1 ? `{"$and":[${filters.join()}]}` : filters[0]
    return { filter, ...allHold(where) }
  }

  private async request(options: CallOptions | undefined, more: Parameters): Promise<SentPage> {
    return (await this.read(options, more)).page
  }

  protected async read(
    options: CallOptions | undefined,
    more: Parameters,
  ): Promise<{ readonly page: SentPage; readonly headers: Headers }> {
    const { collection, sort, limit, offset, expand, fields, etags } = this.state
    const query = queryText({
      ...this.conditions(),
      ...{ sort, limit, offset: more.cursor === undefined ? offset : undefined, expand, fields, etags },
      ...more,
    })
    const path = `/api/collections/${collection}${query}`
    const { body, headers } = await this.context.transport.send({ method: 'GET', path }, options)
    const page = body as SentPage
    revived(page.docs, collection, this.context.collections)
    page.docs.forEach((doc, index) => {
      const tag = page.etags?.[index]
      if (tag !== undefined) this.context.etags.set(doc, tag)
    })
    return { page, headers }
  }
}
