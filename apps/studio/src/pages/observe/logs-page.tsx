import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { Button } from '../../kit/button'
import { classNames } from '../../kit/class-names'
import { ScrollRegion } from '../../kit/scroll-region'
import { ErrorState, Skeleton } from '../../kit/states'
import { INPUT } from '../../kit/text-field'
import { useSession } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import { useLiveList } from './live-list'
import { LiveListHead } from './live-list-head'
import { LevelBadge, LogLine } from './log-line'
import type { LogLevel, LogsSearch } from './observe-search'
import { SidePanel } from './side-panel'
import { useListMove } from './use-list-move'

const PAGE = 200
const EVERY_MS = 2_000

/** The lines of the log, with the requests between them: one time line. */
export function LogsPage() {
  const { admin } = useSession()
  const search = useSearch({ from: '/shell/observe/logs' })
  const navigate = useNavigate({ from: '/observe/logs' })
  const text = useRef<HTMLInputElement>(null)
  useKeys({ search: () => text.current?.focus() })
  const { id, live, requests, ...filter } = search
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['logs', filter, requests],
    queryFn: ({ pageParam }) =>
      admin.listLogEntries({
        query: { ...filter, requests: requests === 0 ? 'false' : 'true', limit: PAGE, cursor: pageParam },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? EVERY_MS : false),
    placeholderData: keepPreviousData,
  })
  const isStopped = id !== undefined || live === 0
  const { shown, fresh, catchUp } = useLiveList(
    data?.pages.flatMap((page) => page.entries),
    { isStopped, key: `${JSON.stringify(filter)} ${requests} ${data?.pages.length}` },
  )
  const open = shown?.find((entry) => entry.id === id)
  const set = (change: { readonly [K in keyof LogsSearch]?: LogsSearch[K] | undefined }) => {
    const next = Object.entries({ ...search, id: undefined, ...change }).filter(
      ([, value]) => value !== undefined && value !== '',
    )
    void navigate({ search: Object.fromEntries(next), replace: true })
  }
  const { ref, onKeyDown } = useListMove({
    ids: shown?.map((entry) => entry.id) ?? [],
    open: id,
    select: (next) => set({ id: next }),
  })
  return (
    <div className="flex h-full min-h-0">
      <div className="min-w-0 flex-1 overflow-auto">
        <div className="flex flex-col gap-4 p-6 max-sm:p-4">
          <LiveListHead
            title="Logs"
            isLive={data?.pages.length === 1}
            isStopped={isStopped}
            fresh={fresh}
            page={PAGE}
            onCatchUp={() => {
              catchUp()
              set({ live: undefined })
            }}
            onPause={() => set({ live: isStopped ? undefined : 0 })}
          />
          <div className="flex flex-wrap items-center gap-2">
            <input
              ref={text}
              type="search"
              aria-label="Text of the line"
              placeholder="Text"
              value={search.q ?? ''}
              onChange={({ target }) => set({ q: target.value })}
              className={`${INPUT} max-w-[280px]`}
            />
            <select
              aria-label="Level"
              value={search.level ?? 'debug'}
              onChange={({ target }) =>
                set({ level: target.value === 'debug' ? undefined : (target.value as LogLevel) })
              }
              className={`${INPUT} w-auto!`}
            >
              <option value="debug">All levels</option>
              <option value="info">Info and above</option>
              <option value="warn">Warnings and errors</option>
              <option value="error">Errors</option>
            </select>
            <label className="flex items-center gap-1.5 text-text-2">
              <input
                type="checkbox"
                checked={requests !== 0}
                onChange={({ target }) => set({ requests: target.checked ? undefined : 0 })}
              />
              Requests
            </label>
          </div>
          {error !== null && (
            <ErrorState what="The log could not be read" error={error} onRetry={() => void refetch()} />
          )}
          {shown === undefined && error === null && <Skeleton className="h-[480px] w-full" />}
          {shown?.length === 0 && (
            <p className="py-8 text-text-2">
              {Object.keys(filter).length === 0 ? 'Nothing was logged lately.' : 'None of the latest lines matches.'}{' '}
              Older ones are in the files of the log, in data/logs of the project.
            </p>
          )}
          {shown !== undefined && shown.length > 0 && (
            // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move from one link in it to the next
            <div ref={ref} onKeyDown={onKeyDown}>
              <ScrollRegion label="Lines of the log" className="rounded-panel border border-line">
                <ul className="min-w-[560px] divide-y divide-line">
                  {shown.map((entry) => (
                    <li
                      key={entry.id}
                      data-id={entry.id}
                      className={classNames(
                        'flex h-8 items-center gap-3 px-3',
                        entry.id === id ? 'bg-selection' : 'hover:bg-surface',
                      )}
                    >
                      <span className="flex-none text-text-2" title={entry.at}>
                        {entry.at.slice(11, 23)} Z
                      </span>
                      <span className="w-11 flex-none">
                        <LevelBadge level={entry.level} />
                      </span>
                      <Link
                        from="/observe/logs"
                        search={(before) => ({ ...before, id: entry.id })}
                        className="min-w-0 flex-1 truncate hover:underline"
                        title={entry.message}
                      >
                        {entry.message}
                      </Link>
                      {typeof entry.fields.status === 'number' && (
                        <span className="flex-none text-text-2">
                          {entry.fields.status}
                          {typeof entry.fields.code === 'string' && ` ${entry.fields.code}`}
                        </span>
                      )}
                    </li>
                  ))}
                </ul>
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
      {open !== undefined && (
        // biome-ignore lint/a11y/noStaticElementInteractions: keys of the list work in the panel too
        <div className="contents" onKeyDown={onKeyDown}>
          <SidePanel label="Line of the log" title="Line of the log" onClose={() => set({})}>
            <LogLine entry={open} />
            {open.request_id !== null && (
              <Link to="/observe/requests" search={{ id: open.request_id }} className="text-link hover:underline">
                The request
              </Link>
            )}
          </SidePanel>
        </div>
      )}
    </div>
  )
}
