import { KoyaError } from './koya-error'
import type { CollectionMetadata, FieldKind, Increment } from './metadata'
import { wireFields } from './wire-names'

type Collections = Readonly<Record<string, CollectionMetadata>>

/**
 * The JSON text of an input. Dates and bytes are converted; what JSON would silently change (an invalid Date, NaN, infinity) is a
 * VALIDATION_ERROR, and so is an int that is no exact number.
 */
export function inputText(value: unknown, { fields = {}, names }: CollectionMetadata = {}): string {
  checkInts(value, fields)
  return stringify(wireFields(value, names), (name, problem) => invalidValue(name, problem))
}

/** The same of values that are compared with. Anything undefined is an INVALID_FILTER: the comparison must not vanish. */
export function assertedText(values: unknown, { names }: CollectionMetadata): string {
  const invalid = (name: string, problem: string) =>
    new KoyaError('INVALID_FILTER', `'${name}' of the assertion ${problem}.`)
  return stringify(wireFields(values, names), invalid, true)
}

/** The JSON text of a value of an expression. @param name what it is called in errors */
export function valueText(value: unknown, invalid: (problem: string) => KoyaError): string {
  return stringify(value, (_, problem) => invalid(problem), true)
}

/**
 * The JSON text of a filter, the same for all ways to write it. Anything undefined is an INVALID_FILTER: to leave the condition out
 * would show more than was asked for.
 */
export function filterText(filter: unknown): string {
  const invalid = (name: string, problem: string) =>
    new KoyaError('INVALID_FILTER', `'${name}' of the filter ${problem}.`)
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    throw new KoyaError('INVALID_FILTER', 'A filter is an object of fields, $and, $or and $not.')
  }
  return stringify(filter, invalid, true)
}

type Invalid = (name: string, problem: string) => KoyaError

function stringify(value: unknown, invalid: Invalid, isFilter = false): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, name: string, converted: unknown) {
    // A Date has become text before this is called.
    const given = this[name]
    if (given instanceof Date && converted === null) throw invalid(name, 'is an invalid Date')
    if (given instanceof Uint8Array) return toBase64(given)
    if (typeof given === 'bigint') throw invalid(name, 'is a bigint, which JSON does not have')
    if (typeof given === 'number' && !Number.isFinite(given))
      throw invalid(name, `is ${given}, which JSON does not have`)
    if (!isFilter) return converted
    if (given === undefined) throw invalid(name, 'is undefined')
    return isPlain(converted) ? Object.fromEntries(Object.entries(converted).sort(byName)) : converted
  })
}

function checkInts(data: unknown, fields: Readonly<Record<string, FieldKind>>): void {
  if (!isPlain(data)) return
  for (const [name, kind] of Object.entries(fields)) {
    if (kind !== 'int') continue
    const value = data[name]
    const number = isPlain(value) ? (value as Partial<Increment>).$inc : value
    if (typeof number === 'number' && Math.abs(number) > Number.MAX_SAFE_INTEGER) {
      throw invalidValue(name, 'is beyond ±(2^53 − 1), up to which integers are exact')
    }
  }
}

function invalidValue(field: string, problem: string): KoyaError {
  const message = `'${field}' ${problem}.`
  return new KoyaError('VALIDATION_ERROR', message, { details: [{ field, code: 'type', message }] })
}

/** Turns a document as it was parsed, and what is expanded in it, into one with Dates and bytes: itself, changed. */
export function revived(document: unknown, collection: string, collections: Collections): unknown {
  if (Array.isArray(document)) {
    for (const one of document) revived(one, collection, collections)
  } else if (isPlain(document)) {
    const { fields = {}, relations = {}, names = {} } = collections[collection] ?? {}
    for (const [own, name] of Object.entries(names)) {
      if (!(name in document)) continue
      document[own] = document[name]
      delete document[name]
    }
    for (const [name, kind] of Object.entries(fields)) {
      if (name in document) document[name] = revivedValue(document[name], kind)
    }
    for (const [name, target] of Object.entries(relations)) revived(document[name], target, collections)
  }
  return document
}

/** A value that is not of its kind, in the table of another program, stays as it is. */
export function revivedValue(value: unknown, kind: FieldKind | undefined): unknown {
  if (typeof value !== 'string') return value
  if (kind === 'blob') return fromBase64(value)
  if (kind !== 'timestamp') return value
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? value : date
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
