import { type Sql, type SqlValue, withWorkBudget } from '@koyalite/contracts'
import type { Frame } from '../cel/memory/cel-environment'
import type { Range } from '../cel/syntax/parse-cel'

/** Returns the value of a parameter once the actor is known. */
export interface Deferred {
  (frame: Frame): SqlValue
  /** The part of the source that it is the value of, where it is one. */
  readonly range?: Range
}

/**
 * SQL whose parameters are values, or wait for the caller's. Its text is the same for every caller. It is not an `Sql`: nothing that runs statements
 * takes it before `bindCaller` has filled them in.
 */
export interface DeferredSql {
  readonly text: string
  readonly params: readonly (SqlValue | Deferred)[]
}

/** Whether no parameter of a statement waits for a caller. */
export function isBound(sql: DeferredSql): sql is Sql {
  return !sql.params.some((value) => typeof value === 'function')
}

/** SQL that is the same for every actor, such as that of `READ_ALL`. Throws if a parameter depends on the actor after all. */
export function bound(sql: DeferredSql): Sql {
  if (!isBound(sql)) throw new Error('a static statement has parameters that depend on the caller')
  return sql
}

/**
 * Fills in the caller's parameters.
 * @throws WorkExhaustedError where computing them takes too much work
 */
export function bindCaller({ text, params }: DeferredSql, frame: Frame): Sql {
  return withWorkBudget(() => ({
    text,
    params: params.map((value) => (typeof value === 'function' ? value(frame) : value)),
  }))
}
