import type { ClientContext } from '../client-context'
import { partsOf } from '../client-parts'
import { prefetch } from '../prefetch'
import { type QueryLike, type QuerySource, type SourceOptions, sourceOf } from './query-source'
import { useSnapshot } from './use-query'

export interface SuspenseResult<T> {
  readonly data: T
  /** Whether `data` follows the server at this moment. */
  readonly isLive: boolean
  /** How many documents the query has, with `count`, where `limit` has cut them. */
  readonly total: number | undefined
}

/** How long a query that has loaded waits for its component to appear. */
const KEPT_MS = 1000

/** By client and query. A component that suspends loses what it remembers, so none of it is in components. */
const waitsOfClients = new WeakMap<ClientContext, Map<string, Promise<void>>>()

/**
 * The documents of a query: the nearest Suspense boundary waits for them, and errors go to the nearest error boundary; once that is reset,
 * the query is asked again.
 */
export function useSuspenseQuery<D>(query: QueryLike<D>, options: SourceOptions = {}): SuspenseResult<readonly D[]> {
  const { docs, seq, status, error, total } = useSnapshot(query, options)
  if (error !== undefined) throw error
  if (seq === undefined) throw loaded(query, options)
  return { data: docs, isLive: status === 'live', total }
}

/** The same promise until the query has loaded, or failed. */
function loaded<D>(query: QueryLike<D>, options: SourceOptions): Promise<void> {
  const { context } = partsOf(query)
  const waits = waitsOfClients.get(context) ?? new Map<string, Promise<void>>()
  waitsOfClients.set(context, waits)
  const key = `${options.live ?? true} ${options.count ?? false} ${query.key}`
  const wait = waits.get(key) ?? (isServer() ? prefetch(query) : untilLoaded(sourceOf(query, options)))
  waits.set(key, wait)
  const end = () => waits.delete(key)
  void wait.then(end, end)
  return wait
}

function isServer(): boolean {
  return !('window' in globalThis)
}

function untilLoaded(source: QuerySource<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      const { seq, error } = source.getSnapshot()
      if (seq === undefined && error === undefined) return
      resolve()
      // Until the component listens itself.
      setTimeout(() => leave(), error === undefined ? KEPT_MS : 0)
    }
    const leave = source.subscribe(look)
    look()
  })
}
