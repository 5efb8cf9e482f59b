import { AppError, type Sql, type SqlValue } from '@koyalite/contracts'
import { bind, sql } from './sql-fragment'

/** What a sort key of the last document of a page was. */
export type CursorValue = string | number | null | typeof AS_STORED

/** In place of a value that JSON cannot carry exactly: then it is what the document with the cursor's key has. */
export const AS_STORED = true

/** One sort key as SQL. */
export interface OrderTerm {
  readonly value: Sql
  readonly descending: boolean
  readonly nullable: boolean
  /** Its value in the document with this primary key. */
  of(key: CursorValue): Sql
}

/** The place after a document with these sort keys, in the query with this fingerprint. */
export function encodeCursor(query: string, values: readonly CursorValue[]): string {
  const text = JSON.stringify([hash(query + JSON.stringify(values)), ...values])
  return new TextEncoder().encode(text).toBase64({ alphabet: 'base64url', omitPadding: true })
}

/**
 * A sort key that was read, for a cursor. Other programs may have stored blobs, infinities, integers beyond 2^53, and texts that are no Unicode, which have come
 * with U+FFFD in them. @param isReal numbers are never integers, so that large ones are exact
 */
export function cursorValue(value: SqlValue, isReal: boolean): CursorValue {
  if (value === null) return null
  if (typeof value === 'string') return value.includes('\ufffd') ? AS_STORED : value
  if (typeof value !== 'number' || !Number.isFinite(value)) return AS_STORED
  return isReal || Math.abs(value) < 2 ** 53 ? value : AS_STORED
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
export function afterCursor(
  terms: readonly OrderTerm[],
  values: readonly CursorValue[],
  documentKey = values.at(-1) ?? null,
): Sql {
  const [term, ...terms_] = terms as readonly [OrderTerm, ...OrderTerm[]]
  const [value, ...values_] = values as readonly [CursorValue, ...CursorValue[]]
  const key = term.value
  const at = value === AS_STORED ? term.of(documentKey) : bind(value)
  if (terms_.length === 0) return term.descending ? sql`${key} < ${at}` : sql`${key} > ${at}`
  const rest = afterCursor(terms_, values_, documentKey)
  if (value === null) return term.descending ? sql`(${key} IS NULL AND ${rest})` : sql`(${key} IS NOT NULL OR ${rest})`
  if (!term.descending) return sql`(${key} >= ${at} AND (${key} > ${at} OR ${rest}))`
  // Nulls come after everything else here.
  if (term.nullable) return sql`(${key} < ${at} OR ${key} IS NULL OR (${key} = ${at} AND ${rest}))`
  return sql`(${key} <= ${at} AND (${key} < ${at} OR ${rest}))`
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
  return value === null || value === AS_STORED || typeof value === 'string' || typeof value === 'number'
}

function foreign(): AppError {
  return new AppError(
    'INVALID_REQUEST',
    'The cursor is damaged, or it belongs to a query with another filter, where or sort.',
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
