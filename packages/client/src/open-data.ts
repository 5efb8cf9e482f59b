import type { CallOptions, DataOptions } from './call-options'
import { createContext } from './create-context'
import { type BaseClient, collectionOf, createMembers } from './create-data'
import type { CollectionMetadata, CollectionTypes } from './metadata'
import { UntypedQuery } from './query'
import { tokenSession } from './token-session'
import { type Answer, createTransport, type Transport } from './transport'

export interface OpenDataOptions extends DataOptions {
  /** What is known of the schema: in all other collections, values stay as JSON has them. */
  readonly collections?: Readonly<Record<string, CollectionMetadata>> | undefined
  /** Around each call: it may refuse it, change its options, and see what it rejects with. */
  readonly around: (options: CallOptions, send: (options: CallOptions) => Promise<Answer>) => Promise<Answer>
  /** Warnings for somebody who develops are written. */
  readonly isDevelopment: boolean
}

/** Any collection has any fields. */
export type OpenSchema = Readonly<Record<string, CollectionTypes>>

/** A client of a schema that need not be known: whatever name `collection` is given is one. */
export function createOpenData(options: OpenDataOptions): BaseClient<'data', OpenSchema> {
  const { collections = {}, around, isDevelopment } = options
  const inner = createTransport(options, () => tokenSession(options.token))
  const transport: Transport = {
    session: inner.session,
    url: inner.url,
    isLocal: isDevelopment,
    get lastSeq() {
      return inner.lastSeq
    },
    send: (call, callOptions = {}) => around(callOptions, (changed) => inner.send(call, changed)),
    stream: inner.stream,
  }
  const context = createContext(collections, transport, (context, state) => new UntypedQuery(context, state))
  const opened = new Map<string, object>()
  const open = (name: string) => {
    const existing = opened.get(name)
    if (existing !== undefined) return existing
    const collection = collectionOf(context, name)
    opened.set(name, collection)
    return collection
  }
  return createMembers(context, open) as unknown as BaseClient<'data', OpenSchema>
}
