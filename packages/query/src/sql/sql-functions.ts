import { inexactNumbers, type SqlValue, spendWork, withWorkBudget } from '@koyalite/contracts'
import { ZONE_FUNCTION } from '../aggregate/zone-table'
import { CEL_SQL_FUNCTIONS } from '../cel/sql/cel-sql-functions'
import { jsonOfColumn } from './json-column'
import { jsonEqual } from './json-equal'
import { comparableJson } from './json-text'
import { SEARCH_FUNCTIONS } from './text-search'

/** A deterministic function that statements of this package call. */
export interface SqlFunction {
  readonly name: string
  readonly arity: number
  readonly fn: (...args: SqlValue[]) => SqlValue
}

/** Of a call from SQL: the way into JavaScript and back. Parsing JSON costs a unit for each character. */
const CALL_WORK = 50

function lengthOf(value: SqlValue): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : 1
}

/** Blobs always pass this function on their way into JSON: one that holds SQLite's binary JSON would be taken for JSON itself. */
const base64: SqlFunction = {
  name: 'koyalite_base64',
  arity: 1,
  fn: (value) => {
    if (value === null) return null
    spendWork(CALL_WORK + lengthOf(value) / 8)
    return (value instanceof Uint8Array ? value : new TextEncoder().encode(String(value))).toBase64()
  },
}

/** What documents show of a value that is none of its column's type: text and numbers as they are, blobs as base64. */
const shown: SqlFunction = {
  name: 'koyalite_shown',
  arity: 1,
  fn: (value) => {
    spendWork(CALL_WORK + lengthOf(value) / 8)
    return value instanceof Uint8Array ? value.toBase64() : value
  },
}

/** 1 where bytes are UTF-8. A text that is given to JavaScript has U+FFFD in place of others already. */
const isUtf8: SqlFunction = {
  name: 'koyalite_is_utf8',
  arity: 1,
  fn: (value) => {
    if (!(value instanceof Uint8Array)) return 1
    spendWork(CALL_WORK + value.length / 8)
    try {
      UTF8.decode(value)
      return 1
    } catch {
      return 0
    }
  },
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** 1 where two JSON texts are the same value, whatever the order of keys; null where one is null. */
const equal: SqlFunction = {
  name: 'koyalite_json_equal',
  arity: 2,
  fn: (a, b) => {
    if (a === null || b === null) return null
    return withWorkBudget(() => {
      spendWork(CALL_WORK + lengthOf(a) + lengthOf(b))
      return jsonEqual(jsonOfColumn(a, comparableJson), jsonOfColumn(b, comparableJson)) ? 1 : 0
    })
  },
}

/** 1 where a JSON text has a number that JavaScript would round. */
const inexact: SqlFunction = {
  name: 'koyalite_inexact',
  arity: 1,
  fn: (value) => {
    spendWork(CALL_WORK + lengthOf(value))
    const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value)
    try {
      JSON.parse(text)
    } catch {
      // Shown as a text anyway.
      return 0
    }
    return inexactNumbers(text).length > 0 ? 1 : 0
  },
}

/** All of them: to be registered on every connection. */
export const SQL_FUNCTIONS: readonly SqlFunction[] = [
  base64,
  shown,
  isUtf8,
  equal,
  inexact,
  ...SEARCH_FUNCTIONS,
  ...CEL_SQL_FUNCTIONS,
  ZONE_FUNCTION,
]
