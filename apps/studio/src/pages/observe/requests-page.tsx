import { useSearch } from '@tanstack/react-router'
import { timeRange } from '../../kit/chart/time-range'
import { Snippet } from '../../kit/snippet'
import { EmptyState } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { LiveListPage } from './live-list-page'
import { NothingMatches } from './nothing-matches'
import type { RequestsSearch } from './observe-search'
import { PinnedRequests } from './pinned-requests'
import { RequestFilters } from './request-filters'
import { RequestPanel } from './request-panel'
import { RequestTable } from './request-table'
import { useLivePages } from './use-live-pages'

/** What the server has been asked lately. */
export function RequestsPage() {
  const { admin } = useSession()
  const search = useSearch({ from: '/shell/observe/requests' })
  const { id, live: _, ...filter } = search
  const pages = useLivePages({
    queryKey: ['requests', 'list', filter],
    isLatest: filter.range === undefined || timeRange(filter.range, 0).isLatest,
    read: (page) => admin.listRequests({ query: { ...asked(filter), ...page } }),
    entriesOf: ({ requests }) => requests,
  })
  const isFiltered = Object.keys(filter).some((name) => name !== 'own')
  return (
    <LiveListPage
      title="Requests"
      what="requests"
      search={search}
      pages={pages}
      filters={<RequestFilters search={search} />}
      above={!isFiltered && <PinnedRequests selected={id} />}
      empty={
        isFiltered ? (
          <NothingMatches page="/observe/requests">
            None of the latest requests matches. Slow and failed ones are remembered longest.
          </NothingMatches>
        ) : (
          <NoRequests />
        )
      }
      table={(requests, open) => <RequestTable requests={requests} open={open} />}
      panel={(panel) => <RequestPanel key={panel.id} {...panel} />}
    />
  )
}

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
