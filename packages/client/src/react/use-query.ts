import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { partsOf } from '../client-parts'
import type { LiveSnapshot } from '../ports'
import { prefetchedSnapshot } from '../prefetch'
import { IDLE, type QueryResult, resultOf } from './query-result'
import { type QueryLike, type SourceOptions, sourceOf } from './query-source'

export interface QueryOptions extends SourceOptions {
  /** While another query loads, the result of the one before it, with `isPrevious`. @default false */
  readonly keepPrevious?: boolean | undefined
}

/**
 * The documents of a query, followed while they change. The query may be built in render: equal ones are the same subscription, in all
 * components. Null asks for nothing.
 */
export function useQuery<D>(
  query: QueryLike<D> | null,
  { keepPrevious = false, ...options }: QueryOptions = {},
): QueryResult<readonly D[]> {
  return useHeldQuery(query, { ...options, scope: keepPrevious ? '' : null })
}

/**
 * `useQuery`, for files where another library has one.
 *
 * @alias
 */
export const useKoyaQuery = useQuery

/** @param scope while a query loads, the last result of another one with the same scope is shown; null: never */
export function useHeldQuery<D>(
  query: QueryLike<D> | null,
  { scope, ...options }: SourceOptions & { readonly scope: string | null },
): QueryResult<readonly D[]> {
  const snapshot = useSnapshot(query, options)
  const isIdle = query === null
  const result = useMemo(() => (isIdle ? IDLE : resultOf(snapshot)), [isIdle, snapshot])

  const held = useRef<{ readonly scope: string | null; readonly result: QueryResult<readonly D[]> } | null>(null)
  useEffect(() => {
    if (result.status === 'ready') held.current = { scope, result: { ...result, isLive: false, isPrevious: true } }
  }, [scope, result])
  const previous = held.current
  return scope !== null && result.status === 'loading' && previous?.scope === scope ? previous.result : result
}

/** The state of a query; the same object until something changes. */
export function useSnapshot<D>(query: QueryLike<D> | null, { live, count }: SourceOptions): LiveSnapshot<D> {
  const key = query?.key
  const client = query && partsOf(query).context
  // biome-ignore lint/correctness/useExhaustiveDependencies: another object with the same key is the same query
  const source = useMemo(() => sourceOf(query, { live, count }), [client, key, live, count])
  const subscribe = useCallback((listener: () => void) => source.subscribe(listener), [source])
  const getSnapshot = () => source.getSnapshot()
  // What the server has rendered, also where this page knows more by now: the first render has to agree with it.
  const getServerSnapshot = () => (query && prefetchedSnapshot<D>(query)) ?? LOADING_SNAPSHOT
  return useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot)
}

const LOADING_SNAPSHOT: LiveSnapshot<never> = { docs: [], seq: undefined, status: 'connecting' }
