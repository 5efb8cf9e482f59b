import { BOOL_TYPE, type CelType, scalarType } from './cel-type'
import { type CelValue, FAILED, isList, type Result } from './cel-value'
import type { FunctionDefinition } from './function-definition'
import { matchesPattern } from './regular-expression'

const STRING = scalarType('string')
const INT = scalarType('int')
const STRINGS: CelType = { kind: 'list', element: STRING }

/** The functions over strings: the standard ones and CEL's strings extension. Positions count code points. */
export const TEXT_FUNCTIONS = {
  contains: textTest((text, part) => text.includes(part)),
  startsWith: textTest((text, prefix) => text.startsWith(prefix)),
  endsWith: textTest((text, suffix) => text.endsWith(suffix)),
  matches: { ...textTest(matchesPattern), call: 'either' },
  lowerAscii: textChange((text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  upperAscii: textChange((text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  trim: textChange((text) => text.replace(/^[\p{White_Space}]+|[\p{White_Space}]+$/gu, '')),
  reverse: textChange((text) => Array.from(text).reverse().join('')),
  charAt: {
    call: 'method',
    overloads: [{ params: ['string', 'int'], result: STRING }],
    evaluate([text, at]) {
      if (typeof text !== 'string' || typeof at !== 'bigint') return FAILED
      const points = Array.from(text)
      return at < 0n || at > points.length ? FAILED : (points[Number(at)] ?? '')
    },
  },
  substring: {
    call: 'method',
    overloads: [
      { params: ['string', 'int'], result: STRING },
      { params: ['string', 'int', 'int'], result: STRING },
    ],
    evaluate([text, from, to]) {
      if (typeof text !== 'string' || typeof from !== 'bigint') return FAILED
      const points = Array.from(text)
      const end = to === undefined ? BigInt(points.length) : to
      if (typeof end !== 'bigint' || from < 0n || end < from || end > points.length) return FAILED
      return points.slice(Number(from), Number(end)).join('')
    },
  },
  indexOf: textPosition((points, part, from) => {
    for (let at = from; at + part.length <= points.length; at++) if (standsAt(points, part, at)) return at
    return -1
  }, 0),
  lastIndexOf: textPosition((points, part, from) => {
    for (let at = Math.min(from, points.length - part.length); at >= 0; at--) if (standsAt(points, part, at)) return at
    return -1
  }, Number.MAX_SAFE_INTEGER),
  replace: {
    call: 'method',
    overloads: [
      { params: ['string', 'string', 'string'], result: STRING },
      { params: ['string', 'string', 'string', 'int'], result: STRING },
    ],
    evaluate([text, from, to, limit = -1n]) {
      if (typeof text !== 'string' || typeof from !== 'string' || typeof to !== 'string') return FAILED
      return typeof limit === 'bigint' ? replaceText(text, from, to, limit) : FAILED
    },
  },
  split: {
    call: 'method',
    overloads: [
      { params: ['string', 'string'], result: STRINGS },
      { params: ['string', 'string', 'int'], result: STRINGS },
    ],
    evaluate([text, separator, limit = -1n]) {
      if (typeof text !== 'string' || typeof separator !== 'string' || typeof limit !== 'bigint') return FAILED
      return splitText(text, separator, limit)
    },
  },
  join: {
    call: 'method',
    overloads: [
      { params: ['list'], result: STRING },
      { params: ['list', 'string'], result: STRING },
    ],
    evaluate([list, separator = '']) {
      if (list === undefined || !isList(list) || typeof separator !== 'string') return FAILED
      return list.every((item) => typeof item === 'string') ? list.join(separator) : FAILED
    },
  },
} as const satisfies Record<string, FunctionDefinition>

/** The length in code points. */
export function countCodePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function textTest(test: (text: string, argument: string) => Result): FunctionDefinition {
  return {
    call: 'method',
    overloads: [{ params: ['string', 'string'], result: BOOL_TYPE }],
    evaluate: ([text, argument]) =>
      typeof text === 'string' && typeof argument === 'string' ? test(text, argument) : FAILED,
  }
}

function textChange(change: (text: string) => string): FunctionDefinition {
  return {
    call: 'method',
    overloads: [{ params: ['string'], result: STRING }],
    evaluate: ([text]) => (typeof text === 'string' ? change(text) : FAILED),
  }
}

type Search = (points: readonly string[], part: readonly string[], from: number) => number

function textPosition(search: Search, start: number): FunctionDefinition {
  return {
    call: 'method',
    overloads: [
      { params: ['string', 'string'], result: INT },
      { params: ['string', 'string', 'int'], result: INT },
    ],
    evaluate([text, part, from]: readonly CelValue[]): Result {
      if (typeof text !== 'string' || typeof part !== 'string') return FAILED
      const points = Array.from(text)
      if (from === undefined) return BigInt(search(points, Array.from(part), start))
      if (typeof from !== 'bigint' || from < 0n || from > points.length) return FAILED
      return BigInt(search(points, Array.from(part), Number(from)))
    },
  }
}

function standsAt(points: readonly string[], part: readonly string[], at: number): boolean {
  return part.every((point, index) => points[at + index] === point)
}

/** Longest text that `replace` makes: a few of them in each other would fill the memory. */
const MAX_TEXT = 1_000_000

function replaceText(text: string, from: string, to: string, limit: bigint): Result {
  if (limit === 0n) return text
  // An empty search text stands before each code point and at the end.
  const pieces = from === '' ? ['', ...Array.from(text), ''] : text.split(from)
  const count = limit < 0n || limit >= pieces.length - 1 ? pieces.length - 1 : Number(limit)
  if (text.length + count * to.length > MAX_TEXT) return FAILED
  return [...pieces.slice(0, count), pieces.slice(count).join(from)].join(to)
}

function splitText(text: string, separator: string, limit: bigint): readonly string[] {
  if (limit === 0n) return []
  const pieces = separator === '' ? Array.from(text) : text.split(separator)
  if (limit < 0n || limit >= pieces.length) return pieces
  const count = Number(limit) - 1
  return [...pieces.slice(0, count), pieces.slice(count).join(separator)]
}
