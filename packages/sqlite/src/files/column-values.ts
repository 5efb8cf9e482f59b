import { type ForeignValues, quoteName } from '@koyalite/contracts'
import type { Connection } from '../driver/driver'

/** Of each column, in one scan of the table (or a few, if it has very many). */
export function columnValues(
  connection: Connection,
  table: string,
  columns: readonly string[],
): readonly ForeignValues[] {
  const counted: ForeignValues[] = []
  for (let start = 0; start < columns.length; start += COLUMNS_PER_SCAN) {
    const part = columns.slice(start, start + COLUMNS_PER_SCAN)
    const text = `SELECT ${part.flatMap((column) => COUNTS.map((count) => `count(*) FILTER (WHERE ${count(quoteName(column))})`)).join(', ')} FROM ${quoteName(table)}`
    const row = connection.prepare(text).raw(true).get([]) ?? []
    for (const [i] of part.entries()) counted.push(toValues(row.slice(i * COUNTS.length).map(Number)))
  }
  return counted
}

/** Those of a column that cannot be looked at. */
export const NO_VALUES: ForeignValues = toValues([])

/** A result has at most 2000 columns. */
const COLUMNS_PER_SCAN = 100

const HEX = '[0-9a-f]'
const UUID = [8, 4, 4, 4, 12].map((length) => HEX.repeat(length)).join('-')
const isText = (x: string) => `typeof(${x}) = 'text'`

/** In the order of `toValues`. */
const COUNTS: readonly ((column: string) => string)[] = [
  (x) => `${x} IS NULL`,
  (x) => `typeof(${x}) = 'integer'`,
  (x) => `typeof(${x}) = 'real'`,
  isText,
  (x) => `typeof(${x}) = 'blob'`,
  (x) => `typeof(${x}) = 'integer' AND ${x} IN (0, 1)`,
  (x) => `typeof(${x}) = 'integer' AND (${x} > 9007199254740991 OR ${x} < -9007199254740991)`,
  (x) => `typeof(${x}) <> 'blob' AND json_valid(${x})`,
  (x) => `${isText(x)} AND strftime('%Y-%m-%dT%H:%M:%fZ', ${x}) IS ${x}`,
  (x) => `${isText(x)} AND date(${x}) IS ${x} AND ${x} >= '0001'`,
  (x) => `${isText(x)} AND ${x} GLOB '${UUID}'`,
  (x) => `${isText(x)} AND ${x} = lower(${x}) AND ${x} LIKE '_%@%_' AND ${x} NOT LIKE '% %'`,
]

function toValues(counts: readonly number[]): ForeignValues {
  const [
    nulls = 0,
    integers = 0,
    reals = 0,
    texts = 0,
    blobs = 0,
    bits = 0,
    beyondSafe = 0,
    json = 0,
    timestamps = 0,
    dates = 0,
    uuids = 0,
    addresses = 0,
  ] = counts
  return { nulls, integers, reals, texts, blobs, bits, beyondSafe, json, timestamps, dates, uuids, addresses }
}
