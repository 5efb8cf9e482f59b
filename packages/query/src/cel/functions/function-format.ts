import { compareText } from '../../filter/compare-text'
import { scalarType } from '../check/cel-type'
import {
  CelDuration,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type CelValue,
  FAILED,
  type Failed,
  isList,
  kindOf,
  mapGet,
  mapKeys,
} from '../memory/cel-value'
import { canAllocate, joinTexts, MAX_LENGTH, spendOn } from '../memory/cel-work'
import { formatDuration, formatTimestamp } from './cel-time'
import type { FunctionDefinition } from './function-definition'

/** `'%s has %d'.format([…])` and `strings.quote(…)` of CEL's strings extension. */
export const FORMAT_FUNCTIONS = {
  format: {
    call: 'method',
    overloads: [{ params: ['string', 'list'], result: scalarType('string') }],
    evaluate: ([text, values]) =>
      typeof text === 'string' && values !== undefined && isList(values) ? formatText(text, values) : FAILED,
  },
  'strings.quote': {
    call: 'global',
    overloads: [{ params: ['string'], result: scalarType('string') }],
    evaluate: ([text]) => (typeof text === 'string' ? quoteText(text) : FAILED),
  },
} as const satisfies Record<string, FunctionDefinition>

const CLAUSE = /%(?:%|(?:\.(\d{1,3}))?(.?))/gsu

/** Every value must be used, and every clause must find one that it can show. */
function formatText(text: string, values: readonly CelValue[]): string | Failed {
  spendOn(text.length, 'called')
  let used = 0
  let length = text.length
  let failed = false
  const shown = text.replace(CLAUSE, (clause, precision: string | undefined, letter: string | undefined) => {
    if (clause === '%%') return '%'
    const value = values[used++]
    const formatted = value === undefined || length > MAX_LENGTH ? FAILED : formatValue(value, letter ?? '', precision)
    if (formatted === FAILED) failed = true
    else length += formatted.length
    return formatted === FAILED ? '' : formatted
  })
  return failed || used !== values.length || !canAllocate(length, 'copied') ? FAILED : shown
}

function formatValue(value: CelValue, letter: string, precision: string | undefined): string | Failed {
  if (letter === 'f' || letter === 'e') return formatDouble(value, letter, Number(precision ?? 6))
  if (precision !== undefined) return FAILED
  switch (letter) {
    case 's':
      return formatAny(value)
    case 'd':
      return typeof value === 'number' ? specialDouble(value) : formatInt(value, 10)
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : formatInt(value, 2)
    case 'o':
      return formatInt(value, 8)
    case 'x':
      return formatHex(value)
    case 'X': {
      const hex = formatHex(value)
      return hex === FAILED ? FAILED : hex.toUpperCase()
    }
    default:
      return FAILED
  }
}

function formatInt(value: CelValue, radix: number): string | Failed {
  if (typeof value === 'bigint') return value.toString(radix)
  return value instanceof CelUint ? value.value.toString(radix) : FAILED
}

function formatHex(value: CelValue): string | Failed {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  if (!(bytes instanceof Uint8Array)) return formatInt(value, 16)
  return canAllocate(2 * bytes.length, 'scanned') ? bytes.toHex() : FAILED
}

function formatDouble(value: CelValue, letter: 'f' | 'e', digits: number): string | Failed {
  if (typeof value !== 'number' || digits > 100) return FAILED
  if (!Number.isFinite(value)) return specialDouble(value)
  if (letter === 'e') return value.toExponential(digits).replace(/([+-])(\d)$/, '$10$2')
  // Larger ones JavaScript would write with an exponent; they have no fraction.
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`
  return value.toFixed(digits)
}

function specialDouble(value: number): string | Failed {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? FAILED : value > 0 ? 'Infinity' : '-Infinity'
}

function formatAny(value: CelValue): string | Failed {
  spendOn(1, 'called')
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
  }
  if (value === null) return 'null'
  if (value instanceof CelUint) return String(value.value)
  if (value instanceof CelTimestamp) return formatTimestamp(value)
  if (value instanceof CelDuration) return formatDuration(value)
  if (value instanceof CelTypeValue) return value.name
  if (value instanceof Uint8Array) {
    spendOn(value.length, 'scanned')
    return new TextDecoder().decode(value)
  }
  if (isList(value)) return joined('[', value.map(formatAny), ']')
  return kindOf(value) === 'map' ? joined('{', formatEntries(value), '}') : FAILED
}

/** In the order of their keys as texts. */
function formatEntries(map: CelValue): readonly (string | Failed)[] {
  const entries = mapKeys(map).map((key) => [formatAny(key), formatAny(mapGet(map, key) ?? null)] as const)
  return entries
    .toSorted(([a], [b]) => compareText(String(a), String(b)))
    .map(([key, value]) => (key === FAILED || value === FAILED ? FAILED : `${key}: ${value}`))
}

function joined(open: string, parts: readonly (string | Failed)[], close: string): string | Failed {
  const texts = parts.filter((part) => part !== FAILED)
  if (texts.length < parts.length) return FAILED
  const inside = joinTexts(texts, ', ')
  return inside === FAILED ? FAILED : `${open}${inside}${close}`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}

function quoteText(text: string): string {
  spendOn(text.length, 'called')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped.
  return `"${text.replace(/[\x07\b\f\n\r\t\v\\"]/g, (character) => ESCAPES[character] ?? character)}"`
}
