import type { Database } from '@koyalite/sqlite'
import { deleteFinished, deleteOfEndpoint, endpointsWithDeliveries } from './store/deliveries'
import { findEndpointRow } from './store/endpoint-rows'

/** Deliveries that one write removes: a few milliseconds. */
const STEP = 500

/** Removes what is over since before a time, and what was for endpoints that there are no longer. @returns how many */
export async function pruneDeliveries(
  database: Database,
  { before, signal }: { readonly before: number; readonly signal: AbortSignal },
): Promise<number> {
  const gone = endpointsWithDeliveries(database).filter((name) => findEndpointRow(database, name) === null)
  const works = [
    (tx: Parameters<typeof deleteFinished>[0]) => deleteFinished(tx, before, STEP),
    ...gone.map((name) => (tx: Parameters<typeof deleteFinished>[0]) => deleteOfEndpoint(tx, name, STEP)),
  ]
  let sum = 0
  for (const work of works) {
    let removed = STEP
    while (removed === STEP && !signal.aborted) {
      removed = (await database.write(work)).value
      sum += removed
    }
  }
  return sum
}
