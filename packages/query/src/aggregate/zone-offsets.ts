import { zoneOffset } from '../cel/functions/cel-time'
import { FAILED } from '../cel/memory/cel-value'

/** How far a time zone is ahead of UTC, in seconds: `first`, and from each change on its own. */
export interface ZoneOffsets {
  readonly name: string
  readonly first: number
  /** By time. */
  readonly changes: readonly ZoneChange[]
}

export interface ZoneChange {
  /** As timestamps are stored. */
  readonly at: string
  readonly offset: number
}

export const UTC: ZoneOffsets = { name: 'UTC', first: 0, changes: [] }

/** Before and after these years a zone has the first and the last offset that is in its table. */
const [FROM, TO] = [Date.UTC(1900, 0, 1), Date.UTC(2100, 0, 1)]
const MAX_NAME = 64
const MAX_FIXED_MS = 86_400_000

/** The tables of the zones that were asked for, of which there are some 400. */
const tables = new Map<string, ZoneOffsets>()

/**
 * The offsets of a zone like `Europe/Paris` or `+02:00`; null if there is no such zone. As a table, in which statements look up the
 * offset of each row without calling JavaScript.
 */
export function zoneOffsets(zone: string): ZoneOffsets | null {
  if (zone.length > MAX_NAME) return null
  const now = zoneOffset(0, zone)
  if (now === FAILED) return null
  const isFixed = !/[a-z]/i.test(zone) || zone === 'Z'
  if (isFixed) return Math.abs(now) > MAX_FIXED_MS ? null : { name: zone, first: now / 1000, changes: [] }
  const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions()
  let table = tables.get(timeZone)
  if (table === undefined) {
    table = tableOf(timeZone)
    tables.set(timeZone, table)
  }
  return table
}

/** Takes a millisecond or two. */
function tableOf(zone: string): ZoneOffsets {
  const changes: ZoneChange[] = []
  const start = Temporal.Instant.fromEpochMilliseconds(FROM).toZonedDateTimeISO(zone)
  let at = start.getTimeZoneTransition('next')
  while (at !== null && at.epochMilliseconds < TO) {
    changes.push({ at: new Date(at.epochMilliseconds).toISOString(), offset: secondsOf(at) })
    at = at.getTimeZoneTransition('next')
  }
  return { name: zone, first: secondsOf(start), changes }
}

function secondsOf({ offsetNanoseconds }: Temporal.ZonedDateTime): number {
  return offsetNanoseconds / 1e9
}
