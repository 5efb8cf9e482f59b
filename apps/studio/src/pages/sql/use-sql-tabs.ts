import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useSession } from '../../session/session-context'
import { readChart } from './result-chart'
import {
  DRAFT,
  HISTORY,
  MAX_CLOSED,
  MAX_HISTORY,
  newTab,
  type PastRun,
  QUERY,
  readHistory,
  readOrder,
  readTab,
  type SavedQuery,
  type SqlTab,
  TABS,
  type TabOrder,
} from './sql-tab'
import { type KeptItems, useKeptItems } from './use-kept-items'

export interface SqlTabs {
  readonly tabs: readonly SqlTab[]
  readonly closed: readonly SqlTab[]
  readonly queries: readonly SavedQuery[]
  readonly history: readonly PastRun[]
  readonly kept: KeptItems
  open(tab?: SqlTab): SqlTab
  change(tab: SqlTab): void
  close(id: string): void
  reopen(id: string): SqlTab | undefined
  remember(run: PastRun): void
  save(query: Omit<SavedQuery, 'isOwn'>): Promise<void>
  remove(query: SavedQuery): Promise<void>
}

interface Local {
  readonly tabs: readonly SqlTab[]
  readonly closed: readonly SqlTab[]
  readonly history: readonly PastRun[]
}

/** Tabs, saved queries and history, as the server keeps them. Undefined until they are read. */
export function useSqlTabs(): { readonly data: SqlTabs | undefined; readonly error: unknown; retry(): void } {
  const { admin } = useSession()
  const client = useQueryClient()
  const kept = useKeptItems()
  const {
    data: items,
    error,
    refetch,
  } = useQuery({
    queryKey: ['studio-items', 'sql'],
    queryFn: async () => (await admin.listStudioItems({ query: { prefix: 'sql:' } })).items,
    refetchOnWindowFocus: false,
  })
  // From then on what is typed here is what counts.
  const [local, setLocal] = useState<Local | null>(null)
  const current = useRef<Local | null>(null)
  if (local === null && items !== undefined) {
    const first = startFrom(items)
    current.current = first
    setLocal(first)
  }
  const apply = (next: Local) => {
    current.current = next
    setLocal(next)
  }
  const now = () => current.current ?? { tabs: [], closed: [], history: [] }
  const keepOrder = ({ tabs, closed }: Local) =>
    kept.keep(TABS, { open: tabs.map(({ id }) => id), closed } satisfies TabOrder)
  const keepTab = ({ id, title, text, query }: SqlTab) => kept.keep(DRAFT + id, { title, text, query })

  const open = (tab: SqlTab = newTab(nextTitle(now().tabs))): SqlTab => {
    if (now().tabs.some(({ id }) => id === tab.id)) return tab
    const next = { ...now(), tabs: [...now().tabs, tab], closed: now().closed.filter(({ id }) => id !== tab.id) }
    apply(next)
    keepTab(tab)
    keepOrder(next)
    return tab
  }
  const refresh = () => client.invalidateQueries({ queryKey: ['studio-items', 'sql'] })
  const data: SqlTabs | undefined =
    local === null || items === undefined
      ? undefined
      : {
          ...local,
          queries: queriesOf(items),
          kept,
          open,
          change(tab) {
            apply({ ...now(), tabs: now().tabs.map((one) => (one.id === tab.id ? tab : one)) })
            keepTab(tab)
          },
          close(id) {
            const tab = now().tabs.find((one) => one.id === id)
            const closed =
              tab === undefined || tab.text.trim() === '' ? now().closed : [tab, ...now().closed].slice(0, MAX_CLOSED)
            const next = { ...now(), tabs: now().tabs.filter((one) => one.id !== id), closed }
            apply(next)
            kept.keep(DRAFT + id, null)
            keepOrder(next)
          },
          reopen(id) {
            const tab = now().closed.find((one) => one.id === id)
            return tab && open(tab)
          },
          remember(run) {
            const history = [run, ...now().history.filter(({ sql }) => sql !== run.sql)].slice(0, MAX_HISTORY)
            apply({ ...now(), history })
            kept.keep(
              HISTORY,
              history.map((one) => ({ ...one, sql: one.sql.slice(0, 4_000) })),
            )
          },
          async save({ id, name, text, chart, isShared }) {
            await admin.keepStudioItem({
              params: { name: QUERY + id },
              body: { value: { name, text, chart }, shared: isShared },
            })
            await refresh()
          },
          async remove({ id }) {
            await admin.deleteStudioItem({ params: { name: QUERY + id } })
            await refresh()
          },
        }
  return { data, error, retry: () => void refetch() }
}

type Items = readonly {
  readonly name: string
  readonly own: boolean
  readonly shared: boolean
  readonly value?: unknown
}[]

function startFrom(items: Items): Local {
  const keptAs = (name: string) => items.find((item) => item.own && item.name === name)?.value
  const { open, closed } = readOrder(keptAs(TABS))
  const drafts = new Map(
    items.flatMap(({ name, own, value }) => {
      const tab = own && name.startsWith(DRAFT) ? readTab(name.slice(DRAFT.length), value) : null
      return tab === null ? [] : [[tab.id, tab] as const]
    }),
  )
  const ordered = open.flatMap((id) => drafts.get(id) ?? [])
  const others = [...drafts.values()].filter(({ id }) => !open.includes(id))
  const tabs = [...ordered, ...others]
  return { tabs: tabs.length === 0 ? [newTab('Query 1')] : tabs, closed, history: readHistory(keptAs(HISTORY)) }
}

function queriesOf(items: Items): readonly SavedQuery[] {
  return items.flatMap(({ name, own, shared, value }) => {
    if (!name.startsWith(QUERY) || typeof value !== 'object' || value === null) return []
    const {
      name: title,
      text,
      chart,
    } = value as { readonly name?: unknown; readonly text?: unknown; readonly chart?: unknown }
    if (typeof title !== 'string' || typeof text !== 'string') return []
    return [{ id: name.slice(QUERY.length), name: title, text, chart: readChart(chart), isShared: shared, isOwn: own }]
  })
}

function nextTitle(tabs: readonly SqlTab[]): string {
  const numbers = tabs.map(({ title }) => Number(/^Query (\d+)$/.exec(title)?.[1] ?? 0))
  return `Query ${Math.max(0, ...numbers) + 1}`
}
