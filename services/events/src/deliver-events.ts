import type { ProjectEvent, Tx } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import type { ReadEvent } from './event-reader'

/** So long one transaction delivers: others write between two of them. */
const SLICE_MS = 4

/** An event that could not be delivered. */
export class DeliveryFailed extends Error {
  override readonly name = 'DeliveryFailed'
  readonly event: ProjectEvent
  /** Of its entry of the change log. */
  readonly seq: number

  constructor({ seq, event }: ReadEvent, cause: unknown) {
    super(`${event.type} ${event.id}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.event = event
    this.seq = seq
  }
}

/**
 * Delivers events in order, in transactions of a few milliseconds.
 * @param delivered called in each of them, with the last one
 * @throws DeliveryFailed; those before it are delivered, and it has changed nothing
 */
export async function deliverEvents(
  database: Pick<Database, 'write'>,
  events: readonly ReadEvent[],
  {
    deliver,
    delivered = () => {},
  }: {
    readonly deliver: (tx: Tx, event: ProjectEvent) => void
    readonly delivered?: (tx: Tx, last: ReadEvent) => void
  },
): Promise<void> {
  for (let start = 0; start < events.length; ) {
    const { value } = await database.write((tx) => {
      const end = performance.now() + SLICE_MS
      // A write may run more than once, each time from its beginning.
      let next = start
      let failed: DeliveryFailed | null = null
      do {
        failed = attempt(tx, events[next] as ReadEvent, deliver)
        if (failed === null) next++
      } while (failed === null && next < events.length && performance.now() < end)
      if (next > start) delivered(tx, events[next - 1] as ReadEvent)
      return { next, failed }
    })
    if (value.failed !== null) throw value.failed
    start = value.next
  }
}

function attempt(tx: Tx, read: ReadEvent, deliver: (tx: Tx, event: ProjectEvent) => void): DeliveryFailed | null {
  try {
    tx.attempt(() => deliver(tx, read.event))
    return null
  } catch (error) {
    return new DeliveryFailed(read, error)
  }
}
