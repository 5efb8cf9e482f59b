import { type CelType, DYN_TYPE, scalarType } from '../check/cel-type'
import {
  CelDate,
  CelDuration,
  type CelKind,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type CelValue,
  FAILED,
  isList,
  kindOf,
  MAX_INT,
  MAX_UINT,
  MIN_INT,
  mapSize,
  type Result,
} from '../memory/cel-value'
import { spendOn } from '../memory/cel-work'
import {
  dateOf,
  formatDuration,
  formatTimestamp,
  midnightOf,
  parseDate,
  parseDuration,
  parseTimestamp,
  timestampOf,
} from './cel-time'
import type { FunctionDefinition } from './function-definition'
import { countCodePoints } from './function-text'

/** The conversions between types, `type` and `size`. */
export const CONVERSION_FUNCTIONS = {
  size: {
    call: 'either',
    overloads: (['string', 'bytes', 'list', 'map'] as const).map((kind) => ({
      params: [kind],
      result: scalarType('int'),
    })),
    evaluate: ([value]) => (value === undefined ? FAILED : sizeOf(value)),
  },
  int: conversion(scalarType('int'), ['int', 'uint', 'double', 'string', 'timestamp'], toInt),
  uint: conversion(scalarType('uint'), ['uint', 'int', 'double', 'string'], toUint),
  double: conversion(scalarType('double'), ['double', 'int', 'uint', 'string'], toDouble),
  string: conversion(
    scalarType('string'),
    ['string', 'int', 'uint', 'double', 'bool', 'bytes', 'timestamp', 'date', 'duration'],
    toText,
  ),
  bool: conversion(scalarType('bool'), ['bool', 'string'], toBool),
  bytes: conversion(scalarType('bytes'), ['bytes', 'string'], (value) => {
    if (value instanceof Uint8Array) return value
    if (typeof value !== 'string') return FAILED
    spendOn(value.length, 'scanned')
    return new TextEncoder().encode(value)
  }),
  timestamp: conversion(scalarType('timestamp'), ['timestamp', 'string', 'int', 'date'], (value) => {
    if (value instanceof CelTimestamp) return value
    if (value instanceof CelDate) return midnightOf(value)
    if (typeof value === 'bigint') return timestampOf(value * 1_000_000_000n)
    return typeof value === 'string' ? parseTimestamp(value) : FAILED
  }),
  date: conversion(scalarType('date'), ['date', 'string', 'timestamp'], (value) => {
    if (value instanceof CelDate) return value
    if (value instanceof CelTimestamp) return dateOf(value)
    return typeof value === 'string' ? parseDate(value) : FAILED
  }),
  duration: conversion(scalarType('duration'), ['duration', 'string'], (value) => {
    if (value instanceof CelDuration) return value
    return typeof value === 'string' ? parseDuration(value) : FAILED
  }),
  dyn: conversion(DYN_TYPE, ['any'], (value) => value),
  type: conversion(scalarType('type'), ['any'], (value) => new CelTypeValue(typeName(value))),
} as const satisfies Record<string, FunctionDefinition>

/** The names of types, as values of an expression. */
export const TYPE_NAMES = [
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'date',
  'list',
  'map',
  'null_type',
  'type',
] as const

function typeName(value: CelValue): string {
  const kind = kindOf(value)
  if (kind === 'null') return 'null_type'
  if (kind === 'timestamp') return 'google.protobuf.Timestamp'
  return kind === 'duration' ? 'google.protobuf.Duration' : kind
}

function conversion(
  result: CelType,
  from: readonly (CelKind | 'any')[],
  convert: (value: CelValue) => Result,
): FunctionDefinition {
  return {
    call: 'global',
    overloads: from.map((kind) => ({ params: [kind], result })),
    evaluate: ([value]) => (value === undefined ? FAILED : convert(value)),
  }
}

function sizeOf(value: CelValue): Result {
  if (typeof value === 'string') return BigInt(countCodePoints(value))
  if (value instanceof Uint8Array || isList(value)) return BigInt(value.length)
  return kindOf(value) === 'map' ? BigInt(mapSize(value)) : FAILED
}

function toInt(value: CelValue): Result {
  if (typeof value === 'bigint') return value
  if (value instanceof CelUint) return within(value.value, MIN_INT, MAX_INT)
  if (typeof value === 'number') return truncated(value, MIN_INT, MAX_INT)
  if (typeof value === 'string') return /^[+-]?\d{1,20}$/.test(value) ? within(BigInt(value), MIN_INT, MAX_INT) : FAILED
  if (!(value instanceof CelTimestamp)) return FAILED
  const seconds = value.nanos / 1_000_000_000n
  return value.nanos % 1_000_000_000n < 0n ? seconds - 1n : seconds
}

function toUint(value: CelValue): Result {
  const number =
    value instanceof CelUint
      ? value.value
      : typeof value === 'bigint'
        ? within(value, 0n, MAX_UINT)
        : toUintFromOther(value)
  return typeof number === 'bigint' ? new CelUint(number) : FAILED
}

function toUintFromOther(value: CelValue): Result {
  if (typeof value === 'number') return truncated(value, 0n, MAX_UINT)
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? within(BigInt(value), 0n, MAX_UINT) : FAILED
}

function within(value: bigint, min: bigint, max: bigint): Result {
  return value < min || value > max ? FAILED : value
}

function truncated(value: number, min: bigint, max: bigint): Result {
  if (!Number.isFinite(value)) return FAILED
  // The bounds themselves are refused: a double next to them may stand for an integer beyond.
  const whole = BigInt(Math.trunc(value))
  return (whole <= min && min !== 0n) || whole < min || whole > max ? FAILED : whole
}

/** Without two ways to read the same digits: trying all of them would be quadratic. */
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/
const SPECIAL_DOUBLES: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
}

function toDouble(value: CelValue): Result {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof CelUint) return Number(value.value)
  if (typeof value !== 'string') return FAILED
  spendOn(value.length, 'scanned')
  if (DECIMAL.test(value)) return Number.isFinite(Number(value)) ? Number(value) : FAILED
  const special = SPECIAL_DOUBLES[value.replace(/^[+-]/, '').toLowerCase()]
  if (special === undefined) return FAILED
  return value.startsWith('-') ? -special : special
}

const TRUE_WORDS = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])
const FALSE_WORDS = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False'])

function toBool(value: CelValue): Result {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return FAILED
  if (TRUE_WORDS.has(value)) return true
  return FALSE_WORDS.has(value) ? false : FAILED
}

function toText(value: CelValue): Result {
  switch (typeof value) {
    case 'string':
      return value
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'number':
      return doubleText(value)
  }
  if (value instanceof CelUint) return String(value.value)
  if (value instanceof CelTimestamp) return formatTimestamp(value)
  if (value instanceof CelDate) return value.text
  if (value instanceof CelDuration) return formatDuration(value)
  return value instanceof Uint8Array ? decodeUtf8(value) : FAILED
}

function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return Object.is(value, -0) ? '-0' : String(value)
}

function decodeUtf8(bytes: Uint8Array): Result {
  spendOn(bytes.length, 'scanned')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return FAILED
  }
}
