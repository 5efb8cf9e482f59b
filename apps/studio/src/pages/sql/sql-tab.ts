import type { ChartChoice } from './result-chart'

/** What is being written. Every tab is a draft, kept on the server while somebody types. */
export interface SqlTab {
  readonly id: string
  readonly title: string
  readonly text: string
  /** The saved query that it is of; null: none. */
  readonly query: string | null
}

/** A query with a name. */
export interface SavedQuery {
  readonly id: string
  readonly name: string
  readonly text: string
  readonly chart: ChartChoice | null
  readonly isShared: boolean
  /** Whether it is the operator's own: only then they can change it. */
  readonly isOwn: boolean
}

export interface PastRun {
  readonly sql: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly outcome: string
}

export const DRAFT = 'sql:draft:'
export const TABS = 'sql:tabs'
export const QUERY = 'sql:query:'
export const HISTORY = 'sql:history'

export const MAX_CLOSED = 10
export const MAX_HISTORY = 50

/** The order of the tabs, and what was closed lately. */
export interface TabOrder {
  readonly open: readonly string[]
  readonly closed: readonly SqlTab[]
}

export function newTab(title: string, text = '', query: string | null = null): SqlTab {
  return { id: crypto.randomUUID(), title, text, query }
}

/** Whatever is kept there: nothing that is stored can break the page. */
export function readTab(id: string, value: unknown): SqlTab | null {
  if (!isObject(value) || typeof value.text !== 'string') return null
  const { title, text, query } = value
  return {
    id,
    text,
    title: typeof title === 'string' ? title : 'Query',
    query: typeof query === 'string' ? query : null,
  }
}

export function readOrder(value: unknown): TabOrder {
  if (!isObject(value)) return { open: [], closed: [] }
  const texts = (list: unknown) => (Array.isArray(list) ? list : [])
  return {
    open: texts(value.open).filter((id): id is string => typeof id === 'string'),
    closed: texts(value.closed).flatMap((one) => (isObject(one) ? (readTab(String(one.id), one) ?? []) : [])),
  }
}

export function readHistory(value: unknown): readonly PastRun[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((one) =>
    isObject(one) && typeof one.sql === 'string' && typeof one.at === 'number'
      ? [{ sql: one.sql, at: one.at, outcome: typeof one.outcome === 'string' ? one.outcome : '' }]
      : [],
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
