import { quoteName, type Sql, type SqlValue, withWorkBudget } from '@koyalite/contracts'
import type { Frame } from '../memory/cel-environment'
import type { Range } from '../syntax/parse-cel'

/** Gives the value of a parameter once it is known who asks. */
export interface Deferred {
  (frame: Frame): SqlValue
  /** The part of the source that it is the value of, where it is one. */
  readonly range?: Range
}

/**
 * SQL whose parameters are values, or wait for the caller's. Its text is the same for every caller. It is no `Sql`: nothing that runs statements takes
 * it before `bindPart` has filled them in.
 */
export interface DeferredSql {
  readonly text: string
  readonly params: readonly (SqlValue | Deferred)[]
}

export type Part = DeferredSql

const NONE: readonly never[] = []

/** Puts parts together. Values get into a text by `param` only. */
export function part(strings: TemplateStringsArray, ...parts: readonly Part[]): Part {
  let text = strings[0] ?? ''
  const params: (SqlValue | Deferred)[] = []
  for (const [index, inner] of parts.entries()) {
    text += inner.text + (strings[index + 1] ?? '')
    for (const value of inner.params) params.push(value)
  }
  return { text, params: params.length === 0 ? NONE : params }
}

/** A parameter: a value, or how to get it. */
export function param(value: SqlValue | Deferred): Part {
  return { text: '?', params: [value] }
}

/** SQL without values that this package has written itself. */
export function raw(text: string): Part {
  return { text, params: NONE }
}

/** A quoted name. */
export function quoted(name: string): Part {
  return raw(quoteName(name))
}

export function joinParts(parts: readonly Part[], separator: string): Part {
  return { text: parts.map(({ text }) => text).join(separator), params: parts.flatMap(({ params }) => params) }
}

/** `a AND b AND c` as a balanced tree: SQLite limits the depth of expressions, and a chain is as deep as it is long. */
export function balanced(parts: readonly Part[], operator: 'AND' | 'OR'): Part {
  const [first] = parts
  if (first === undefined) return raw(operator === 'AND' ? '1' : '0')
  if (parts.length === 1) return first
  if (parts.length <= 4) return part`(${joinParts(parts, ` ${operator} `)})`
  const middle = Math.ceil(parts.length / 2)
  const [left, right] = [balanced(parts.slice(0, middle), operator), balanced(parts.slice(middle), operator)]
  return part`(${left} ${raw(operator)} ${right})`
}

/** Whether no parameter of a statement waits for a caller. */
export function isBound(sql: DeferredSql): sql is Sql {
  return !sql.params.some((value) => typeof value === 'function')
}

/** SQL that is the same for everybody, such as what `READ_ALL` reads. Throws where a parameter waits for a caller all the same. */
export function bound(sql: DeferredSql): Sql {
  if (!isBound(sql)) throw new Error('a statement for everybody has parameters that wait for a caller')
  return sql
}

/**
 * Fills in the parameters.
 * @throws WorkExhaustedError where computing them takes too much work
 */
export function bindPart({ text, params }: Part, frame: Frame): Sql {
  return withWorkBudget(() => ({
    text,
    params: params.map((value) => (typeof value === 'function' ? value(frame) : value)),
  }))
}
