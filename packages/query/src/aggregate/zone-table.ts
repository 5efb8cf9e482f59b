import type { DeferredSql } from '../sql/deferred-sql'
import { bind, columnOf, constant, identifier, join, literal, sql } from '../sql/sql-fragment'
import type { SqlFunction } from '../sql/sql-functions'
import { type ZoneOffsets, zoneOffsets } from './zone-offsets'

const TABLE = '_koyalite_zone'

/**
 * The offsets of a zone as a common table expression, for statements with an `offsetAt`; null where the offset never changes. A row has a
 * year, and until when which offset holds in it. The zone is a parameter, so that one statement serves all of them.
 */
export function zoneTable(zone: ZoneOffsets): DeferredSql | null {
  const { width } = yearsOf(zone)
  if (width === 0) return null
  const names = ['year', ...periods(width).flatMap((n) => [`until${n}`, `offset${n}`]), 'last']
  const values = names.map((_, index) => constant(`"value" ->> ${index}`))
  return sql`${identifier(TABLE)}(${join(names.map(identifier), ', ')}) AS MATERIALIZED (SELECT ${join(values, ', ')} FROM json_each(koyalite_zone(${bind(zone.name)})))`
}

/** The modifier that moves a time, which stands in the SQL several times, from UTC into the zone. */
export function offsetAt(time: DeferredSql, zone: ZoneOffsets): DeferredSql {
  const { width } = yearsOf(zone)
  if (width === 0) return bind(modifier(zone.first))
  const column = (name: string) => columnOf(TABLE, name)
  const cases = periods(width).map((n) => sql`WHEN ${time} < ${column(`until${n}`)} THEN ${column(`offset${n}`)}`)
  const year = sql`max(${literal(FIRST_YEAR)}, min(${literal(LAST_YEAR)}, substr(${time}, 1, 4)))`
  return sql`(SELECT CASE ${join(cases, ' ')} ELSE ${column('last')} END FROM ${identifier(TABLE)} WHERE ${column('year')} = ${year})`
}

/** Called once in a statement. */
export const ZONE_FUNCTION: SqlFunction = {
  name: 'koyalite_zone',
  arity: 1,
  fn: (name) => {
    const zone = zoneOffsets(String(name))
    return zone && yearsOf(zone).rows
  },
}

/** The years before and after all changes that are known. */
const [FIRST_YEAR, LAST_YEAR] = ['1899', '2100']

interface Years {
  /** Changes in a year at most. */
  readonly width: number
  /** JSON. */
  readonly rows: string
}

const known = new WeakMap<ZoneOffsets, Years>()

function yearsOf(zone: ZoneOffsets): Years {
  let years = known.get(zone)
  if (years === undefined) {
    years = createYears(zone)
    known.set(zone, years)
  }
  return years
}

function createYears({ first, changes }: ZoneOffsets): Years {
  const byYear = Map.groupBy(changes, ({ at }) => at.slice(0, 4))
  const width = Math.max(0, ...[...byYear.values()].map(({ length }) => length))
  const rows: (readonly string[])[] = []
  let offset = first
  for (let year = Number(FIRST_YEAR); year <= Number(LAST_YEAR); year++) {
    const row = [String(year)]
    const ofYear = byYear.get(String(year)) ?? []
    for (const { at, offset: next } of ofYear) {
      row.push(at, modifier(offset))
      offset = next
    }
    // No time is before the empty text.
    for (let n = ofYear.length; n < width; n++) row.push('', '')
    rows.push([...row, modifier(offset)])
  }
  return { width, rows: JSON.stringify(rows) }
}

function periods(width: number): readonly number[] {
  return Array.from({ length: width }, (_, index) => index + 1)
}

function modifier(seconds: number): string {
  return `${seconds < 0 ? '' : '+'}${seconds} seconds`
}
