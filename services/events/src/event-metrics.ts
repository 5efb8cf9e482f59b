import type { SubscriberHealth } from '@koyalite/contracts'
import type { LabelledValue, MetricSource } from '@koyalite/kernel'
import type { Events } from './project-events'

export function eventMetrics(events: Pick<Events, 'health' | 'delivered'>): readonly MetricSource[] {
  const bySubscriber = (read: (health: SubscriberHealth) => number) => (): readonly LabelledValue[] =>
    events.health().map((health) => ({ labels: { subscriber: health.name }, value: read(health) }))
  return [
    {
      name: 'events_lag_seconds',
      help: 'Age of the first entry of the change log that a subscriber of events has yet to pass.',
      kind: 'gauge',
      read: bySubscriber(({ lagMs }) => lagMs / 1000),
    },
    {
      name: 'events_pending',
      help: 'Entries of the change log that a subscriber of events has yet to pass.',
      kind: 'gauge',
      read: bySubscriber(({ pending }) => pending),
    },
    {
      name: 'events_failing',
      help: 'Whether a subscriber of events fails to take one.',
      kind: 'gauge',
      read: bySubscriber(({ failing }) => Number(failing !== null)),
    },
    {
      name: 'events_set_aside',
      help: 'Events that a subscriber could not take in 20 tries. They are delivered again when the server starts.',
      kind: 'gauge',
      read: bySubscriber(({ setAside }) => setAside),
    },
    {
      name: 'events_delivered_total',
      help: 'Events delivered since the start.',
      kind: 'counter',
      read: () => [...events.delivered()].map(([name, value]) => ({ labels: { subscriber: name }, value })),
    },
  ]
}
