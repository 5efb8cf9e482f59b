import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import type { LiveEntry } from './live-list'

export const LIVE_PAGE = 100
const EVERY_MS = 2_000

export interface LivePagesOptions<Page, Entry> {
  /** What is asked for: one list for each. */
  readonly queryKey: readonly unknown[]
  /** Whether it is about now. @default true */
  readonly isLatest?: boolean
  read(page: { readonly limit: number; readonly cursor: string | undefined }): Promise<Page>
  entriesOf(page: Page): readonly Entry[]
}

export interface LivePages<Entry> {
  /** Newest first; undefined until the first page is there. */
  readonly entries: readonly Entry[] | undefined
  /** Whether it goes on by itself. */
  readonly isLive: boolean
  readonly error: Error | null
  /** Another one where something else is asked for, or more of it is shown. */
  readonly key: string
  readonly isReadingMore: boolean
  /** Null where there is no more. */
  readonly readMore: (() => void) | null
  retry(): void
}

/** A list that is read page by page, and every two seconds while only its first page is shown: who reads more looks for something. */
export function useLivePages<Page extends { readonly next_cursor: string | null }, Entry extends LiveEntry>({
  queryKey,
  isLatest = true,
  read,
  entriesOf,
}: LivePagesOptions<Page, Entry>): LivePages<Entry> {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => read({ limit: LIVE_PAGE, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: ({ state }) => (isLatest && state.data?.pages.length === 1 ? EVERY_MS : false),
    placeholderData: keepPreviousData,
  })
  return {
    entries: data?.pages.flatMap(entriesOf),
    isLive: isLatest && (data?.pages.length ?? 1) === 1,
    error,
    key: `${JSON.stringify(queryKey)} ${data?.pages.length}`,
    isReadingMore: isFetchingNextPage,
    readMore: hasNextPage ? () => void fetchNextPage() : null,
    retry: () => void refetch(),
  }
}
