import { NOW_SQL } from '../ddl'
import type { FieldType } from '../model'

/** How stored values of one type become those of another. `fits` is true, in SQL, for the values that can. */
export interface Conversion {
  readonly value: string
  readonly fits?: string
}

/** The conversion of a column (a quoted name), or undefined where only the author can say what the values shall become. */
export function convertType(from: FieldType, to: FieldType, column: string): Conversion | undefined {
  if (from === to) return { value: column }
  return CONVERSIONS[from][to]?.(column)
}

type Convert = (column: string) => Conversion

const same: Convert = (x) => ({ value: x })
const asText: Convert = (x) => ({ value: `CAST(${x} AS TEXT)` })
const boolText: Convert = (x) => ({ value: `CASE ${x} WHEN 0 THEN 'false' ELSE 'true' END` })
const quoted: Convert = (x) => ({ value: `json_quote(${x})` })
const canonicalTime: Convert = (x) => ({ value: x, fits: `${NOW_SQL.replace("'now'", x)} IS ${x}` })
/** Only texts that are a real day already: SQLite reads other forms, and moves 02-30 into March. */
const canonicalDate: Convert = (x) => ({ value: x, fits: `(date(${x}) IS ${x} AND ${x} >= '0001')` })
/** Not at another time of the day, which would be lost. */
const midnight: Convert = (x) => ({ value: `substr(${x}, 1, 10)`, fits: `substr(${x}, 11) = '${MIDNIGHT}'` })
const uuidText: Convert = (x) => ({ value: `lower(${x})`, fits: `lower(${x}) GLOB '${UUID_GLOB}'` })
const wholeText: Convert = (x) => ({
  value: `CAST(${x} AS INTEGER)`,
  fits: `CAST(CAST(${x} AS INTEGER) AS TEXT) = ${x}`,
})
const unquoted: Convert = (x) => ({ value: `CASE json_type(${x}) WHEN 'text' THEN ${x} ->> '$' ELSE ${x} END` })

const MIDNIGHT = 'T00:00:00.000Z'
const HEX = '[0-9a-f]'
const UUID_GLOB = [8, 4, 4, 4, 12].map((length) => HEX.repeat(length)).join('-')

const fromText: Partial<Record<FieldType, Convert>> = {
  string: same,
  text: same,
  uuid: uuidText,
  timestamp: canonicalTime,
  date: canonicalDate,
  int: wholeText,
  json: quoted,
}

const CONVERSIONS: Readonly<Record<FieldType, Partial<Record<FieldType, Convert>>>> = {
  string: fromText,
  text: fromText,
  uuid: { string: same, text: same, json: quoted },
  timestamp: { string: same, text: same, date: midnight, json: quoted },
  date: { string: same, text: same, timestamp: (x) => ({ value: `(${x} || '${MIDNIGHT}')` }), json: quoted },
  int: {
    float: (x) => ({ value: `CAST(${x} AS REAL)` }),
    bool: (x) => ({ value: x, fits: `${x} IN (0, 1)` }),
    string: asText,
    text: asText,
    json: asText,
  },
  float: {
    int: (x) => ({
      value: `CAST(${x} AS INTEGER)`,
      fits: `${x} = CAST(${x} AS INTEGER) AND abs(${x}) <= 9007199254740991`,
    }),
    string: asText,
    text: asText,
    json: asText,
  },
  bool: {
    int: same,
    float: (x) => ({ value: `CAST(${x} AS REAL)` }),
    string: boolText,
    text: boolText,
    json: boolText,
  },
  json: { string: unquoted, text: unquoted },
  blob: {},
}
