import type { Collection, Field } from '@koyalite/schema'
import type { Condition } from '../filter/condition'
import type { FieldPath } from '../filter/field-path'
import type { TimeBucket } from './time-bucket'
import type { ZoneOffsets } from './zone-offsets'

export const AGGREGATE_FUNCTIONS = ['count', 'count_distinct', 'sum', 'avg', 'min', 'max'] as const
export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number]

/** What the documents of a group have in common. */
export interface GroupKey {
  readonly path: FieldPath
  readonly bucket: TimeBucket | null
  readonly output: Output
}

/** What is computed of the documents of a group. */
export interface AggregateValue {
  readonly call: AggregateFunction
  /** Null: of the documents themselves. */
  readonly path: FieldPath | null
  readonly output: Output
}

/** A column of the result, as `having` and `sort` see it: a field of the row that a group is. */
export interface Output {
  readonly name: string
  readonly field: Field
}

/** A checked request for an aggregate. */
export interface AggregateQuery {
  readonly collection: Collection
  readonly condition: Condition
  readonly keys: readonly GroupKey[]
  readonly values: readonly AggregateValue[]
  /** Over the outputs. */
  readonly having: Condition
  readonly sort: readonly OutputOrder[]
  /** Groups in the response. */
  readonly limit: number
  /** `sort` and `limit` are given: more groups than fit are no error. */
  readonly isBounded: boolean
  /** Of the time zone in which buckets begin and end. */
  readonly zone: ZoneOffsets
}

export interface OutputOrder {
  readonly output: Output
  readonly descending: boolean
}

/** Whether a query asks for groups instead of documents. */
export function isAggregate(query: object): query is AggregateQuery {
  return 'having' in query
}
