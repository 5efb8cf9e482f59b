import type { Collection, JsonValue } from '@koyalite/schema'

export type Document = Readonly<Record<string, JsonValue>>

/** A value of the reference evaluator. */
export type Value =
  /** An identity of the caller that is null is nobody. */
  | { readonly t: 'null'; readonly nobody?: true }
  | { readonly t: 'bool'; readonly v: boolean }
  | { readonly t: 'int' | 'timestamp' | 'duration'; readonly v: bigint }
  | { readonly t: 'double'; readonly v: number }
  | { readonly t: 'string' | 'date'; readonly v: string }
  | { readonly t: 'list'; readonly v: readonly Value[] }
  | { readonly t: 'map'; readonly v: readonly (readonly [Value, Value])[] }
  | { readonly t: 'row'; readonly collection: Collection; readonly v: Document }
  | { readonly t: 'rows'; readonly collection: Collection; readonly v: readonly Document[] }
  | { readonly t: 'auth' | 'request' }
  /** A document that cannot be read: every field of it is null. */
  | { readonly t: 'hidden'; readonly collection: Collection }

/** Thrown where CEL has an error. */
export class EvaluationError extends Error {}

export function fail(): never {
  throw new EvaluationError()
}
