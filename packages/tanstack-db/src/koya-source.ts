import { type AdapterClient, askedOf, KoyaError, type LiveStore } from '@koyalite/client/adapter'
import type { Collection } from '@tanstack/db'

/** What a collection of TanStack DB shows, and where its writes go. */
export interface KoyaSource {
  readonly client: AdapterClient
  /** Of KoyaLite. */
  readonly collection: string
  /** The primary key's name. */
  readonly key: string
  /** How long a saved write waits until the live query shows it, in milliseconds. */
  readonly awaitTimeout: number
  live(): LiveStore<object>
}

interface LiveQueryLike {
  readonly key: string
  live(): LiveStore<object>
}

const SOURCE: unique symbol = Symbol.for('@koyalite/tanstack-db') as never

/** As utils of a collection, where `sourceOf` finds it. */
export interface HasSource {
  readonly [SOURCE]: KoyaSource
}

export function hasSource(source: KoyaSource): HasSource {
  return { [SOURCE]: source }
}

/** Throws INVALID_REQUEST for a query that shows only parts of its documents, or not all of them. */
export function sourceOfQuery(query: LiveQueryLike, awaitTimeout: number): KoyaSource {
  const { client, collection, ...asked } = askedOf(query)
  const [refused] = Object.entries(asked).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined,
  )
  if (refused !== undefined) {
    const message = `koyaCollectionOptions takes a query without '${refused[0]}': sort, page and join in TanStack DB.`
    throw new KoyaError('INVALID_REQUEST', message)
  }
  return { client, collection, key: client.keyOf(collection).name, awaitTimeout, live: () => query.live() }
}

/** Throws INVALID_REQUEST for a collection of another kind. */
// biome-ignore lint/suspicious/noExplicitAny: any collection of TanStack DB; nothing of it is used but its utils
export function sourceOf(collection: Collection<any, any, any, any, any>): KoyaSource {
  const source = (collection.utils as Partial<HasSource>)[SOURCE]
  if (source !== undefined) return source
  const message = `koyaMutationFn writes collections of koyaCollectionOptions, and '${collection.id}' is none.`
  throw new KoyaError('INVALID_REQUEST', message)
}
