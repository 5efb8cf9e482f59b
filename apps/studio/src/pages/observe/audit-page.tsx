import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { timeRange } from '../../kit/chart/time-range'
import { classNames } from '../../kit/class-names'
import { ScrollRegion } from '../../kit/scroll-region'
import { ErrorState, Skeleton } from '../../kit/states'
import { INPUT } from '../../kit/text-field'
import { useSession } from '../../session/session-context'
import { AuditPanel } from './audit-panel'
import { type AuditEntry, actionText, auditActorText, targetText, throughText } from './audit-text'
import { ObservePage } from './observe-page'
import type { AuditSearch } from './observe-search'
import { useListMove } from './use-list-move'

const PAGE = 100
const EVERY_MS = 10_000

/** What was offered first to look for; others are typed. */
const ACTIONS = [
  'document.deleted',
  'document.*',
  'auth.*',
  'user.*',
  'operator.*',
  'key.*',
  'schema.*',
  'backup.*',
  'database.*',
  'impersonation.*',
]

/** Who did what: newest first, with the state of the chain that shows whether anything was changed later. */
export function AuditPage() {
  const { admin } = useSession()
  const search = useSearch({ from: '/shell/observe/audit' })
  const navigate = useNavigate({ from: '/observe/audit' })
  const { entry: opened, ...filter } = search
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) => admin.listAuditEntries({ query: { ...asked(filter), limit: PAGE, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? EVERY_MS : false),
    placeholderData: keepPreviousData,
  })
  const entries = data?.pages.flatMap((page) => page.entries)
  const set = (change: { readonly [K in keyof AuditSearch]?: AuditSearch[K] | undefined }) => {
    const next = Object.entries({ ...search, entry: undefined, ...change }).filter(
      ([, value]) => value !== undefined && value !== '',
    )
    void navigate({ search: Object.fromEntries(next), replace: true })
  }
  const { ref, onKeyDown } = useListMove({
    ids: entries?.map(({ seq }) => String(seq)) ?? [],
    open: opened === undefined ? undefined : String(opened),
    select: (next) => set({ entry: next === undefined ? undefined : Number(next) }),
  })
  const isFiltered = Object.keys(filter).length > 0
  return (
    <div className="flex h-full min-h-0">
      <div className="min-w-0 flex-1 overflow-auto">
        <ObservePage title="Audit log" actions={<ChainState />}>
          <div className="flex flex-wrap items-center gap-2">
            <Filter label="Action" list="actions" value={search.action} onChange={(action) => set({ action })} />
            <datalist id="actions">
              {ACTIONS.map((action) => (
                <option key={action} value={action} />
              ))}
            </datalist>
            <Filter label="Collection" value={search.collection} onChange={(collection) => set({ collection })} />
            <Filter label="Key or id" value={search.key} onChange={(key) => set({ key })} />
            <Filter label="Actor’s id" value={search.actor} onChange={(actor) => set({ actor })} />
            <select
              aria-label="Time"
              value={search.range ?? ''}
              onChange={({ target }) => set({ range: target.value })}
              className={`${INPUT} w-auto!`}
            >
              <option value="">Any time</option>
              <option value="1h">Last hour</option>
              <option value="24h">Last day</option>
              <option value="7d">Last week</option>
              {search.range !== undefined && !['1h', '24h', '7d'].includes(search.range) && (
                <option value={search.range}>{search.range.replace('..', ' – ')}</option>
              )}
            </select>
          </div>
          {error !== null && (
            <ErrorState what="The audit log could not be read" error={error} onRetry={() => void refetch()} />
          )}
          {entries === undefined && error === null && <Skeleton className="h-[480px] w-full" />}
          {entries?.length === 0 && (
            <div className="flex flex-col items-start gap-3 py-8 text-text-2">
              <p>
                {isFiltered ? 'No entry matches.' : 'Nothing is recorded yet.'} Documents are recorded of collections
                that are marked <code className="font-mono text-code">audit: true</code> in schema.yaml.
              </p>
              {isFiltered && <Button onClick={() => void navigate({ search: {} })}>Clear filter</Button>}
            </div>
          )}
          {entries !== undefined && entries.length > 0 && (
            // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move from one link in it to the next
            <div ref={ref} onKeyDown={onKeyDown} className="@container">
              <ScrollRegion label="Entries of the audit log" className="rounded-panel border border-line">
                <table className="w-full text-left">
                  <thead className="bg-surface text-sm text-text-2">
                    <tr>
                      {['Time', 'Action', 'On', 'By', 'Through'].map((name) => (
                        <th
                          key={name}
                          scope="col"
                          className={classNames(
                            'h-8 px-3 font-medium whitespace-nowrap',
                            name === 'Through' && '@max-4xl:hidden',
                          )}
                        >
                          {name}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody className="divide-y divide-line">
                    {entries.map((entry) => (
                      <Row key={entry.seq} entry={entry} isOpen={entry.seq === opened} />
                    ))}
                  </tbody>
                </table>
              </ScrollRegion>
            </div>
          )}
          {hasNextPage && (
            <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-start">
              Show more
            </Button>
          )}
        </ObservePage>
      </div>
      {opened !== undefined && entries !== undefined && (
        // biome-ignore lint/a11y/noStaticElementInteractions: keys of the list work in the panel too
        <div className="contents" onKeyDown={onKeyDown}>
          <AuditPanel
            key={opened}
            seq={opened}
            entry={entries.find(({ seq }) => seq === opened)}
            onClose={() => set({})}
          />
        </div>
      )}
    </div>
  )
}

function asked({ actor, collection, key, action, range }: Omit<AuditSearch, 'entry'>) {
  const time = range === undefined ? null : timeRange(range, Date.now())
  return {
    ...{ actor, collection, target: key, event: action },
    ...(time !== null && { since: new Date(time.from).toISOString(), until: new Date(time.to).toISOString() }),
  }
}

function Row({ entry, isOpen }: { readonly entry: AuditEntry; readonly isOpen: boolean }) {
  return (
    <tr data-id={entry.seq} className={isOpen ? 'bg-selection' : 'hover:bg-surface'}>
      <td className="h-9 px-3 whitespace-nowrap text-text-2" title={entry.at}>
        {entry.at.slice(0, 10)} {entry.at.slice(11, 19)} Z
      </td>
      <td className="px-3">
        <Link
          from="/observe/audit"
          search={(before) => ({ ...before, entry: entry.seq })}
          className={classNames(
            'whitespace-nowrap hover:underline',
            entry.outcome === 'failure' && 'text-warning-text',
          )}
        >
          {actionText(entry)}
          {entry.outcome === 'failure' && ' (failed)'}
        </Link>
      </td>
      <td className="max-w-[320px] truncate px-3" title={targetText(entry)}>
        {targetText(entry)}
      </td>
      <td className="max-w-[240px] truncate px-3" title={entry.actor.id ?? undefined}>
        {auditActorText(entry)}
      </td>
      <td className="px-3 whitespace-nowrap text-text-2 @max-4xl:hidden">{throughText(entry)}</td>
    </tr>
  )
}

interface FilterProps {
  readonly label: string
  readonly value: string | undefined
  readonly list?: string
  onChange(value: string): void
}

function Filter({ label, value = '', list, onChange }: FilterProps) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      list={list}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      className={`${INPUT} max-w-[180px] max-sm:max-w-[calc(50%-4px)]`}
    />
  )
}

/** Whether all entries are as they were recorded. It is looked at when the page is opened: some microseconds for each. */
function ChainState() {
  const { admin } = useSession()
  const { data, isFetching, refetch } = useQuery({
    queryKey: ['audit', 'verify'],
    queryFn: () => admin.verifyAuditLog(),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <div className="flex flex-wrap items-center gap-3">
      {data?.ok === true && (
        <span className="inline-flex items-center gap-2" title={`${data.head.seq}:${data.head.hash}`}>
          <Badge kind="success">Unchanged</Badge>
          <span className="text-text-2">
            {data.entries.toLocaleString('en')} {data.entries === 1 ? 'entry' : 'entries'} verified
          </span>
        </span>
      )}
      {data?.ok === false && (
        <span role="alert" className="inline-flex items-center gap-2">
          <Badge kind="danger">Changed</Badge>
          entry {data.seq}: {data.reason}
        </span>
      )}
      <Button isBusy={isFetching} onClick={() => void refetch()}>
        Verify
      </Button>
    </div>
  )
}
