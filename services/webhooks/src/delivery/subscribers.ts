import type { EventSubscription, ProjectEvent, ProjectEvents, Tx } from '@koyalite/contracts'
import type { EndpointSet } from '../endpoints/endpoint-set'
import { subscriberOf } from '../operations/manage-deliveries'

export interface SubscribersOptions {
  readonly endpoints: EndpointSet
  readonly projectEvents: ProjectEvents
  readonly take: (tx: Tx, endpoint: string, event: ProjectEvent) => void
}

/** The endpoints among the subscribers of events: each has a place of its own, so that one which fails holds back no other. */
export interface Subscribers {
  /** Those that there are keep their places, though they are given nothing yet. */
  register(): void
  /** What endpoints there are, and ask for, is different. Resolves when every event from then on is delivered by that. */
  follow(): Promise<void>
  close(): Promise<void>
}

export function createSubscribers({ endpoints, projectEvents, take }: SubscribersOptions): Subscribers {
  const subscriptions = new Map<string, EventSubscription>()
  let isClosed = false

  function subscriptionOf(name: string): EventSubscription {
    const known = subscriptions.get(name)
    if (known !== undefined) return known
    const subscription = projectEvents.subscribe({
      name: subscriberOf(name),
      of: { kind: 'webhook', name },
      patterns() {
        const endpoint = endpoints.find(name)
        return endpoint === null || endpoint.disabledAt !== null ? [] : endpoint.events
      },
      deliver: (tx, event) => take(tx, name, event),
    })
    subscriptions.set(name, subscription)
    return subscription
  }

  return {
    register() {
      for (const { name } of endpoints.list()) subscriptionOf(name)
    },
    async follow() {
      if (isClosed) return
      const wanted = new Set(endpoints.list().map(({ name }) => name))
      const gone = [...subscriptions].filter(([name]) => !wanted.has(name))
      for (const [name] of gone) subscriptions.delete(name)
      await Promise.all([
        ...[...wanted].map((name) => subscriptionOf(name).changed()),
        ...gone.map(async ([, subscription]) => {
          await subscription.changed()
          await subscription.end()
        }),
      ])
    },
    async close() {
      isClosed = true
      await Promise.all([...subscriptions.values()].map((subscription) => subscription.end()))
    },
  }
}
