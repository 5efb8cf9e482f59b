import { inexactNumbers, numberFidelity } from '@koyalite/contracts'
import type { JsonValue } from '@koyalite/schema'

/**
 * The value of a JSON text, for comparing: integers that no JavaScript number can hold are bigints, as they are integers of 64 bits in SQLite, and equal nothing
 * else. Beyond those SQLite has reals too.
 */
export function comparableJson(text: string): JsonValue {
  if (inexactNumbers(text).length === 0) return JSON.parse(text) as JsonValue
  const revive = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
    const source = context?.source
    if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value
    if (!/^-?\d+$/.test(source) || numberFidelity(source) === 'exact') return value
    const integer = BigInt(source)
    return BigInt.asIntN(64, integer) === integer && BigInt(value) !== integer ? integer : value
  }
  // The third argument of a reviver is in the specification, but not in TypeScript's library yet.
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as JsonValue
}

/** The texts of a list's elements, as they stand in it; null if the text is not a list. @param text valid JSON */
export function jsonElements(text: string): readonly string[] | null {
  const list = text.trim()
  if (!list.startsWith('[')) return null
  const elements: string[] = []
  let depth = 0
  let start = 1
  const take = (end: number): void => {
    const element = list.slice(start, end).trim()
    // A comma has something on both of its sides; an empty list has nothing at all.
    if (element !== '') elements.push(element)
    start = end + 1
  }
  for (let at = 0; at < list.length; at++) {
    switch (list.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(list, at)
        break
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth++
        break
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        if (--depth === 0) take(at)
        break
      case COMMA:
        if (depth === 1) take(at)
        break
    }
  }
  return elements
}

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Of the closing quote. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at
  }
}
