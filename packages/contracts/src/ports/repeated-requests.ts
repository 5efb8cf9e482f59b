import type { Actor } from '../actor'
import type { JsonValue } from '../json-value'

/** What makes a request one that is sent again. */
export interface Idempotency {
  /** Chosen by the caller, and unique among their own. */
  readonly key: string
  /** Equal for a repeated request, different for any other. */
  readonly fingerprint: string
}

/**
 * Requests with an Idempotency-Key whose work is no single transaction, such as calls of functions. Guarantee: of all requests of a caller with one key,
 * one alone runs, also over a crash.
 */
export interface RepeatedRequests {
  /**
   * Runs what a request asks for, unless it has been run before. That it begins is on disk before, and what it has come to before this resolves. Where
   * `run` throws, that is not known from then on. Throws CONFLICT where the key is that of another request, or of one that still runs.
   */
  once<T>(
    request: { readonly actor: Actor; readonly idempotency: Idempotency; readonly time: number },
    run: () => Promise<RunOnce<T>>,
  ): Promise<OnceResult<T>>
}

export interface RunOnce<T> {
  readonly value: T
  /** What repetitions get; null: nothing was done, and the next request with this key is the first one. */
  readonly kept: JsonValue | null
}

export type OnceResult<T> =
  | { readonly kind: 'first'; readonly value: T }
  /** It ran before, and came to this. */
  | { readonly kind: 'repeated'; readonly kept: JsonValue }
  /** It ran before; what it came to was too large to keep, or has made room for others. */
  | { readonly kind: 'dropped' }
  /** It began before; what came of it is not known. */
  | { readonly kind: 'unknown' }
