import type { CallOptions } from './call-options'
import type { ClientContext } from './client-context'
import type { Doc, ExpandPath, FieldName, FieldPath, Key, Replacement, Shown } from './document-types'
import { KoyaError } from './koya-error'
import type { SchemaOf } from './metadata'
import { queryText } from './query-text'
import type { HttpCall } from './transport'
import { inputText, revived } from './values'
import { wirePath } from './wire-names'

export interface WriteOptions extends CallOptions {
  /** Refused (PRECONDITION_FAILED) if the document has changed since: its tag, or the document itself as it was read. */
  readonly ifMatch?: string | object | undefined
}

export interface GetOptions<F extends string, P extends string> extends CallOptions {
  readonly expand?: readonly P[] | undefined
  readonly fields?: readonly F[] | undefined
}

/** The documents of a collection, one by one. Its functions need no `this`. */
export interface Documents<in out S extends SchemaOf<S>, in out C extends keyof S> {
  /** Rejects with NOT_FOUND if there is none that may be read. */
  getById<const F extends string = FieldName<S, C>, const P extends string = never>(
    id: Key<S, C>,
    options?: GetOptions<F & FieldPath<S, C, F>, P & ExpandPath<S, C, P>>,
  ): Promise<Shown<S, C, F, P>>
  create(data: S[C]['create'], options?: CallOptions): Promise<Doc<S, C>>
  /** All or none, at most 1000. */
  createMany(data: readonly S[C]['create'][], options?: CallOptions): Promise<Doc<S, C>[]>
  /** Changes the fields that are given; undefined is not given. */
  update(id: Key<S, C>, patch: S[C]['update'], options?: WriteOptions): Promise<Doc<S, C>>
  /** Creates the document, or replaces it as a whole: fields that are not given get their defaults. */
  replace(id: Key<S, C>, data: Replacement<S, C>, options?: WriteOptions): Promise<Doc<S, C>>
  delete(id: Key<S, C>, options?: WriteOptions): Promise<void>
}

export function createDocuments<S extends SchemaOf<S>, C extends keyof S>(
  context: ClientContext,
  collection: string,
): Documents<S, C> {
  const { transport, collections, etags } = context
  const path = `/api/collections/${collection}`
  const pathOf = (id: string | number) => `${path}/${keySegment(id)}`
  const wire = (name: string) => wirePath(name, { collection, collections })
  const text = (data: unknown) => inputText(data, collections[collection])

  async function one<D>(call: HttpCall, options: CallOptions | undefined): Promise<D> {
    const { body, headers } = await transport.send(call, options)
    const etag = headers.get('etag')
    if (etag !== null && typeof body === 'object' && body !== null) etags.set(body, etag)
    return revived(body, collection, collections) as D
  }

  function write(call: HttpCall, { ifMatch, ...options }: WriteOptions = {}): Promise<Doc<S, C>> {
    const tag = typeof ifMatch === 'object' ? etags.get(ifMatch) : ifMatch
    if (ifMatch !== undefined && tag === undefined) {
      const message =
        '`ifMatch` takes a tag, or a document that getById, create, update or replace has given; for one of a list or a live query, add `.etags()` to the query.'
      throw new KoyaError('INVALID_REQUEST', message)
    }
    return one({ ...call, isWrite: true, ...(tag !== undefined && { headers: { 'if-match': tag } }) }, options)
  }

  return {
    getById: async (id, { expand = [], fields = [], ...options } = {}) =>
      one(
        { method: 'GET', path: pathOf(id) + queryText({ expand: expand.map(wire), fields: fields.map(wire) }) },
        options,
      ),
    create: async (data, options) => write({ method: 'POST', path, body: text(data) }, options),
    async createMany(data, options) {
      if (data.length === 0) return []
      const body = `[${data.map(text).join()}]`
      const answer = await transport.send({ method: 'POST', path, body, isWrite: true }, options)
      const { docs } = answer.body as { readonly docs: Doc<S, C>[] }
      revived(docs, collection, collections)
      return docs
    },
    update: async (id, patch, options) => write({ method: 'PATCH', path: pathOf(id), body: text(patch) }, options),
    replace: async (id, data, options) => write({ method: 'PUT', path: pathOf(id), body: text(data) }, options),
    async delete(id, options) {
      await write({ method: 'DELETE', path: pathOf(id) }, options)
    },
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
