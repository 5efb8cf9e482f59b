import type { ListScheduleFiringsResponse, ListSchedulesResponse } from '@koyalite/client/admin'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session-context'

export type Schedule = ListSchedulesResponse['schedules'][number]
export type Firing = ListScheduleFiringsResponse['firings'][number]

const EVERY_MS = 3_000
const PAGE = 100
const NEXT = '5'
const LAST = 20

/** All of them, by name. */
export function useSchedules() {
  const { admin } = useSession()
  return useInfiniteQuery({
    queryKey: ['schedules', 'list'],
    queryFn: ({ pageParam }) => admin.listSchedules({ query: { limit: PAGE, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    // More than one page is read by somebody who looks for something: it stands still.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? EVERY_MS : false),
    placeholderData: keepPreviousData,
  })
}

/** One of them, its next times, and what its last firings came to. */
export function useSchedule(name: string) {
  const { admin } = useSession()
  return useQuery({
    queryKey: ['schedules', 'one', name],
    async queryFn() {
      const params = { name }
      const [schedule, { next }, { firings }] = await Promise.all([
        admin.getSchedule({ params }),
        admin.nextScheduleFirings({ params, query: { count: NEXT } }),
        admin.listScheduleFirings({ params, query: { limit: LAST } }),
      ])
      return { schedule, next, firings }
    },
    refetchInterval: EVERY_MS,
  })
}
