import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button } from '../../kit/button'
import { timeRange } from '../../kit/chart/time-range'
import { classNames } from '../../kit/class-names'
import { durationText } from '../../kit/quantities'
import { ScrollRegion } from '../../kit/scroll-region'
import { Snippet } from '../../kit/snippet'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { secondOf } from '../../kit/times'
import { useSession } from '../../session/session-context'
import { useLiveList } from './live-list'
import { LiveListHead } from './live-list-head'
import { NothingMatches } from './nothing-matches'
import type { RequestsSearch } from './observe-search'
import { PinnedRequests } from './pinned-requests'
import { RequestFilters } from './request-filters'
import { RequestPanel } from './request-panel'
import { actorText, StatusText } from './status-text'
import { useListMove } from './use-list-move'

const PAGE = 100
const EVERY_MS = 2_000

/** What the server has been asked lately. It goes on by itself; while the details of one are open, it stands still and counts. */
export function RequestsPage() {
  const { admin } = useSession()
  const search = useSearch({ from: '/shell/observe/requests' })
  const navigate = useNavigate({ from: '/observe/requests' })
  const { id, live, ...filter } = search
  const isLatest = filter.range === undefined || timeRange(filter.range, 0).isLatest
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['requests', 'list', filter],
    queryFn: ({ pageParam }) => admin.listRequests({ query: { ...asked(filter), limit: PAGE, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    // More than one page is read by somebody who looks for something: it stands still.
    refetchInterval: ({ state }) => (isLatest && state.data?.pages.length === 1 ? EVERY_MS : false),
    placeholderData: keepPreviousData,
  })
  const isLive = isLatest && (data?.pages.length ?? 1) === 1
  const isStopped = id !== undefined || live === 0
  const { shown, fresh, catchUp } = useLiveList(
    data?.pages.flatMap((page) => page.requests),
    { isStopped, key: `${JSON.stringify(filter)} ${data?.pages.length}` },
  )
  const isFiltered = Object.keys(filter).some((name) => name !== 'own')

  function select(next: string | undefined): void {
    void navigate({
      search: ({ id: _, ...before }) => (next === undefined ? before : { ...before, id: next }),
      replace: id !== undefined,
    })
  }
  function pause(): void {
    void navigate({
      search: ({ id: _, live: __, ...before }) => (isStopped ? before : { ...before, live: 0 as const }),
    })
  }
  const { ref, onKeyDown } = useListMove({ ids: shown?.map((request) => request.id) ?? [], open: id, select })

  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col overflow-auto">
        <div className="flex flex-col gap-4 p-6 max-sm:p-4">
          <LiveListHead
            title="Requests"
            isLive={isLive}
            isStopped={isStopped}
            fresh={fresh}
            page={PAGE}
            onCatchUp={() => {
              catchUp()
              void navigate({ search: ({ id: _, live: __, ...before }) => before })
            }}
            onPause={isLive ? pause : undefined}
          />
          <RequestFilters search={search} />
          {error !== null && (
            <ErrorState what="The requests could not be read" error={error} onRetry={() => void refetch()} />
          )}
          {!isFiltered && <PinnedRequests selected={id} />}
          {shown === undefined && error === null && <Skeleton className="h-[480px] w-full" />}
          {shown?.length === 0 &&
            (isFiltered ? (
              <NothingMatches page="/observe/requests">
                None of the latest requests matches. Slow and failed ones are remembered longest.
              </NothingMatches>
            ) : (
              <NoRequests />
            ))}
          {shown !== undefined && shown.length > 0 && (
            // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move from one link in it to the next
            <div ref={ref} onKeyDown={onKeyDown} className="@container">
              <ScrollRegion label="Table of requests" className="rounded-panel border border-line">
                <table className="w-full text-left">
                  <thead className="bg-surface text-sm text-text-2">
                    <tr>
                      {HEADS.map((name) => (
                        <th
                          key={name}
                          scope="col"
                          className={classNames(
                            'h-8 px-3 font-medium whitespace-nowrap',
                            name === 'Duration' && 'text-right',
                            name === 'By' && NARROW,
                          )}
                        >
                          {name}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody className="divide-y divide-line">
                    {shown.map((request) => (
                      <tr
                        key={`${request.at} ${request.id}`}
                        data-id={request.id}
                        className={request.id === id ? 'bg-selection' : 'hover:bg-surface'}
                      >
                        <td className="h-8 px-3 whitespace-nowrap text-text-2" title={request.at}>
                          {secondOf(request.at)}
                        </td>
                        <td className="max-w-[420px] truncate px-3" title={request.path}>
                          <Link
                            from="/observe/requests"
                            search={(before) => ({ ...before, id: request.id })}
                            className="font-mono text-code hover:underline"
                          >
                            {request.method} {request.path}
                          </Link>
                        </td>
                        <td className="px-3">
                          <StatusText status={request.status} code={request.code} />
                        </td>
                        <td
                          className={classNames(
                            'px-3 text-right whitespace-nowrap',
                            request.ms >= SLOW_MS && 'font-medium text-warning-text',
                          )}
                        >
                          {durationText(request.ms)}
                        </td>
                        <td
                          className={classNames('px-3 whitespace-nowrap text-text-2', NARROW)}
                          title={request.actor.id ?? undefined}
                        >
                          {actorText(request.actor)}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </ScrollRegion>
            </div>
          )}
          {hasNextPage && shown !== undefined && shown.length > 0 && (
            <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-start">
              Show more
            </Button>
          )}
        </div>
      </div>
      {id !== undefined && <RequestPanel key={id} id={id} onClose={() => select(undefined)} onKeyDown={onKeyDown} />}
    </div>
  )
}

/** Beside an open panel there is room for less. */
const NARROW = '@max-4xl:hidden'
const HEADS = ['Time', 'Request', 'Status', 'Duration', 'By'] as const
/** From then on the server remembers it longer, and explains lists. */
const SLOW_MS = 100

function asked({ path, status, actor, min_ms, route, range, own }: Omit<RequestsSearch, 'id' | 'live'>) {
  const time = range === undefined ? null : timeRange(range, Date.now())
  return {
    ...{ path, status, actor, min_ms, route },
    // Who asks for an operator wants to see them.
    own: own === true || actor !== undefined ? undefined : ('false' as const),
    ...(time !== null && { since: new Date(time.from).toISOString(), until: new Date(time.to).toISOString() }),
  }
}

function NoRequests() {
  return (
    <EmptyState title="No requests yet">
      <p>Every request of the API is listed here a moment after it was answered. Try one:</p>
      <Snippet label="the first request" text={`curl ${location.origin}/api`} />
    </EmptyState>
  )
}
