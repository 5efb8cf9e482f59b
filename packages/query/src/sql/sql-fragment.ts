import { quoteName, quoteText, type Sql, type SqlValue } from '@koyalite/contracts'
import type { Deferred, DeferredSql } from './deferred-sql'

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

/** A parameter: a value, or how to get it from the caller. */
export function bind(value: SqlValue): Sql
export function bind(value: SqlValue | Deferred): DeferredSql
export function bind(value: SqlValue | Deferred): DeferredSql {
  return { text: '?', params: [value] }
}

/**
 * A value that SQLite does not look at when it plans. Where it does (a plain `?` after LIMIT or LIKE), the statement is recompiled each time a
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

/** All of the conditions, in parentheses if there are several; true if there is none. */
export function conjunction(parts: readonly Sql[]): Sql
export function conjunction(parts: readonly DeferredSql[]): DeferredSql
export function conjunction(parts: readonly DeferredSql[]): DeferredSql {
  return balanced(parts, 'AND')
}

/** One of the conditions, in parentheses if there are several; false if there is none. */
export function disjunction(parts: readonly Sql[]): Sql
export function disjunction(parts: readonly DeferredSql[]): DeferredSql
export function disjunction(parts: readonly DeferredSql[]): DeferredSql {
  return balanced(parts, 'OR')
}

/** `a AND b AND c` as a balanced tree: SQLite limits the depth of expressions, and a chain is as deep as it is long. */
export function balanced(parts: readonly DeferredSql[], operator: 'AND' | 'OR'): DeferredSql {
  const [first] = parts
  if (first === undefined) return constant(operator === 'AND' ? '1' : '0')
  if (parts.length === 1) return first
  if (parts.length <= 4) return sql`(${join(parts, ` ${operator} `)})`
  const middle = Math.ceil(parts.length / 2)
  const [left, right] = [balanced(parts.slice(0, middle), operator), balanced(parts.slice(middle), operator)]
  return sql`(${left} ${constant(operator)} ${right})`
}

/** The values as rows, bound as one parameter: the text of the statement does not depend on how many there are. */
export function valueList(values: readonly (string | number)[]): Sql {
  return sql`SELECT "value" FROM json_each(${bind(JSON.stringify(values))})`
}

const NO_PARAMS: readonly SqlValue[] = []
