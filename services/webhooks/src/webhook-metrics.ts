import type { MetricSource } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import type { Endpoint } from './endpoints/endpoint'
import type { EndpointSet } from './endpoints/endpoint-set'
import { oldestWaiting } from './store/deliveries'
import { findEndpointRow } from './store/endpoint-rows'

/** How much waits for which endpoint, and for how long. */
export function webhookMetrics({
  endpoints,
  database,
  counts,
  now,
}: {
  readonly endpoints: EndpointSet
  readonly database: Database
  readonly counts: { readonly delivered: number; readonly failed: number }
  readonly now: () => number
}): readonly MetricSource[] {
  const each = (value: (endpoint: Endpoint) => number) => () =>
    endpoints.list().map((endpoint) => ({ labels: { endpoint: endpoint.name }, value: value(endpoint) }))
  return [
    {
      name: 'webhook_attempts_total',
      help: 'Attempts to deliver events to endpoints of webhooks.',
      kind: 'counter',
      read: () => [
        { labels: { outcome: 'delivered' }, value: counts.delivered },
        { labels: { outcome: 'failed' }, value: counts.failed },
      ],
    },
    {
      name: 'webhook_waiting',
      help: 'Events that wait for an endpoint.',
      kind: 'gauge',
      read: each(({ name }) => findEndpointRow(database, name)?.waiting ?? 0),
    },
    {
      name: 'webhook_oldest_waiting_seconds',
      help: 'Age of the event that has waited longest for an endpoint.',
      kind: 'gauge',
      read: each(({ name }) => {
        const at = oldestWaiting(database, name)
        return at === null ? 0 : Math.max(0, now() - at) / 1000
      }),
    },
    {
      name: 'webhook_disabled',
      help: 'Whether an endpoint is disabled: 1, or 0.',
      kind: 'gauge',
      read: each(({ disabledAt }) => (disabledAt === null ? 0 : 1)),
    },
    {
      name: 'webhook_skipped_total',
      help: 'Events that were not sent since the condition of their endpoint failed on them.',
      kind: 'counter',
      read: each(({ skipped }) => skipped),
    },
  ]
}
