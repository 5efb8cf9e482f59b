import type { Actor } from '../actor'
import type { JsonValue } from '../json-value'
import type { HookOperation, HookValues } from './document-hooks'

/** A write that somebody asks for. */
export interface OverrideCall {
  readonly collection: string
  readonly operation: HookOperation
  /** The key of the document; null for a creation. */
  readonly id: string | null
  readonly actor: Actor
  /** Milliseconds since 1970; the same for all of a request. */
  readonly time: number
  readonly ip: string
  readonly requestId: string | null
}

export interface OverrideInput {
  /** What was sent; null for a deletion. */
  readonly data: HookValues | null
  /**
   * Makes the write, with the rights of whoever asked for it: by default as it was sent. Returns the document as they may see it; null for a deletion.
   * Throws what the write throws.
   */
  next(data?: HookValues | null): Promise<HookValues | null>
}

/** Returns what is responded; undefined: what `next` returned last. Throws an AppError. */
export type OperationOverride = (call: OverrideCall, input: OverrideInput) => Promise<JsonValue | undefined>

/** Writes of users that code of the project makes instead. */
export interface OperationOverrides {
  /** Null where it has none. Cheap: it is asked for each write. */
  of(collection: string, operation: HookOperation): OperationOverride | null
}
