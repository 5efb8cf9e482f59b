import type { MetricSource } from './metrics'

/** What is to be known of the process itself. @param loopDelay milliseconds since the last scrape */
export function processGauges(loopDelay: () => number): readonly MetricSource[] {
  const startedAt = Date.now() / 1000 - process.uptime()
  return [
    {
      name: 'process_resident_memory_bytes',
      help: 'Resident memory of the process.',
      kind: 'gauge',
      read: () => process.memoryUsage.rss(),
    },
    {
      name: 'process_heap_bytes',
      help: 'JavaScript heap in use.',
      kind: 'gauge',
      read: () => process.memoryUsage().heapUsed,
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'CPU time used, user and system.',
      kind: 'counter',
      read: () => {
        const { user, system } = process.cpuUsage()
        return (user + system) / 1e6
      },
    },
    {
      name: 'process_start_time_seconds',
      help: 'Start time of the process, in seconds since the Unix epoch.',
      kind: 'gauge',
      read: () => startedAt,
    },
    { name: 'process_uptime_seconds', help: 'Uptime of the process.', kind: 'gauge', read: () => process.uptime() },
    {
      name: 'event_loop_lag_seconds',
      help: 'Event loop delay since the last scrape, 99th percentile.',
      kind: 'gauge',
      read: () => loopDelay() / 1e3,
    },
  ]
}
