import type { ListExecutionsResponse } from '@koyalite/client/admin'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button } from '../../kit/button'
import { Snippet } from '../../kit/snippet'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { useLiveList } from '../observe/live-list'
import { LiveListHead } from '../observe/live-list-head'
import { NothingMatches } from '../observe/nothing-matches'
import { useListMove } from '../observe/use-list-move'
import { ExecutionFilters } from './execution-filters'
import { ExecutionPanel } from './execution-panel'
import { ExecutionTable } from './execution-table'
import type { ExecutionsSearch } from './executions-search'

export type Execution = ListExecutionsResponse['executions'][number]

const PAGE = 100
const EVERY_MS = 2_000

/** What functions have been called lately. It goes on by itself; while the details of one are open, it stands still and counts. */
export function ExecutionsPage() {
  const search = useSearch({ from: '/shell/executions' })
  const navigate = useNavigate({ from: '/executions' })
  const { id, live, ...filter } = search
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useExecutions(filter)
  const isLive = (data?.pages.length ?? 1) === 1
  const isStopped = id !== undefined || live === 0
  const { shown, fresh, catchUp } = useLiveList(
    data?.pages.flatMap(({ executions }) => executions.map((one) => ({ ...one, at: one.started_at }))),
    { isStopped, key: `${JSON.stringify(filter)} ${data?.pages.length}` },
  )
  const isFiltered = Object.keys(filter).length > 0

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
  const { ref, onKeyDown } = useListMove({ ids: shown?.map((one) => one.id) ?? [], open: id, select })

  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col overflow-auto">
        <div className="flex flex-col gap-4 p-6 max-sm:p-4">
          <LiveListHead
            title="Executions"
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
          <ExecutionFilters search={search} />
          {error !== null && (
            <ErrorState what="The executions could not be read" error={error} onRetry={() => void refetch()} />
          )}
          {shown === undefined && error === null && <Skeleton className="h-[480px] w-full" />}
          {shown?.length === 0 &&
            (isFiltered ? (
              <NothingMatches page="/executions">
                No execution that is kept matches. Of very frequent successes only some are kept, and all for as long as
                functions.logs.keep says.
              </NothingMatches>
            ) : (
              <NoExecutions />
            ))}
          {shown !== undefined && shown.length > 0 && (
            // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move from one link in it to the next
            <div ref={ref} onKeyDown={onKeyDown} className="@container">
              <ExecutionTable executions={shown} open={id} />
            </div>
          )}
          {hasNextPage && shown !== undefined && shown.length > 0 && (
            <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-start">
              Show more
            </Button>
          )}
        </div>
      </div>
      {id !== undefined && <ExecutionPanel key={id} id={id} onClose={() => select(undefined)} onKeyDown={onKeyDown} />}
    </div>
  )
}

function useExecutions(filter: Omit<ExecutionsSearch, 'id' | 'live'>) {
  const { admin } = useSession()
  return useInfiniteQuery({
    queryKey: ['executions', 'list', filter],
    queryFn: ({ pageParam }) => admin.listExecutions({ query: { ...filter, limit: PAGE, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    // More than one page is read by somebody who looks for something: it stands still.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? EVERY_MS : false),
    placeholderData: keepPreviousData,
  })
}

function NoExecutions() {
  return (
    <EmptyState title="No executions yet">
      <p>Every call of a function is listed here when it has ended, with its log. Call one:</p>
      <Snippet label="a command that calls a function" text="koyalite functions invoke hello" />
      <Link to="/functions" className="text-link underline">
        All functions
      </Link>
    </EmptyState>
  )
}
