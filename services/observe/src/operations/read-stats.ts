import type { Database } from '@koyalite/sqlite'
import { type MeasuredTime, mergeTimes } from '../measurements/measured-time'
import { listMeasurements } from '../store/measurements'
import { byMinute, COARSE, FINE } from './store-measurements'

export interface AskedTime {
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
  /** Milliseconds of each point: minutes, or tens of minutes. */
  readonly step: number
}

export interface ReadStats {
  /** In order; times of which nothing is known are left out. */
  readonly points: readonly MeasuredTime[]
  /** All of it; null where nothing is known. */
  readonly whole: MeasuredTime | null
}

/** Rows that are read and made plain at a time: some milliseconds. */
const PORTION = 20
/** Points that are added up at a time. */
const MERGED = 8

/** What was measured in a time, stored or not yet. @param recent what the processes still have */
export async function readStats(
  database: Pick<Database, 'all' | 'get'>,
  { from, to, step }: AskedTime,
  recent: readonly MeasuredTime[],
): Promise<ReadStats> {
  const { step: stored } = step % COARSE.step === 0 ? COARSE : FINE
  const groups = new Map<number, MeasuredTime[]>()
  const add = (measured: MeasuredTime) => {
    if (measured.at + stored <= from || measured.at >= to) return
    const at = Math.floor(measured.at / step) * step
    const group = groups.get(at)
    if (group === undefined) groups.set(at, [measured])
    else group.push(measured)
  }
  for (let next = from - stored + 1; ; ) {
    const portion = listMeasurements(database, stored, next, PORTION)
    for (const measured of portion) add(measured)
    const last = portion.at(-1)
    if (portion.length < PORTION || last === undefined || last.at >= to) break
    next = last.at + 1
    // Others want the event loop too.
    await new Promise(setImmediate)
  }
  for (const minute of byMinute(recent)) add(minute)
  const points: MeasuredTime[] = []
  /** Of the whole time, added up on the way. */
  const sums: MeasuredTime[] = []
  for (const [at, parts] of [...groups].toSorted(([a], [b]) => a - b)) {
    points.push({ ...mergeTimes(parts), at })
    if (points.length % MERGED !== 0) continue
    sums.push(mergeTimes(points.slice(-MERGED)))
    await new Promise(setImmediate)
  }
  const rest = points.slice(sums.length * MERGED)
  return { points, whole: points.length === 0 ? null : mergeTimes([...sums, ...rest]) }
}

/** How long a point is by default: about 60 to 170 of them. */
export function stepFor(from: number, to: number): number {
  const length = to - from
  if (length <= 2 * 3_600_000) return FINE.step
  if (length <= 30 * 3_600_000) return COARSE.step
  return 6 * COARSE.step
}
