import { AppError, EVENT_ENTRIES, type EventReplay } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { deliverEvents } from './deliver-events'
import { collectionsOf, EventReader } from './event-reader'
import type { Shapes } from './history/document-states'
import { changeHeads, changesBySeq } from './store/changed-documents'
import { firstEntry, seqBefore } from './store/event-log'

/** Numbers of the log that are read at once. */
const STEP = 250

export interface ReplaySource {
  readonly database: Database
  readonly shapes: Shapes
  /** Up to where the subscriber was given everything; null: it is given nothing by itself. */
  readonly position: number | null
}

/** Delivers what happened from a time on, up to where the subscriber has come by itself. Returns how many events. */
export async function replayEvents(
  { database, shapes, position }: ReplaySource,
  { from, patterns, deliver }: EventReplay,
): Promise<number> {
  const last = Math.min(position ?? Number.POSITIVE_INFINITY, database.durablePosition().seq)
  const begin = firstEntry(database)
  if (begin === null) return 0
  // The log has everything since the beginning while it has number 1.
  if (begin.seq > 1 && from.getTime() < begin.at) {
    const reach = new Date(begin.at).toISOString()
    const message = `the change log reaches back to ${reach}: replay from then on, and raise database.changes.keep for more`
    throw new AppError('VALIDATION_ERROR', message, { details: [{ field: 'from', code: 'out_of_reach', message }] })
  }
  const collections = collectionsOf(patterns, [...shapes.keys()])
  const reader = new EventReader(database, shapes, patterns)
  let count = 0
  for (let first = seqBefore(database, from.getTime(), { first: begin.seq, last }) + 1; first <= last; first += STEP) {
    const range = { first, last: Math.min(last, first + STEP - 1) }
    const heads = changeHeads(database, range, [...collections, EVENT_ENTRIES])
    const events = await reader.events(
      changesBySeq(
        database,
        heads.map(({ seq }) => seq),
      ),
    )
    await deliverEvents(database, events, { deliver })
    count += events.length
    await new Promise(setImmediate)
  }
  return count
}
