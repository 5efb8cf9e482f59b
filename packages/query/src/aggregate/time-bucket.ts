import type { DeferredSql } from '../sql/deferred-sql'
import { bind, constant, literal, sql } from '../sql/sql-fragment'
import type { ZoneOffsets } from './zone-offsets'
import { offsetAt } from './zone-table'

export const TIME_BUCKETS = ['hour', 'day', 'week', 'month', 'year'] as const
export type TimeBucket = (typeof TIME_BUCKETS)[number]

/** Labels for strftime(); week is that of ISO 8601, whose year may differ from the calendar's. */
const FORMATS: Readonly<Record<TimeBucket, string>> = {
  hour: '%Y-%m-%dT%H',
  day: '%Y-%m-%d',
  week: '%G-W%V',
  month: '%Y-%m',
  year: '%Y',
}

/** How much of a stored timestamp is its label in UTC. */
const LENGTHS: Readonly<Partial<Record<TimeBucket, number>>> = { hour: 13, day: 10, month: 7, year: 4 }

export interface BucketOptions {
  readonly bucket: TimeBucket
  readonly zone: ZoneOffsets
  /** The column may hold what is no timestamp. */
  readonly untyped: boolean
}

/** The label of the bucket that a stored timestamp or date falls into, in a statement with the zone's table; NULL for NULL: `2026-01-31T13`, `2026-01-31`, `2026-W05`, `2026-01`, `2026`. */
export function bucketLabel(time: DeferredSql, { bucket, zone, untyped }: BucketOptions): DeferredSql {
  if (untyped) {
    // strftime() would take a number for a Julian day.
    const text = sql`CASE WHEN typeof(${time}) = 'text' THEN ${time} END`
    return once(text, (value) => labelIn(zone, bucket, value))
  }
  const isUtc = zone.first === 0 && zone.changes.length === 0
  const length = LENGTHS[bucket]
  if (isUtc && length !== undefined) return sql`substr(${time}, 1, ${constant(String(length))})`
  if (isUtc) return sql`strftime(${literal(FORMATS[bucket])}, ${time})`
  const hours = length !== undefined && bucket !== 'hour' ? commonHours(zone) : null
  return once(time, (value) => {
    const label = labelIn(zone, bucket, value)
    if (hours === null) return label
    // Half the price for most rows.
    const sameDay = sql`substr(${value}, 12, 8) BETWEEN ${bind(hours.from)} AND ${bind(hours.to)}`
    return sql`CASE WHEN ${sameDay} THEN substr(${value}, 1, ${constant(String(length))}) ELSE ${label} END`
  })
}

/** SQLite has no year 10000: `9999-12-31T23:59:59Z`, which often means never, stays in its last year in zones that are ahead. */
function labelIn(zone: ZoneOffsets, bucket: TimeBucket, time: DeferredSql): DeferredSql {
  const format = literal(FORMATS[bucket])
  return sql`ifnull(strftime(${format}, ${time}, ${offsetAt(time, zone)}), strftime(${format}, ${time}))`
}

const DAY_SECONDS = 86_400

/** The first and last second of a day in UTC between which it is the same day in the zone, with every offset that it ever has. */
function commonHours({ first, changes }: ZoneOffsets): { readonly from: string; readonly to: string } | null {
  const offsets = [first, ...changes.map(({ offset }) => offset)]
  const from = Math.max(0, -Math.min(...offsets))
  const to = DAY_SECONDS - 1 - Math.max(0, ...offsets)
  return from < to ? { from: timeOfDay(from), to: timeOfDay(to) } : null
}

function timeOfDay(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19)
}

/** Longer SQL than this is not repeated. */
const MAX_REPEATED = 80

/** A value that stands in an expression many times, computed once for each row if that takes more than reading a column. */
function once(value: DeferredSql, build: (value: DeferredSql) => DeferredSql): DeferredSql {
  if (value.params.length === 0 && value.text.length <= MAX_REPEATED) return build(value)
  const column = constant('"_koyalite_time"."at"')
  return sql`(WITH "_koyalite_time"("at") AS MATERIALIZED (SELECT ${value}) SELECT ${build(column)} FROM "_koyalite_time")`
}
