import type { CallOptions } from './call-options'
import type { ClientContext } from './client-context'
import { KoyaError } from './koya-error'
import type { LiveObserver, LiveOptions, LiveRequest, LiveSource, LiveStore } from './ports'
import { knownState, type ReadState } from './prefetch'
import { PAGE_MAX, type QueryState, UntypedQuery } from './query'
import { allHold } from './where'

const NO_OFFSET = new KoyaError('INVALID_REQUEST', 'A live query has no offset: use limit(n), or all of its documents.')

/** A query of a client with live queries, at run time. */
export class UntypedLiveQuery extends UntypedQuery {
  private readonly source: LiveSource

  constructor(context: ClientContext, state: QueryState, source: LiveSource) {
    super(context, state)
    this.source = source
  }

  live(options?: LiveOptions): LiveStore<object> {
    return this.source.open(this.liveRequest(options))
  }

  subscribe(
    observer: LiveObserver<object> | NonNullable<LiveObserver<object>['next']>,
    options?: LiveOptions & { readonly signal?: AbortSignal | undefined },
  ): () => void {
    const calls = typeof observer === 'function' ? { next: observer } : observer
    return this.source.subscribe(this.liveRequest(options), calls, options)
  }

  /** What `live` shows first, and the token with which it continues from there: only where one page has all of it. */
  async readState(options?: CallOptions): Promise<ReadState> {
    const { limit } = this.state
    const asked = {
      limit: Math.min(limit ?? PAGE_MAX, PAGE_MAX),
      resume: limit === undefined ? 'all' : limit <= PAGE_MAX,
    }
    const { page, headers } = await this.read(options, asked)
    const seq = headers.get('koyalite-seq') ?? ''
    return { docs: page.docs, total: page.total, seq, resume: headers.get('koyalite-resume') ?? undefined }
  }

  private liveRequest({ count = false }: LiveOptions = {}): LiveRequest {
    const { collection, filters, where, sort, limit, offset, expand, fields, etags, error } = this.state
    const { where: expression, params } = allHold(where)
    const parsed: unknown[] = filters.map((text) => JSON.parse(text))
    const payload = {
      ...{ collection, limit: limit ?? null },
      ...(parsed.length > 0 && { filter: parsed.length === 1 ? parsed[0] : { $and: parsed } }),
      ...(expression !== undefined && { where: expression }),
      ...(params !== undefined && { params: JSON.parse(params) }),
      ...(sort.length > 0 && { sort }),
      ...(expand.length > 0 && { expand }),
      ...(fields.length > 0 && { fields }),
      ...(etags && { etags }),
      ...(count && { count }),
    }
    const refused = error ?? (offset === undefined ? undefined : NO_OFFSET)
    if (count) return { key: `${this.key} count`, collection, payload, error: refused }
    const { key } = this
    return { key, collection, payload, error: refused, known: () => knownState(this.context, key) }
  }
}
