import {
  type Actor,
  AppError,
  type ErrorCode,
  type ErrorDetail,
  type Tx,
  type WriteResult,
  type WriteSteps,
} from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import type { Caller } from '../caller'
import { DROPPED, selectResponse, storeResponse } from '../store/idempotency'

export interface Idempotency {
  /** Chosen by the caller, and unique among their own. */
  readonly key: string
  /** Equal for a repeated request, different for any other. */
  readonly fingerprint: string
}

/**
 * Makes a write once per caller and key. Its result, or the error that refuses it, is stored in the same transaction
 * and returned, or thrown again, when the write is repeated.
 */
export async function writeOnce<T>(
  database: Database,
  { actor, time }: Caller,
  { idempotency, steps }: { readonly idempotency: Idempotency; readonly steps: () => WriteSteps<T> },
): Promise<WriteResult<T>> {
  const { key, fingerprint } = idempotency
  const caller = callerKey(actor)
  const stored = (tx: Tx) => replayed(selectResponse(tx, caller, key, time), fingerprint)
  const store = (tx: Tx, response: string) => storeResponse(tx, caller, key, { fingerprint, response }, { now: time })
  try {
    const { value, seq } = await database.writeInSteps<Stored>(function* (tx) {
      const known = stored(tx)
      if (known) return known
      const done: Stored = { value: yield* steps()(tx) }
      const text = JSON.stringify(done)
      store(tx, text.length > MAX_RESPONSE ? DROPPED : text)
      return done
    })
    return { value: unwrap(value) as T, seq }
  } catch (error) {
    if (!(error instanceof AppError) || !STORED_ERRORS.has(error.code)) throw error
    const { code, message, details, operation } = error
    const failed: Stored = { error: { code, message, details, ...(operation === undefined ? {} : { operation }) } }
    const text = JSON.stringify(failed)
    // Nothing was written, so a repeated request fails in the same way.
    if (text.length > MAX_ERROR) throw error
    const { value, seq } = await database.write<Stored>((tx) => {
      const known = stored(tx)
      if (!known) store(tx, text)
      return known ?? failed
    })
    return { value: unwrap(value) as T, seq }
  }
}

/**
 * Errors about the content of a request. Whether the caller may write, and whether the target exists, is decided anew
 * each time.
 */
const STORED_ERRORS: ReadonlySet<ErrorCode> = new Set(['CONFLICT', 'PRECONDITION_FAILED', 'VALIDATION_ERROR'])

/** Characters of a response that is stored for a repeated request. */
const MAX_RESPONSE = 1024 * 1024
const MAX_ERROR = 16 * 1024

type Stored =
  | { readonly value: unknown }
  /** The request was carried out, but its response is not stored. */
  | { readonly dropped: true }
  | {
      readonly error: {
        readonly code: ErrorCode
        readonly message: string
        readonly details: readonly ErrorDetail[]
        readonly operation?: number
      }
    }

function replayed(
  stored: { readonly fingerprint: string; readonly response: string } | null,
  fingerprint: string,
): Stored | null {
  if (!stored) return null
  if (stored.fingerprint === fingerprint) return JSON.parse(stored.response) as Stored
  throw new AppError(
    'CONFLICT',
    'This Idempotency-Key was already used for a different request. Use a new key for each request.',
  )
}

function unwrap(stored: Stored): unknown {
  if ('value' in stored) return stored.value
  if ('error' in stored) {
    const { code, message, details, operation } = stored.error
    throw new AppError(code, message, operation === undefined ? { details } : { details, operation })
  }
  // Dropped, or stored by version 0.1, whose form was another.
  throw new AppError(
    'CONFLICT',
    'This request was already executed, but its response is no longer stored. Read the result instead of repeating the request.',
  )
}

/** Keys are separate per actor. Anonymous callers share one space: their keys must be unguessable. */
function callerKey(actor: Actor): string {
  return 'id' in actor ? `${actor.kind}:${actor.id}` : actor.kind
}
