import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Button } from '../../kit/button'
import { ListBeside, ListButton } from '../../kit/list-beside'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { PanelBoundary } from './panel-boundary'
import { QueryList } from './query-list'
import { SqlConsole } from './sql-console'
import { newTab, type SqlTab } from './sql-tab'
import { type SqlTabs, useSqlTabs } from './use-sql-tabs'

/** SQL: tabs of drafts, saved queries, and what they return. The tab is in the address. */
export function SqlPage() {
  const { data, error, retry } = useSqlTabs()
  if (data === undefined)
    return error === null ? (
      <Skeleton className="m-4 h-[240px]" />
    ) : (
      <ErrorState what="Your queries could not be read" error={error} onRetry={retry} />
    )
  return <SqlTabsPage tabs={data} />
}

function SqlTabsPage({ tabs }: { readonly tabs: SqlTabs }) {
  const { query: queryId } = useParams({ strict: false })
  const { tab: tabId } = useSearch({ strict: false })
  const navigate = useNavigate()
  const query = queryId === undefined ? undefined : tabs.queries.find(({ id }) => id === queryId)
  const ofQuery = query && tabs.tabs.find((one) => one.query === query.id)
  const tab = ofQuery ?? tabs.tabs.find(({ id }) => id === tabId) ?? tabs.tabs[0]
  const show = (shown: SqlTab | undefined) => {
    if (shown?.query) void navigate({ to: '/sql/$query', params: { query: shown.query } })
    else void navigate({ to: '/sql', search: shown === undefined ? {} : { tab: shown.id } })
  }

  // A saved query that is opened by its link gets a tab.
  const isUnopened = query !== undefined && ofQuery === undefined
  useEffect(() => {
    if (isUnopened) tabs.open(newTab(query.name, query.text, query.id))
  }, [isUnopened, query, tabs])

  const close = (id: string) => {
    const at = tabs.tabs.findIndex((one) => one.id === id)
    const next = tabs.tabs[at + 1] ?? tabs.tabs[at - 1]
    tabs.close(id)
    if (tab?.id === id) show(next ?? tabs.open())
  }
  const isMissing = queryId !== undefined && query === undefined
  return (
    <ListBeside
      label="Queries"
      // The bar of tabs has the button.
      hasOwnBar={!isMissing}
      list={(closeList) => (
        <QueryList
          tabs={tabs}
          close={closeList}
          onRecall={(sql) => show(tabs.open({ ...newTab('Earlier'), text: sql }))}
          onReopen={(id) => show(tabs.reopen(id))}
        />
      )}
    >
      <h1 className="sr-only">SQL</h1>
      {isMissing ? (
        <EmptyState title="There is no such query">
          <p>It was deleted, or is somebody’s own.</p>
          <Button onClick={() => show(tabs.tabs[0])}>Show your tabs</Button>
        </EmptyState>
      ) : (
        <PanelBoundary what="The console" onReset={() => tab && close(tab.id)}>
          <TabBar tabs={tabs.tabs} current={tab} onShow={show} onClose={close} onNew={() => show(tabs.open())} />
          {tab !== undefined && <SqlConsole key={tab.id} tab={tab} tabs={tabs} onSaved={show} />}
        </PanelBoundary>
      )}
    </ListBeside>
  )
}

interface TabBarProps {
  readonly tabs: readonly SqlTab[]
  readonly current: SqlTab | undefined
  onShow(tab: SqlTab): void
  onClose(id: string): void
  onNew(): void
}

function TabBar({ tabs, current, onShow, onClose, onNew }: TabBarProps) {
  return (
    <div className="flex h-9 flex-none items-stretch overflow-x-auto border-b border-line bg-surface max-sm:h-10">
      <ListButton isPlain />
      {tabs.map((tab) => (
        <span
          key={tab.id}
          className={`flex flex-none items-center border-r border-line ${tab.id === current?.id ? 'bg-canvas' : ''}`}
        >
          <button
            type="button"
            aria-current={tab.id === current?.id ? 'page' : undefined}
            title={tab.text.slice(0, 300)}
            onClick={() => onShow(tab)}
            className={`h-full max-w-[200px] truncate pl-3 ${tab.id === current?.id ? 'font-medium' : 'text-text-2 hover:text-text'}`}
          >
            {tab.title}
          </button>
          <button
            type="button"
            aria-label={`Close ${tab.title}`}
            onClick={() => onClose(tab.id)}
            className="mx-1 grid size-6 place-items-center rounded-control text-text-3 hover:bg-sunken hover:text-text"
          >
            ✕
          </button>
        </span>
      ))}
      <button
        type="button"
        aria-label="New query"
        title="New query"
        onClick={onNew}
        className="grid w-9 flex-none place-items-center text-title text-text-2 hover:bg-sunken hover:text-text"
      >
        +
      </button>
    </div>
  )
}
