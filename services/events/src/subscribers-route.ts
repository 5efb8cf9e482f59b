import { admin } from '@koyalite/access'
import { type Route, route } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { z } from 'zod'
import { EVENTS_AREA } from './admin-areas'
import type { Events } from './project-events'
import type { SubscriberStatus } from './subscription'

const subscriber = z.object({
  name: z.string(),
  kind: z.enum(['functions', 'webhook']).nullable(),
  endpoint: z.string().nullable().describe('Of a webhook: its name.'),
  patterns: z.array(z.string()).describe('Of the events that it is given.'),
  state: z
    .enum(['live', 'retrying', 'broken'])
    .describe('broken: events were lost to it, since it was too far behind.'),
  position: z.int().describe('Up to this number of the change log it was given everything.'),
  pending: z.int().describe('Entries of the change log that it has yet to pass.'),
  lag_ms: z.int().describe('How old the first of them is.'),
  delivered: z.int().describe('Events since the start of the server.'),
  set_aside: z
    .int()
    .describe('Events that it could not be given in 20 tries. They are delivered again when the server starts.'),
  failing: z
    .object({ event: z.string(), error: z.string(), since: z.iso.datetime() })
    .nullable()
    .describe('The event that cannot be delivered: those after it wait.'),
})

/** Who is given events, and how far they are. */
export function subscribersRoute(events: Pick<Events, 'health'>, database: Pick<Database, 'durablePosition'>): Route {
  return route({
    method: 'GET',
    path: '/api/admin/events/subscribers',
    name: 'listEventSubscribers',
    summary: 'List who is given events, and how far they are',
    access: admin(EVENTS_AREA, 'read'),
    responses: {
      200: z.object({
        head: z.int().describe('The last number of the change log.'),
        subscribers: z.array(subscriber),
      }),
    },
    handle: () => ({ head: database.durablePosition().seq, subscribers: events.health().map(view) }),
  })
}

function view({ of, lagMs, failing, name, state, ...rest }: SubscriberStatus): z.output<typeof subscriber> {
  const { patterns, position, pending, delivered, setAside } = rest
  return {
    ...{ name, state, patterns: [...patterns], position, pending, delivered, set_aside: setAside },
    kind: of?.kind ?? null,
    endpoint: of?.kind === 'webhook' ? of.name : null,
    lag_ms: Math.round(lagMs),
    failing: failing && { ...failing, since: failing.since.toISOString() },
  }
}
