import { useSearch } from '@tanstack/react-router'
import { Chart } from '../../kit/chart/chart'
import { RangeLinks } from '../../kit/chart/range-links'
import { durationText, sizeText } from '../../kit/quantities'
import { ErrorState, Skeleton } from '../../kit/states'
import { CollectionSizes } from './collection-sizes'
import { Charts, Figures, ObservePage } from './observe-page'
import { statsCharts, useChartActions, useMarks, useStats } from './use-stats'

/** The database and what it needs: size, write-ahead log, the writer's queue, memory. */
export function StoragePage() {
  const { range } = useSearch({ from: '/shell/observe/storage' })
  const { data, error, refetch } = useStats(range)
  const marks = useMarks(range)
  const { onZoom, openRequests } = useChartActions(data)
  const charts = data && statsCharts(data)
  const gauges = data?.points.findLast((point) => point.gauges.memory_bytes !== undefined)?.gauges
  const size = (bytes: number | undefined) => (bytes === undefined ? '–' : sizeText(bytes))
  return (
    <ObservePage title="Storage and load" actions={<RangeLinks range={range} />}>
      {error !== null && (
        <ErrorState what="What was measured could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[640px] w-full" />}
      {data !== undefined && (
        <Figures
          figures={[
            ['Database', size(gauges?.database_bytes)],
            ['Write-ahead log', size(gauges?.wal_bytes)],
            ['Memory of the server', size(gauges?.memory_bytes)],
            ['Writes in this time', data.total.writes.toLocaleString('en')],
          ]}
        />
      )}
      {charts !== undefined && (
        <Charts>
          <Chart
            title="Database"
            group="storage"
            x={charts.x}
            marks={marks}
            format={sizeText}
            series={[charts.series('size', (point) => point.gauges.database_bytes, { kind: 'area' })]}
            onZoom={onZoom}
          />
          <Chart
            title="Write-ahead log"
            group="storage"
            x={charts.x}
            format={sizeText}
            series={[charts.series('size, at most', (point) => point.gauges.wal_bytes, { kind: 'area', color: 2 })]}
            onZoom={onZoom}
          />
          <Chart
            title="Writes"
            group="storage"
            x={charts.x}
            isStacked
            series={[
              charts.series('stored', ({ writes }) => writes, { kind: 'bars' }),
              charts.series('failed', ({ failed_writes }) => failed_writes, { kind: 'bars', color: 4 }),
            ]}
            onZoom={onZoom}
            onPoint={(index) => openRequests(charts.x.values[index] ?? 0)}
          />
          <Chart
            title="What 95 % of writes wait for"
            group="storage"
            x={charts.x}
            format={durationText}
            series={[
              charts.series('their turn', ({ write_wait_ms }) => write_wait_ms),
              charts.series('the disk', ({ sync_ms }) => sync_ms),
            ]}
            onZoom={onZoom}
          />
          <Chart
            title="Waiting"
            group="storage"
            x={charts.x}
            series={[
              charts.series('writes', (point) => point.gauges.writes_waiting),
              charts.series('long reads', (point) => point.gauges.reads_waiting),
            ]}
            onZoom={onZoom}
          />
          <Chart
            title="Processes for long reads"
            group="storage"
            x={charts.x}
            series={[charts.series('processes', (point) => point.gauges.readers, { color: 5 })]}
            onZoom={onZoom}
          />
          <Chart
            title="Memory"
            group="storage"
            x={charts.x}
            format={sizeText}
            series={[
              charts.series('all processes of the server', (point) => point.gauges.memory_bytes, {
                kind: 'area',
                color: 6,
              }),
            ]}
            onZoom={onZoom}
          />
          <Chart
            title="Event loop delay"
            group="storage"
            x={charts.x}
            format={durationText}
            series={[charts.series('99 % within', (point) => point.gauges.loop_delay_ms, { color: 3 })]}
            onZoom={onZoom}
          />
        </Charts>
      )}
      <CollectionSizes />
    </ObservePage>
  )
}
