import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Chart } from '../../kit/chart/chart'
import { RangeLinks } from '../../kit/chart/range-links'
import { classNames } from '../../kit/class-names'
import { type Column, ListTable } from '../../kit/list-table'
import { durationText } from '../../kit/quantities'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { Charts, Figures, ObservePage } from './observe-page'
import { QueryAdvice } from './query-advice'
import { type Stats, statsCharts, useChartActions, useMarks, useStats } from './use-stats'

/** How long requests took: all, by route, by what they read. A route or list that is chosen has the charts for itself. */
export function SpeedPage() {
  const { range, route, query } = useSearch({ from: '/shell/observe/speed' })
  const { data, error, refetch } = useStats(range, {
    ...(route !== undefined && { route }),
    ...(query !== undefined && { query }),
  })
  const marks = useMarks(range)
  const { onZoom, openRequests } = useChartActions(data)
  const charts = data && statsCharts(data)
  const chosen = route ?? query
  const onPoint = (index: number) => openRequests(charts?.x.values[index] ?? 0, route === undefined ? {} : { route })
  return (
    <ObservePage title="Speed" actions={<RangeLinks range={range} />}>
      {error !== null && (
        <ErrorState what="What was measured could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[640px] w-full" />}
      {chosen !== undefined && (
        <div className="flex flex-wrap items-center gap-3 rounded-panel bg-surface px-4 py-2">
          <code className="min-w-0 font-mono text-code break-all">{chosen}</code>
          <span className="flex-1" />
          {route !== undefined && (
            <Link to="/observe/requests" search={{ route }} className="text-link hover:underline">
              Its requests
            </Link>
          )}
          <Link from="/observe/speed" search={{ range }} className="text-link hover:underline">
            Show all
          </Link>
        </div>
      )}
      {data !== undefined && charts !== undefined && (
        <>
          <Figures
            figures={[
              [
                query === undefined ? 'Requests' : 'Reads',
                data.points.reduce((sum, { requests }) => sum + requests, 0).toLocaleString('en'),
              ],
              ['Half within', figure(data.total.p50_ms)],
              ['95 % within', figure(data.total.p95_ms)],
              ['99 % within', figure(data.total.p99_ms)],
              ['Longest', figure(data.total.max_ms)],
            ]}
          />
          <Charts>
            <Chart
              title="Duration"
              group="speed"
              x={charts.x}
              marks={marks}
              format={durationText}
              series={[
                charts.series('50 %', ({ p50_ms }) => p50_ms),
                charts.series('95 %', ({ p95_ms }) => p95_ms),
                charts.series('99 %', ({ p99_ms }) => p99_ms),
              ]}
              {...{ onZoom, onPoint }}
            />
            <Chart
              title={query === undefined ? 'Requests' : 'Reads'}
              group="speed"
              x={charts.x}
              isStacked
              series={
                chosen === undefined
                  ? [
                      charts.series(
                        'fine',
                        ({ requests, status }) => requests - (status['4xx'] ?? 0) - (status['5xx'] ?? 0),
                        { kind: 'bars' },
                      ),
                      charts.series('refused', ({ status }) => status['4xx'] ?? 0, { kind: 'bars', color: 3 }),
                      charts.series('failed', ({ status }) => status['5xx'] ?? 0, { kind: 'bars', color: 4 }),
                    ]
                  : [
                      charts.series(query === undefined ? 'requests' : 'reads', ({ requests }) => requests, {
                        kind: 'bars',
                      }),
                    ]
              }
              {...{ onZoom, onPoint }}
            />
          </Charts>
          {query !== undefined && <ChosenQuery shape={query} />}
          {data.routes.length === 0 && data.queries.length === 0 ? (
            <EmptyState title="Nobody has asked for anything in this time">
              <p>
                Requests of clients are measured by route and by what they read. Those of operators and health checks
                are not.
              </p>
            </EmptyState>
          ) : (
            <>
              <Routes rows={data.routes} chosen={route} range={range} />
              <Queries rows={data.queries} chosen={query} range={range} />
            </>
          )}
        </>
      )}
    </ObservePage>
  )
}

function figure(ms: number | null): string {
  return ms === null ? '–' : durationText(ms)
}

/** What the lists of a shape do, and what would help. */
function ChosenQuery({ shape }: { readonly shape: string }) {
  const { admin } = useSession()
  const { data } = useQuery({
    queryKey: ['queries', shape],
    queryFn: () => admin.listQueries({ query: { shape } }),
  })
  const query = data?.queries[0]
  if (query === undefined) return null
  return (
    <section className="flex max-w-[720px] flex-col gap-2">
      <h2 className="text-title font-semibold">How it is read</h2>
      <QueryAdvice query={query} />
    </section>
  )
}

interface TableProps<Row> {
  readonly rows: readonly Row[]
  readonly chosen: string | undefined
  readonly range: string
}

function Routes({ rows, chosen, range }: TableProps<Stats['routes'][number]>) {
  const total = rows.reduce((sum, { total_ms }) => sum + total_ms, 0)
  return (
    <section className="flex flex-col gap-2">
      <h2 className="text-title font-semibold">By route</h2>
      <ListTable
        label="Durations by route"
        rows={rows}
        keyOf={({ route }) => route}
        columns={[
          {
            name: 'Route',
            cell: ({ route }) =>
              route === 'others' ? (
                'others'
              ) : (
                <Link
                  from="/observe/speed"
                  search={{ range, route }}
                  aria-current={route === chosen || undefined}
                  className="font-mono text-code break-all text-link hover:underline aria-current:font-bold"
                >
                  {route}
                </Link>
              ),
          },
          { name: 'Requests', isNumber: true, cell: ({ requests }) => requests.toLocaleString('en') },
          ...(DURATIONS as readonly Column<Stats['routes'][number]>[]),
          {
            name: 'Refused',
            isNumber: true,
            cell: ({ refused, failed }) => counted(Math.max(0, refused - failed), 'text-warning-text'),
          },
          { name: 'Failed', isNumber: true, cell: ({ failed }) => counted(failed, 'text-danger-text') },
          { name: 'Of all time', isNumber: true, cell: ({ total_ms }) => share(total_ms, total) },
        ]}
      />
    </section>
  )
}

function Queries({ rows, chosen, range }: TableProps<Stats['queries'][number]>) {
  if (rows.length === 0) return null
  const total = rows.reduce((sum, { total_ms }) => sum + total_ms, 0)
  return (
    <section className="flex flex-col gap-2">
      <h2 className="text-title font-semibold">By what was read</h2>
      <ListTable
        label="Durations by list"
        rows={rows}
        keyOf={({ shape }) => shape}
        columns={[
          {
            name: 'List',
            cell: ({ shape }) =>
              shape === 'others' ? (
                'others'
              ) : (
                <Link
                  from="/observe/speed"
                  search={{ range, query: shape }}
                  aria-current={shape === chosen || undefined}
                  className="font-mono text-code break-all text-link hover:underline aria-current:font-bold"
                >
                  {shape}
                </Link>
              ),
          },
          { name: 'Reads', isNumber: true, cell: ({ count }) => count.toLocaleString('en') },
          ...(DURATIONS as readonly Column<Stats['queries'][number]>[]),
          { name: 'Of all time', isNumber: true, cell: ({ total_ms }) => share(total_ms, total) },
        ]}
      />
    </section>
  )
}

interface Durations {
  readonly p50_ms: number | null
  readonly p95_ms: number | null
  readonly p99_ms: number | null
}

const DURATIONS: readonly Column<Durations>[] = (
  [
    ['50 %', 'p50_ms'],
    ['95 %', 'p95_ms'],
    ['99 %', 'p99_ms'],
  ] as const
).map(([name, key]) => ({
  name,
  isNumber: true,
  cell: (row) => (
    <span className={classNames('whitespace-nowrap', (row[key] ?? 0) >= SLOW_MS && 'font-medium text-warning-text')}>
      {figure(row[key])}
    </span>
  ),
}))

const SLOW_MS = 100

function counted(count: number, className: string) {
  return count === 0 ? (
    <span className="text-text-3">0</span>
  ) : (
    <span className={className}>{count.toLocaleString('en')}</span>
  )
}

function share(part: number, total: number): string {
  const percent = total === 0 ? 0 : (100 * part) / total
  return percent > 0 && percent < 1 ? '< 1 %' : `${Math.round(percent)} %`
}
