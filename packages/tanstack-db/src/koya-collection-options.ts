import type { CollectionTypes, KoyaError, LiveStore, QueryShape, shape } from '@koyalite/client/adapter'
import type { BaseCollectionConfig } from '@tanstack/db'
import { inputSchema } from './input-schema'
import { type HasSource, hasSource, sourceOfQuery } from './koya-source'
import { syncOf } from './sync-of'
import { type Mutations, writeMutations } from './write-mutations'

type Doc<T extends CollectionTypes> = T['doc']
type Key<T extends CollectionTypes> = Extract<T['doc'][T['key'] & keyof T['doc']], string | number>

/** A live query without `fields` and `expand`. */
export interface WholeQuery<T extends CollectionTypes> {
  readonly key: string
  live(): LiveStore<Doc<T>>
  readonly [shape]?: QueryShape<T, keyof Doc<T> & string, never>
}

type Kept = 'id' | 'gcTime' | 'startSync' | 'autoIndex' | 'defaultIndexType' | 'compare' | 'defaultStringCollation'

export interface KoyaCollectionConfig<T extends CollectionTypes>
  extends Pick<BaseCollectionConfig<Doc<T>, Key<T>>, Kept> {
  /** All documents of it are in the collection. Without `sort`, `limit`, `offset`, `fields` and `expand`. */
  readonly query: WholeQuery<T>
  /**
   * What the server will fill in, shown until it has: `() => ({ done: false, created_at: new Date() })`. It is never sent. Without it, fields
   * that an insert leaves out are undefined until the server has answered.
   */
  readonly defaults?: ((input: T['create']) => Partial<Doc<T>>) | undefined
  /**
   * How long a saved write waits until the live query shows it, in milliseconds. After that it is confirmed all the same, with a warning.
   * @default 15000
   */
  readonly awaitTimeout?: number | undefined
  /** Called when a write has failed and is rolled back: with the error that the transaction rejects with. */
  readonly onError?: ((error: KoyaError, transaction: Mutations) => void) | undefined
}

export interface KoyaUtils<D = object> {
  /** Status and errors of the live query behind the collection. */
  live(): LiveStore<D>
  /**
   * Resolves when the collection has taken over this state of the server: `koya.lastSeq` after a call of your own, in a mutation function, or
   * `confirmWrite` of offline transactions. Rejects with TIMEOUT, ABORTED, or the error that has closed the live query.
   */
  awaitSeq(seq: string, options?: { readonly timeout?: number; readonly signal?: AbortSignal }): Promise<void>
}

/**
 * Options of a TanStack DB collection of all documents of a query. Inserts, updates and deletes are shown at once, sent, and confirmed by the
 * live query; refusals take them back. One call of `collection.insert([…])` and its like is one batch, all or nothing.
 */
export function koyaCollectionOptions<T extends CollectionTypes>({
  query,
  defaults,
  awaitTimeout = 15_000,
  onError,
  ...kept
}: KoyaCollectionConfig<T>) {
  type D = Doc<T>
  const source = sourceOfQuery(query, awaitTimeout)
  const write = async ({ transaction }: { readonly transaction: unknown }): Promise<void> => {
    // Types of TanStack DB name the collection; none of it matters here.
    const mutations = transaction as Mutations
    try {
      await writeMutations(mutations)
    } catch (error) {
      onError?.(error as KoyaError, mutations)
      throw error
    }
  }
  const utils: KoyaUtils<D> & HasSource = {
    ...hasSource(source),
    live: () => query.live(),
    awaitSeq: (seq, options) => query.live().reached(seq, options),
  }
  return {
    id: `koyalite:${query.key}`,
    ...kept,
    getKey: (doc: D) => doc[source.key as keyof D] as Key<T>,
    schema: inputSchema<T['create'], D>(source, defaults),
    sync: syncOf<D, Key<T>>(source),
    onInsert: write,
    onUpdate: write,
    onDelete: write,
    utils,
  }
}
