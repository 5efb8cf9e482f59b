import type { GetLoadStatsResponse } from '@koyalite/client/admin'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ChartMark, ChartSeries, ChartX } from '../../kit/chart/chart-series'
import { isLatestRange, rangeText, timeRange } from '../../kit/chart/time-range'
import { useMay, useSession } from '../../session/session-context'

export type Stats = GetLoadStatsResponse
export type StatsPoint = Stats['points'][number]

/** A week takes the server some hundred milliseconds to add up, and changes slowly. */
const EVERY_MS = { '1h': 10_000, '24h': 30_000, '7d': 60_000 } as const

function refetchInterval(range: string): number | false {
  return isLatestRange(range) ? EVERY_MS[range] : false
}

/** What was measured in a time; of the latest, it goes on. @param of whose latencies: those of a route, or of a shape of a list */
export function useStats(range: string, of: { readonly route?: string; readonly query?: string } = {}) {
  const { admin } = useSession()
  return useQuery({
    queryKey: ['load', range, of],
    queryFn: () => {
      const { from, to } = timeRange(range, Date.now())
      return admin.getLoadStats({ query: { from: isoOf(from), to: isoOf(to), ...of } })
    },
    refetchInterval: refetchInterval(range),
    placeholderData: keepPreviousData,
  })
}

/** The x values of the charts of a time, and how to make series of them. */
export interface StatsCharts {
  readonly x: ChartX & { readonly kind: 'time' }
  series(name: string, read: (point: StatsPoint) => number | null | undefined, more?: Partial<ChartSeries>): ChartSeries
}

/** One value for every step, null where nothing was measured: gaps are seen. */
export function statsCharts(stats: Stats): StatsCharts {
  const step = stats.step_seconds * 1000
  const [from, to] = [Date.parse(stats.from), Date.parse(stats.to)]
  const byTime = new Map(stats.points.map((point) => [Date.parse(point.at), point]))
  const values: number[] = []
  for (let at = Math.ceil(from / step) * step; at < to; at += step) values.push(at)
  return {
    x: { kind: 'time', values: stats.points.length === 0 ? [] : values, from, to },
    series: (name, read, more) => ({
      ...more,
      name,
      values: values.map((at) => {
        const point = byTime.get(at)
        return point === undefined ? null : (read(point) ?? null)
      }),
    }),
  }
}

/** What charts of a page do: dragging changes its range, a click opens the requests of that point. */
export function useChartActions(stats: Stats | undefined) {
  const navigate = useNavigate()
  const step = (stats?.step_seconds ?? 60) * 1000
  return {
    onZoom(from: number, to: number): void {
      // Every page with charts has the parameter.
      void navigate({
        to: '.',
        search: ((before: object) => ({ ...before, range: rangeText(from, Math.max(to, from + step)) })) as never,
      })
    },
    /** @param more what else the requests are filtered by */
    openRequests(at: number, more: { readonly route?: string; readonly status?: string } = {}): void {
      void navigate({ to: '/observe/requests', search: { range: rangeText(at, at + step), ...more } })
    },
  }
}

const MAX_MARKS = 20

/** When the schema was changed. */
export function useMarks(range: string): readonly ChartMark[] {
  const { admin } = useSession()
  const mayRead = useMay('audit:read')
  const { data } = useQuery({
    queryKey: ['marks', range],
    queryFn: () => {
      const { from, to } = timeRange(range, Date.now())
      const query = { event: 'schema.*', since: isoOf(from), until: isoOf(to), limit: MAX_MARKS }
      return admin.listAuditEntries({ query })
    },
    enabled: mayRead,
    refetchInterval: refetchInterval(range),
    placeholderData: keepPreviousData,
  })
  return (data?.entries ?? NONE)
    .toReversed()
    .map(({ at, event, details }) => ({ at: Date.parse(at), text: markText(event, details ?? {}) }))
}

const NONE = [] as const

function markText(event: string, { changes, migration }: Readonly<Record<string, unknown>>): string {
  if (typeof migration === 'string') return `${event === 'schema.rolled_back' ? 'rolled back ' : ''}${migration}`
  if (!Array.isArray(changes) || changes.length === 0) return 'schema changed'
  return changes.length === 1 ? String(changes[0]) : `${changes[0]} and ${changes.length - 1} more`
}

function isoOf(at: number): string {
  return new Date(at).toISOString()
}
