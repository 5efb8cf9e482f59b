import type { Connection } from './driver'
import { quoteName } from './quote-name'

/** How many values of a column are what. SQLite keeps any type in any column, whatever was declared. */
export interface ColumnValues {
  readonly nulls: number
  readonly integers: number
  readonly reals: number
  readonly texts: number
  readonly blobs: number
  /** Integers 0 and 1. */
  readonly bits: number
  /** Integers beyond ±(2^53 − 1). */
  readonly beyondSafe: number
  /** Texts that are valid JSON. */
  readonly json: number
  /** Texts of the form `2024-05-06T07:08:09.123Z`, and a real date. */
  readonly timestamps: number
  /** Texts that are UUIDs in lower case. */
  readonly uuids: number
  /** Texts that are in lower case, have an @ with something on each side, and no blanks. */
  readonly addresses: number
}

/** Of each column, in one scan of the table (or a few, if it has very many). */
export function columnValues(
  connection: Connection,
  table: string,
  columns: readonly string[],
): readonly ColumnValues[] {
  const counted: ColumnValues[] = []
  for (let start = 0; start < columns.length; start += COLUMNS_PER_SCAN) {
    const part = columns.slice(start, start + COLUMNS_PER_SCAN)
    const text = `SELECT ${part.flatMap((column) => COUNTS.map((count) => `count(*) FILTER (WHERE ${count(quoteName(column))})`)).join(', ')} FROM ${quoteName(table)}`
    const row = connection.prepare(text).raw(true).get([]) ?? []
    for (const [i] of part.entries()) counted.push(toValues(row.slice(i * COUNTS.length).map(Number)))
  }
  return counted
}

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
  (x) => `${isText(x)} AND json_valid(${x})`,
  (x) => `${isText(x)} AND strftime('%Y-%m-%dT%H:%M:%fZ', ${x}) IS ${x}`,
  (x) => `${isText(x)} AND ${x} GLOB '${UUID}'`,
  (x) => `${isText(x)} AND ${x} = lower(${x}) AND ${x} LIKE '_%@%_' AND ${x} NOT LIKE '% %'`,
]

function toValues(counts: readonly number[]): ColumnValues {
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
    uuids = 0,
    addresses = 0,
  ] = counts
  return { nulls, integers, reals, texts, blobs, bits, beyondSafe, json, timestamps, uuids, addresses }
}
