import { Link, useSearch } from '@tanstack/react-router'
import { Chart } from '../../kit/chart/chart'
import { RangeLinks } from '../../kit/chart/range-links'
import { ListTable } from '../../kit/list-table'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { secondOf } from '../../kit/times'
import { ObservePage } from './observe-page'
import { StatusText } from './status-text'
import { statsCharts, useChartActions, useMarks, useStats } from './use-stats'

/** Requests that were refused or failed, by cause. */
export function ErrorsPage() {
  const { range } = useSearch({ from: '/shell/observe/errors' })
  const { data, error, refetch } = useStats(range)
  const marks = useMarks(range)
  const { onZoom, openRequests } = useChartActions(data)
  const charts = data && statsCharts(data)
  return (
    <ObservePage title="Errors" actions={<RangeLinks range={range} />}>
      {error !== null && (
        <ErrorState what="The errors could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[480px] w-full" />}
      {data !== undefined && charts !== undefined && (
        <>
          <Chart
            title="Requests with an error"
            isStacked
            x={charts.x}
            marks={marks}
            series={[
              charts.series('refused (4xx)', ({ status }) => status['4xx'] ?? 0, { kind: 'bars', color: 3 }),
              charts.series('failed (5xx)', ({ status }) => status['5xx'] ?? 0, { kind: 'bars', color: 4 }),
            ]}
            onZoom={onZoom}
            onPoint={(index) => openRequests(charts.x.values[index] ?? 0, { status: '5xx' })}
          />
          {data.errors.length === 0 ? (
            <EmptyState title="No errors in this time">
              <p>Requests that are answered with a status from 400 on are grouped here by their cause.</p>
            </EmptyState>
          ) : (
            <ListTable
              label="Errors by cause"
              rows={data.errors.toSorted(
                (a, b) => Number(b.status >= 500) - Number(a.status >= 500) || b.count - a.count,
              )}
              keyOf={({ status, code, route }) => `${status} ${code} ${route}`}
              columns={[
                { name: 'Cause', cell: ({ status, code }) => <StatusText status={status} code={code} /> },
                {
                  name: 'Route',
                  cell: ({ route, status }) => (
                    <Link
                      to="/observe/requests"
                      search={{ route, status: String(status) }}
                      className="font-mono text-code break-all text-link hover:underline"
                    >
                      {route}
                    </Link>
                  ),
                },
                { name: 'Count', isNumber: true, cell: ({ count }) => count.toLocaleString('en') },
                { name: 'First', cell: ({ first_at }) => <Time at={first_at} /> },
                { name: 'Last', cell: ({ last_at }) => <Time at={last_at} /> },
                {
                  name: 'Example',
                  cell: ({ request_id }) => (
                    <Link
                      to="/observe/requests"
                      search={{ id: request_id }}
                      className="whitespace-nowrap text-link hover:underline"
                    >
                      Last one
                    </Link>
                  ),
                },
              ]}
            />
          )}
        </>
      )}
    </ObservePage>
  )
}

function Time({ at }: { readonly at: string }) {
  return (
    <span title={at} className="whitespace-nowrap text-text-2">
      {at.slice(5, 10)} {secondOf(at)}
    </span>
  )
}
