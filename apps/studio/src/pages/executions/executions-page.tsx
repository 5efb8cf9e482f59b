import type { ListExecutionsResponse } from '@koyalite/client/admin'
import { Link, useSearch } from '@tanstack/react-router'
import { Snippet } from '../../kit/snippet'
import { EmptyState } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { LiveListPage } from '../observe/live-list-page'
import { NothingMatches } from '../observe/nothing-matches'
import { useLivePages } from '../observe/use-live-pages'
import { ExecutionFilters } from './execution-filters'
import { ExecutionPanel } from './execution-panel'
import { ExecutionTable } from './execution-table'

export type Execution = ListExecutionsResponse['executions'][number]

/** What functions have been called lately. */
export function ExecutionsPage() {
  const { admin } = useSession()
  const search = useSearch({ from: '/shell/executions' })
  const { id: _, live: __, ...filter } = search
  const pages = useLivePages({
    queryKey: ['executions', 'list', filter],
    read: (page) => admin.listExecutions({ query: { ...filter, ...page } }),
    entriesOf: ({ executions }) => executions.map((one) => ({ ...one, at: one.started_at })),
  })
  return (
    <LiveListPage
      title="Executions"
      what="executions"
      search={search}
      pages={pages}
      filters={<ExecutionFilters search={search} />}
      empty={
        Object.keys(filter).length > 0 ? (
          <NothingMatches page="/executions">
            No execution that is kept matches. Of very frequent successes only some are kept, and all for as long as
            functions.logs.keep says.
          </NothingMatches>
        ) : (
          <NoExecutions />
        )
      }
      table={(executions, open) => <ExecutionTable executions={executions} open={open} />}
      panel={(panel) => <ExecutionPanel key={panel.id} {...panel} />}
    />
  )
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
