import type { CallOptions } from './call-options'
import type { ClientContext } from './client-context'
import type { Doc, ExpandPath, FieldName, Key, Replacement, Shown } from './document-types'
import { KoyaError } from './koya-error'
import type { SchemaOf } from './metadata'
import { Query } from './query'
import { queryText } from './query-text'
import type { HttpCall } from './transport'
import { inputText, revived } from './values'

export interface WriteOptions extends CallOptions {
  /** Refused (PRECONDITION_FAILED) if the document has changed since: its tag, or the document itself as it was read. */
  readonly ifMatch?: string | object | undefined
}

export interface GetOptions<F extends string, P extends string> extends CallOptions {
  readonly expand?: readonly P[] | undefined
  readonly fields?: readonly F[] | undefined
}

/** The query of all documents of a collection, and its documents one by one. */
export class Collection<in out S extends SchemaOf<S>, in out C extends keyof S> extends Query<
  S,
  C,
  FieldName<S, C>,
  never
> {
  constructor(context: ClientContext, collection: string) {
    super(context, { collection, filters: [], where: [], sort: [], expand: [], fields: [] })
  }

  /** Rejects with NOT_FOUND if there is none that may be read. */
  async getById<const F extends FieldName<S, C> = FieldName<S, C>, const P extends string = never>(
    id: Key<S, C>,
    { expand = [], fields = [], ...options }: GetOptions<F, P & ExpandPath<S, C, P>> = {},
  ): Promise<Shown<S, C, F, P>> {
    const path = this.pathOf(id) + queryText({ expand, fields })
    return (await this.one({ method: 'GET', path }, options)) as Shown<S, C, F, P>
  }

  async create(data: S[C]['create'], options?: CallOptions): Promise<Doc<S, C>> {
    return this.write({ method: 'POST', path: this.path, body: this.text(data) }, options)
  }

  /** All or none, at most 1000. */
  async createMany(data: readonly S[C]['create'][], options?: CallOptions): Promise<Doc<S, C>[]> {
    if (data.length === 0) return []
    const body = `[${data.map((one) => this.text(one)).join()}]`
    const answer = await this.context.transport.send({ method: 'POST', path: this.path, body, isWrite: true }, options)
    const { docs } = answer.body as { readonly docs: Doc<S, C>[] }
    revived(docs, this.state.collection, this.context.collections)
    return docs
  }

  /** Changes the fields that are given; undefined is not given. */
  async update(id: Key<S, C>, patch: S[C]['update'], options?: WriteOptions): Promise<Doc<S, C>> {
    return this.write({ method: 'PATCH', path: this.pathOf(id), body: this.text(patch) }, options)
  }

  /** Creates the document, or replaces it as a whole: fields that are not given get their defaults. */
  async replace(id: Key<S, C>, data: Replacement<S, C>, options?: WriteOptions): Promise<Doc<S, C>> {
    return this.write({ method: 'PUT', path: this.pathOf(id), body: this.text(data) }, options)
  }

  async delete(id: Key<S, C>, options?: WriteOptions): Promise<void> {
    await this.write({ method: 'DELETE', path: this.pathOf(id) }, options)
  }

  private get path(): string {
    return `/api/collections/${this.state.collection}`
  }

  private pathOf(id: string | number): string {
    return `${this.path}/${keySegment(id)}`
  }

  private text(data: unknown): string {
    return inputText(data, this.context.collections[this.state.collection]?.fields)
  }

  private write(call: HttpCall, { ifMatch, ...options }: WriteOptions = {}): Promise<Doc<S, C>> {
    const tag = typeof ifMatch === 'object' ? this.context.etags.get(ifMatch) : ifMatch
    if (ifMatch !== undefined && tag === undefined) {
      const message = '`ifMatch` takes a tag, or a document that getById, create, update or replace has given.'
      throw new KoyaError('INVALID_REQUEST', message)
    }
    return this.one({ ...call, isWrite: true, ...(tag !== undefined && { headers: { 'if-match': tag } }) }, options)
  }

  private async one(call: HttpCall, options: CallOptions | undefined): Promise<Doc<S, C>> {
    const { body, headers } = await this.context.transport.send(call, options)
    const etag = headers.get('etag')
    if (etag !== null && typeof body === 'object' && body !== null) this.context.etags.set(body, etag)
    return revived(body, this.state.collection, this.context.collections) as Doc<S, C>
  }
}

/** A key in a path: `~` before what would be a word of the API, or a step of the path itself. */
function keySegment(id: string | number): string {
  // At run time it may be anything, and the text 'undefined' would be a key.
  if (typeof id !== 'string' && typeof id !== 'number') {
    throw new KoyaError('INVALID_REQUEST', `A key is a string or a number, but this one is ${id}.`)
  }
  const key = String(id)
  return encodeURIComponent(/^([~.]|[a-z]*$)/.test(key) ? `~${key}` : key)
}
