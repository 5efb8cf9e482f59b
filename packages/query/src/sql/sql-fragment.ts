import { quoteName, quoteText, type Sql, type SqlValue } from '@koyalite/contracts'
import type { DeferredSql } from '../cel/sql/deferred-sql'

/**
 * Puts SQL together out of fragments. It takes nothing but fragments, so that a value can only get into a text by `bind`, which
 * makes it a `?`, and a name only by `identifier`, which quotes it.
 */
export function sql(strings: TemplateStringsArray, ...parts: readonly Sql[]): Sql
export function sql(strings: TemplateStringsArray, ...parts: readonly DeferredSql[]): DeferredSql
export function sql(strings: TemplateStringsArray, ...parts: readonly DeferredSql[]): DeferredSql {
  let text = strings[0] as string
  let params: DeferredSql['params'] = NO_PARAMS
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as DeferredSql
    text += part.text + (strings[index + 1] as string)
    if (part.params.length > 0) params = params.length === 0 ? part.params : [...params, ...part.params]
  }
  return { text, params }
}

/** A value, as a parameter. */
export function bind(value: SqlValue): Sql {
  return { text: '?', params: [value] }
}

/**
 * A value that SQLite does not look at when it plans. Where it does (a plain `?` after LIMIT or LIKE), the statement is compiled anew each time a
 * value is bound, which costs more than most statements take to run.
 */
export function bindUnseen(value: SqlValue): Sql {
  return { text: '+?', params: [value] }
}

/** A quoted name. */
export function identifier(name: string): Sql {
  return constant(quoteName(name))
}

/** A column of the table at `alias`. */
export function columnOf(alias: string, column: string): Sql {
  return constant(`${quoteName(alias)}.${quoteName(column)}`)
}

/** Text from the schema (never from a request) as a string literal. */
export function literal(text: string): Sql {
  return constant(quoteText(text))
}

/** SQL without values that this package has written itself. */
export function constant(text: string): Sql {
  return { text, params: NO_PARAMS }
}

/** Fragments with a separator between them. */
export function join(parts: readonly Sql[], separator: string): Sql
export function join(parts: readonly DeferredSql[], separator: string): DeferredSql
export function join(parts: readonly DeferredSql[], separator: string): DeferredSql {
  if (parts.length === 1) return parts[0] as DeferredSql
  return { text: parts.map((part) => part.text).join(separator), params: parts.flatMap((part) => part.params) }
}

/** All of the conditions, in parentheses where there are several; true where there is none. */
export function conjunction(parts: readonly Sql[]): Sql
export function conjunction(parts: readonly DeferredSql[]): DeferredSql
export function conjunction(parts: readonly DeferredSql[]): DeferredSql {
  if (parts.length === 0) return constant('1')
  return parts.length === 1 ? (parts[0] as DeferredSql) : sql`(${join(parts, ' AND ')})`
}

/** One of the conditions, in parentheses where there are several; false where there is none. */
export function disjunction(parts: readonly Sql[]): Sql
export function disjunction(parts: readonly DeferredSql[]): DeferredSql
export function disjunction(parts: readonly DeferredSql[]): DeferredSql {
  if (parts.length === 0) return constant('0')
  return parts.length === 1 ? (parts[0] as DeferredSql) : sql`(${join(parts, ' OR ')})`
}

const NO_PARAMS: readonly SqlValue[] = []
