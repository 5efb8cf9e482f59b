import type { ClientContext } from './client-context'
import type { CollectionMetadata } from './metadata'
import type { QueryState, UntypedQuery } from './query'
import type { Transport } from './transport'

/** @param makeQuery of the kind that the client has */
export function createContext(
  collections: Readonly<Record<string, CollectionMetadata>>,
  transport: Transport,
  makeQuery: (context: ClientContext, state: QueryState) => UntypedQuery,
): ClientContext {
  const warned = new Set<string>()
  const context: ClientContext = {
    transport,
    collections,
    etags: new WeakMap(),
    prefetched: new Map(),
    query: (state) => makeQuery(context, state),
    warnOfCut(key, documents) {
      if (!transport.isLocal || warned.has(key)) return
      warned.add(key)
      console.warn(
        `koyalite: get() gave the first ${documents} documents, and there are more: use limit(n), all() or page(). ${key}`,
      )
    },
  }
  return context
}
