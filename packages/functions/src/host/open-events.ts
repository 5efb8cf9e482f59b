import type { Events } from '../event-types'
import type { PartClient } from './open-part'

/** @param path that events are sent to: of `ctx.events`, or of a transaction */
export function openEvents(client: PartClient, path: string): Events {
  return {
    async publish(type, data = null) {
      await client.request('POST', path, { body: { type, data } })
    },
  }
}
