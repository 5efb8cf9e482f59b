import { type EventSubscriber, matchesEvent } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { listUndelivered, removeUndelivered } from './store/undelivered-events'

/**
 * Delivers once more what was set aside: another version of the server may be able to. What still fails stays where it is; what no pattern names any more is
 * removed.
 */
export async function redeliver(
  database: Pick<Database, 'write' | 'get' | 'all'>,
  subscriber: EventSubscriber,
  patterns: readonly string[],
): Promise<void> {
  for (const one of listUndelivered(database, subscriber.name)) {
    const isWanted = patterns.some((pattern) => matchesEvent(pattern, one.event.type))
    await database.write((tx) => {
      try {
        if (isWanted) tx.attempt(() => subscriber.deliver(tx, one.event))
      } catch {
        // It is still listed, with the error that set it aside.
        return
      }
      removeUndelivered(tx, one)
    })
  }
}
