import { type SqlValue, spendWork, withWorkBudget } from '@koyalite/contracts'
import { findText } from '../cel/functions/find-text'
import { likePattern } from '../filter/like-pattern'
import type { DeferredSql } from './deferred-sql'
import { bind, bindUnseen, sql } from './sql-fragment'
import type { SqlFunction } from './sql-functions'

/**
 * Up to this length SQLite's own search is used. It holds the whole of what is looked for against each place of the text, so that a long one, made to be
 * nearly found everywhere, costs the product of both lengths, and nothing ends it.
 */
export const NATIVE_SEARCH = 64
/** A pattern goes back to each of its wildcards. */
const NATIVE_LIKE = 32

/** Whether a text contains another one, with the case of letters. */
export function containsText(text: DeferredSql, part: string | null): DeferredSql {
  if (part === null || part.length <= NATIVE_SEARCH) return sql`instr(${text}, ${bind(part)}) > 0`
  return sql`koyalite_contains(${text}, ${bind(part)})`
}

/** Whether a text is like a pattern. */
export function likeText(text: DeferredSql, pattern: string): DeferredSql {
  if (pattern.length <= NATIVE_LIKE) return sql`${text} LIKE ${bindUnseen(pattern)}`
  return sql`koyalite_like(${text}, ${bind(pattern)})`
}

/** Of a call from SQL: the way into JavaScript and back. */
const CALL_WORK = 50

/** What these conditions call. Null where one of the texts is null. As in SQLite, blobs contain what their bytes do as a text, and are like nothing. */
export const SEARCH_FUNCTIONS: readonly SqlFunction[] = [
  {
    name: 'koyalite_contains',
    arity: 2,
    fn: (text, part) =>
      text === null || part === null ? null : search(asText(text), asText(part), (a, b) => findText(a, b) >= 0),
  },
  {
    name: 'koyalite_like',
    arity: 2,
    fn: (text, pattern) => {
      if (text === null || pattern === null) return null
      if (text instanceof Uint8Array) return 0
      return search(String(text), String(pattern), (a, b) => likePattern(b)(a))
    },
  },
]

function asText(value: SqlValue): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value)
}

function search(text: string, part: string, test: (text: string, part: string) => boolean): number {
  return withWorkBudget(() => {
    spendWork(CALL_WORK + text.length / 2)
    return test(text, part) ? 1 : 0
  })
}
