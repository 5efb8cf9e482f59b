import { useMemo, useState } from 'react'
import { mapData, type QueryResult } from './query-result'
import type { QueryLike, SourceOptions } from './query-source'
import { useHeldQuery } from './use-query'

export interface InfiniteOptions extends Pick<SourceOptions, 'live'> {
  /** Documents that `loadMore` adds. @default 20 */
  readonly pageSize?: number | undefined
}

export type InfiniteResult<T> = QueryResult<T> & {
  /** Whether there are documents after the last one. */
  readonly hasMore: boolean
  readonly isLoadingMore: boolean
  /** Shows one page more. Does nothing while one is loading, or where there is none. */
  loadMore(): void
}

export interface LimitedQuery<D> extends QueryLike<D> {
  limit(limit: number): QueryLike<D>
}

/**
 * The first documents of a query, and more with each `loadMore`. It is one live query whose limit grows: what others insert, move or delete
 * changes the list as anywhere else, and no document is there twice. A limit of the query itself does not count.
 */
export function useInfiniteQuery<D>(
  query: LimitedQuery<D> | null,
  { pageSize = 20, live }: InfiniteOptions = {},
): InfiniteResult<readonly D[]> {
  const scope = query === null ? null : query.limit(pageSize).key
  const [asked, setAsked] = useState({ scope, count: pageSize })
  const count = asked.scope === scope ? asked.count : pageSize
  // One more than is shown, to know whether there are more.
  const result = useHeldQuery(query === null ? null : query.limit(count + 1), { live, scope })
  return useMemo(() => {
    const hasMore = !result.isPrevious && (result.data?.length ?? 0) > count
    return {
      ...mapData(result, (docs) => (docs.length > count ? docs.slice(0, count) : docs)),
      hasMore,
      isLoadingMore: result.isPrevious,
      loadMore() {
        if (hasMore) setAsked({ scope, count: count + pageSize })
      },
    }
  }, [count, pageSize, result, scope])
}
