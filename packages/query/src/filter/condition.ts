import type { Sql } from '@koyalite/contracts'
import type { JsonValue } from '@koyalite/schema'
import type { CelDependencies } from '../cel/check/dependencies-of'
import type { FieldPath } from './field-path'

/**
 * What a document must fulfil, whatever grammar it was written in. Comparisons are two-valued: one with a null is false, so that
 * `not` is plain negation (`ne` is the `not` of `eq`, and keeps nulls).
 */
export type Condition =
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | Comparison
  | CelCondition

/**
 * One comparison. `value` is in the form that documents have in JSON, normalised (uuids in lower case, timestamps in UTC), of the
 * field's type; for json fields it is any JSON.
 */
export type Comparison =
  | {
      readonly kind: 'compare'
      readonly op: 'eq' | 'gt' | 'gte' | 'lt' | 'lte'
      readonly path: FieldPath
      readonly value: JsonValue
    }
  | { readonly kind: 'compare'; readonly op: 'like'; readonly path: FieldPath; readonly value: string }
  /** `text` is what to look for where the value at the path is text, `value` where it is an array. */
  | {
      readonly kind: 'compare'
      readonly op: 'contains'
      readonly path: FieldPath
      readonly value: JsonValue
      readonly text: string | null
    }
  | { readonly kind: 'compare'; readonly op: 'in'; readonly path: FieldPath; readonly values: readonly JsonValue[] }

/**
 * An expression of the CEL language, with the values of one request in it; `sql` is its three-valued predicate over the row at `alias`,
 * of which only true counts.
 */
export interface CelCondition {
  readonly kind: 'cel'
  readonly source: string
  readonly dependencies: CelDependencies
  sql(alias: string): Sql
}

/** Holds for every document. */
export const EVERYTHING: Condition = { kind: 'all', of: [] }

/** All of the conditions; what holds for every document is left out. */
export function allOf(conditions: readonly Condition[]): Condition {
  return { kind: 'all', of: conditions.filter((one) => one.kind !== 'all' || one.of.length > 0) }
}
