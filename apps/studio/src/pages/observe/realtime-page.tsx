import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Chart } from '../../kit/chart/chart'
import { RangeLinks } from '../../kit/chart/range-links'
import { sizeText } from '../../kit/quantities'
import { ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { Charts, Figures, ObservePage } from './observe-page'
import { statsCharts, useChartActions, useMarks, useStats } from './use-stats'

const EVERY_MS = 2_000

/** Live queries: who follows what, and how far behind they are. */
export function RealtimePage() {
  const { admin } = useSession()
  const { range } = useSearch({ from: '/shell/observe/realtime' })
  const now = useQuery({
    queryKey: ['realtime'],
    queryFn: () => admin.getRealtimeStats(),
    refetchInterval: EVERY_MS,
  })
  const { data, error, refetch } = useStats(range)
  const marks = useMarks(range)
  const { onZoom } = useChartActions(data)
  const charts = data && statsCharts(data)
  return (
    <ObservePage title="Realtime" actions={<RangeLinks range={range} />}>
      {error !== null && (
        <ErrorState what="What was measured could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {(data === undefined || now.data === undefined) && error === null && <Skeleton className="h-[480px] w-full" />}
      {now.data !== undefined && (
        <Figures
          figures={[
            ['Connections now', now.data.connections.toLocaleString('en')],
            ['Subscriptions', now.data.subscriptions.toLocaleString('en')],
            ['Evaluated together as', now.data.groups.toLocaleString('en')],
            ['Messages since the start', now.data.delivered.toLocaleString('en')],
            ['Changes not yet delivered', now.data.lag.toLocaleString('en')],
          ]}
        />
      )}
      {now.data?.connections === 0 && (
        <div className="flex flex-col gap-2 text-text-2">
          <p>Nobody follows anything now. A list is followed like this:</p>
          <pre className="rounded-panel bg-sunken px-4 py-3 font-mono text-code break-all whitespace-pre-wrap text-text">
            curl -N {location.origin}/api/collections/posts/live
          </pre>
        </div>
      )}
      {charts !== undefined && (
        <Charts>
          <Chart
            title="Connections"
            group="realtime"
            x={charts.x}
            marks={marks}
            series={[charts.series('sockets and streams', ({ gauges }) => gauges.sockets, { kind: 'area' })]}
            onZoom={onZoom}
          />
          <Chart
            title="Subscriptions"
            group="realtime"
            x={charts.x}
            series={[charts.series('subscriptions', ({ gauges }) => gauges.subscriptions, { kind: 'area', color: 2 })]}
            onZoom={onZoom}
          />
          <Chart
            title="Changes not yet delivered"
            group="realtime"
            x={charts.x}
            series={[charts.series('changes, at most', ({ gauges }) => gauges.live_lag, { color: 3 })]}
            onZoom={onZoom}
          />
          <Chart
            title="Memory of live queries"
            group="realtime"
            x={charts.x}
            format={sizeText}
            series={[charts.series('estimated', ({ gauges }) => gauges.live_memory_bytes, { kind: 'area', color: 5 })]}
            onZoom={onZoom}
          />
        </Charts>
      )}
    </ObservePage>
  )
}
