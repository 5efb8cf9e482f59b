import { BOOL_TYPE, type CelType, scalarType } from '../check/cel-type'
import { type CelValue, FAILED, isList, type Result } from '../memory/cel-value'
import { canAllocate, joinTexts, spendOn } from '../memory/cel-work'
import { findPoints, findText, splitAt } from './find-text'
import type { FunctionDefinition } from './function-definition'
import { matchesPattern } from './regular-expression'

const STRING = scalarType('string')
const INT = scalarType('int')
const STRINGS: CelType = { kind: 'list', element: STRING }

/** The functions over strings: the standard ones and CEL's strings extension. Positions count code points. */
export const TEXT_FUNCTIONS = {
  contains: textTest((text, part) => {
    spendOn(text.length + part.length, part.length > 32 ? 'scanned' : 'copied')
    return findText(text, part) >= 0
  }),
  startsWith: textTest((text, prefix) => {
    spendOn(prefix.length, 'copied')
    return text.startsWith(prefix)
  }),
  endsWith: textTest((text, suffix) => {
    spendOn(suffix.length, 'copied')
    return text.endsWith(suffix)
  }),
  matches: { ...textTest(matchesPattern), call: 'either' },
  lowerAscii: textChange((text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  upperAscii: textChange((text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  trim: textChange(trimText),
  reverse: textChange((text) => Array.from(text).reverse().join('')),
  charAt: {
    call: 'method',
    overloads: [{ params: ['string', 'int'], result: STRING }],
    evaluate([text, at]) {
      if (typeof text !== 'string' || typeof at !== 'bigint') return FAILED
      const points = codePoints(text)
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
      const points = codePoints(text)
      const end = to === undefined ? BigInt(points.length) : to
      if (typeof end !== 'bigint' || from < 0n || end < from || end > points.length) return FAILED
      return points.slice(Number(from), Number(end)).join('')
    },
  },
  indexOf: textPosition((points, part, from) => findPoints(points, part, { from, to: points.length, last: false }), 0),
  lastIndexOf: textPosition(
    (points, part, from) => findPoints(points, part, { from: 0, to: from, last: true }),
    Number.MAX_SAFE_INTEGER,
  ),
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
      spendOn(list.length, 'scanned')
      return list.every((item) => typeof item === 'string') ? joinTexts(list, separator) : FAILED
    },
  },
} as const satisfies Record<string, FunctionDefinition>

/** The length in code points. */
export function countCodePoints(text: string): number {
  spendOn(text.length, 'scanned')
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
    evaluate: ([text]) => {
      if (typeof text !== 'string') return FAILED
      spendOn(text.length, 'split')
      return change(text)
    },
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
      const points = codePoints(text)
      if (from === undefined) return BigInt(search(points, codePoints(part), start))
      if (typeof from !== 'bigint' || from < 0n || from > points.length) return FAILED
      return BigInt(search(points, codePoints(part), Number(from)))
    },
  }
}

function codePoints(text: string): string[] {
  spendOn(text.length, 'split')
  return Array.from(text)
}

const WHITE_SPACE = /^\p{White_Space}$/u

/** By positions: a pattern for the end of the text would try from every space in its middle. No white space needs two units. */
function trimText(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && WHITE_SPACE.test(text[start] ?? '')) start++
  while (end > start && WHITE_SPACE.test(text[end - 1] ?? '')) end--
  return text.slice(start, end)
}

function replaceText(text: string, from: string, to: string, limit: bigint): Result {
  if (limit === 0n) return text
  // An empty search text stands before each code point and at the end.
  const pieces = from === '' ? ['', ...codePoints(text), ''] : splitPieces(text, from)
  const count = limit < 0n || limit >= pieces.length - 1 ? pieces.length - 1 : Number(limit)
  if (!canAllocate(text.length + count * to.length, 'copied')) return FAILED
  return [...pieces.slice(0, count), pieces.slice(count).join(from)].join(to)
}

function splitText(text: string, separator: string, limit: bigint): readonly string[] {
  if (limit === 0n) return []
  const pieces = separator === '' ? codePoints(text) : splitPieces(text, separator)
  if (limit < 0n || limit >= pieces.length) return pieces
  const count = Number(limit) - 1
  return [...pieces.slice(0, count), pieces.slice(count).join(separator)]
}

function splitPieces(text: string, separator: string): string[] {
  spendOn(text.length, 'scanned')
  const pieces = splitAt(text, separator)
  spendOn(pieces.length, 'split')
  return pieces
}
