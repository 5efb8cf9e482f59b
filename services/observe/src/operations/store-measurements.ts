import type { Database } from '@koyalite/sqlite'
import { type MeasuredTime, mergeProcesses, mergeTimes } from '../measurements/measured-time'
import { MINUTE_MS } from '../measurements/measuring'
import { deleteMeasurements, findMeasurement, putMeasurement, type StoredMeasurement } from '../store/measurements'

/** Minutes are kept for a day and a bit: the last day of a page that has been open for two hours is whole. */
export const FINE = { step: MINUTE_MS, keep: 26 * 60 * MINUTE_MS } as const
/** Tens of minutes, for a week and a bit. */
export const COARSE = { step: 10 * MINUTE_MS, keep: (7 * 24 + 2) * 60 * MINUTE_MS } as const

/** What several processes measured, one value a minute. */
export function byMinute(measured: readonly MeasuredTime[]): readonly MeasuredTime[] {
  const minutes = Map.groupBy(measured, ({ at }) => at)
  return [...minutes.values()].map((parts) => mergeProcesses(parts)).toSorted((a, b) => a.at - b.at)
}

/**
 * Adds minutes to those that are stored, and removes what is old. Minutes in which nobody asked for anything are left out: a server that
 * is idle writes nothing.
 */
export async function storeMeasurements(
  database: Pick<Database, 'write' | 'get' | 'all'>,
  measured: readonly MeasuredTime[],
  now: number,
): Promise<number> {
  const minutes = byMinute(measured).filter(isBusy)
  if (minutes.length === 0) return 0
  await database.write((tx) => {
    for (const { step, keep } of [FINE, COARSE]) {
      const groups = Map.groupBy(minutes, ({ at }) => Math.floor(at / step) * step)
      for (const [at, added] of groups) {
        const known = findMeasurement(tx, step, at)
        const all = known === null ? added : [known, ...added]
        putMeasurement(tx, { step, measured: { ...mergeTimes(all), at } } satisfies StoredMeasurement)
      }
      deleteMeasurements(tx, step, now - keep)
    }
  })
  return minutes.length
}

function isBusy({ requests, queries, gauges }: MeasuredTime): boolean {
  return requests.count > 0 || queries.length > 0 || (gauges.sockets ?? 0) > 0
}
