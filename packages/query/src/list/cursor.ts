import { AppError, type SqlValue } from '@koyalite/contracts'
import type { DeferredSql } from '../sql/deferred-sql'
import { bind, constant, sql } from '../sql/sql-fragment'

/** What a sort key of the last document of a page was. */
export type CursorValue = string | number | null | ExactValue

/**
 * A value that JSON, or a JavaScript number, does not carry: an integer beyond 2^53, infinity, a blob, a text that may be no Unicode. `of` is what `exactForm`
 * makes of it.
 */
export interface ExactValue {
  readonly of: string
}

/** The exact form of a value as text: NULL where the value itself is that. A letter for the type, then digits, a sign, or the bytes in hexadecimal. */
export function exactForm(value: DeferredSql): DeferredSql {
  const isSafe = sql`${value} BETWEEN ${constant('-9007199254740991 AND 9007199254740991')}`
  const isAscii = constant("'*[^' || char(1) || '-' || char(127) || ']*'")
  return sql`CASE typeof(${value}) WHEN 'integer' THEN CASE WHEN ${isSafe} THEN NULL ELSE 'i' || ${value} END WHEN 'real' THEN CASE WHEN abs(${value}) > 1.7976931348623157e308 THEN CASE WHEN ${value} > 0 THEN 'r+' ELSE 'r-' END END WHEN 'blob' THEN 'b' || hex(${value}) WHEN 'text' THEN CASE WHEN instr(${value}, char(0)) OR ${value} GLOB ${isAscii} THEN 't' || hex(${value}) END END`
}

/** One sort key as SQL. */
export interface OrderTerm {
  readonly value: DeferredSql
  readonly descending: boolean
  readonly nullable: boolean
}

/** The place after a document with these sort keys, in the query with this fingerprint. */
export function encodeCursor(query: string, values: readonly CursorValue[]): string {
  const text = JSON.stringify([hash(query + JSON.stringify(values)), ...values])
  return new TextEncoder().encode(text).toBase64({ alphabet: 'base64url', omitPadding: true })
}

/**
 * Sort keys that were read, for a cursor. Null where one of them is not what was stored, or may not be: other programs may have stored anything.
 * @param exact their exact forms, where those were read too
 */
export function cursorValues(
  values: readonly SqlValue[],
  exact: readonly SqlValue[] | null,
): readonly CursorValue[] | null {
  if (exact === null) return values.every(isCarried) ? values : null
  return values.map((value, index) => {
    const form = exact[index]
    return typeof form === 'string' ? { of: form } : (value as string | number | null)
  })
}

function isCarried(value: SqlValue): value is string | number | null {
  if (value === null) return true
  if (typeof value === 'string') return !value.includes('\ufffd')
  // A real of this size is exact; whether it was one does not show.
  return typeof value === 'number' && Math.abs(value) < 2 ** 53
}

/** The values in a cursor that was made for this query; throws INVALID_REQUEST for any other text. */
export function decodeCursor(query: string, length: number, cursor: string): readonly CursorValue[] {
  const [sum, ...values] = parse(cursor)
  if (values.length === length && values.every(isCursorValue) && sum === hash(query + JSON.stringify(values)))
    return values
  throw foreign()
}

/**
 * The condition that a row comes after the one with the cursor's values. Its outermost part is a plain range over the first key, so
 * that an index on it is entered where the page begins; the rest only sorts out the ties there.
 */
export function afterCursor(terms: readonly OrderTerm[], values: readonly CursorValue[]): DeferredSql {
  const [term, ...terms_] = terms as readonly [OrderTerm, ...OrderTerm[]]
  const [value, ...values_] = values as readonly [CursorValue, ...CursorValue[]]
  const key = term.value
  const at = bindCursorValue(value)
  if (terms_.length === 0) return term.descending ? sql`${key} < ${at}` : sql`${key} > ${at}`
  const rest = afterCursor(terms_, values_)
  if (value === null) return term.descending ? sql`(${key} IS NULL AND ${rest})` : sql`(${key} IS NOT NULL OR ${rest})`
  if (!term.descending) return sql`(${key} >= ${at} AND (${key} > ${at} OR ${rest}))`
  // Nulls come after everything else here.
  if (term.nullable) return sql`(${key} < ${at} OR ${key} IS NULL OR (${key} = ${at} AND ${rest}))`
  return sql`(${key} <= ${at} AND (${key} < ${at} OR ${rest}))`
}

function bindCursorValue(value: CursorValue): DeferredSql {
  if (typeof value !== 'object' || value === null) return bind(value)
  const [type, text] = [value.of[0], value.of.slice(1)]
  switch (type) {
    case 'i':
      return bind(BigInt(text))
    case 'r':
      return bind(text === '+' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)
    case 'b':
      return bind(Uint8Array.fromHex(text))
    default:
      // The plus takes the type away that SQLite would give to what it is compared with.
      return sql`+CAST(${bind(Uint8Array.fromHex(text))} AS TEXT)`
  }
}

function parse(cursor: string): readonly unknown[] {
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: 'base64url' })
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (Array.isArray(value)) return value
  } catch {
    // Not one of ours: said below.
  }
  throw foreign()
}

function isCursorValue(value: unknown): value is CursorValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return true
  if (typeof value !== 'object' || !('of' in value) || typeof value.of !== 'string') return false
  return /^(?:r[+-]|[bt](?:[\dA-F]{2})*)$/.test(value.of) || isInteger(value.of)
}

/** One of 64 bits: no other can be bound. */
function isInteger(form: string): boolean {
  const [, digits] = /^i(-?\d{1,19})$/.exec(form) ?? []
  return digits !== undefined && BigInt.asIntN(64, BigInt(digits)) === BigInt(digits)
}

function foreign(): AppError {
  return new AppError(
    'INVALID_REQUEST',
    'The cursor is invalid, or belongs to a query with a different filter, where or sort.',
  )
}

/** 53 bits that notice damage and mix-ups (cyrb53 by bryc, public domain). Nothing depends on nobody being able to forge it. */
function hash(text: string): number {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    a = Math.imul(a ^ unit, 2654435761)
    b = Math.imul(b ^ unit, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (2097151 & b) + (a >>> 0)
}
