import {
  AppError,
  type ErrorCode,
  type ErrorDetail,
  type Idempotency,
  type OwnAnswer,
  type Tx,
  type WriteResult,
  type WriteSteps,
} from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import type { Caller } from '../caller'
import { preparedOtherwise } from '../hooks/preparation'
import {
  callerKey,
  DROPPED,
  requireSame,
  type StoredResponse,
  selectResponse,
  storeResponse,
} from '../store/idempotency'

/**
 * Makes a write once per caller and key. Its result, or the error that refuses it, is stored in the same transaction
 * and returned, or thrown again, when the write is repeated.
 */
export async function writeOnce<T>(
  database: Database,
  { actor, time }: Caller,
  {
    idempotency,
    steps,
    action,
  }: {
    readonly idempotency: Idempotency
    readonly steps: () => WriteSteps<T>
    /** Returns the id of the action as which the steps were stored, once they have run. */
    readonly action?: () => string | undefined
  },
): Promise<WriteResult<T> & { readonly action?: string }> {
  const { key, fingerprint } = idempotency
  const caller = callerKey(actor)
  const stored = (tx: Tx) => replayed(selectResponse(tx, caller, key, time), fingerprint)
  const store = (tx: Tx, response: string) => storeResponse(tx, caller, key, { fingerprint, response }, { now: time })
  try {
    const { value, seq } = await database.writeInSteps<Stored>(function* (tx) {
      const known = stored(tx)
      if (known) return known
      const value = yield* steps()(tx)
      const id = action?.()
      const done: Stored = id === undefined ? { value } : { value, action: id }
      const text = JSON.stringify(done)
      store(tx, text.length > MAX_RESPONSE ? DROPPED : text)
      return done
    })
    const done = { value: unwrap(value) as T, seq }
    return 'action' in value && value.action !== undefined ? { ...done, action: value.action } : done
  } catch (error) {
    if (!(error instanceof AppError) || !STORED_ERRORS.has(error.code) || preparedOtherwise(error)) throw error
    const { code, message, details, operation, own } = error
    const failed: Stored = {
      error: {
        ...{ code, message, details },
        ...(operation === undefined ? {} : { operation }),
        ...(own === undefined ? {} : { own }),
      },
    }
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
  | { readonly value: unknown; readonly action?: string }
  /** The request was carried out, but its response is not stored. */
  | { readonly dropped: true }
  | {
      readonly error: {
        readonly code: ErrorCode
        readonly message: string
        readonly details: readonly ErrorDetail[]
        readonly operation?: number
        readonly own?: OwnAnswer
      }
    }

function replayed(stored: StoredResponse | null, fingerprint: string): Stored | null {
  if (!stored) return null
  requireSame(stored, fingerprint)
  return JSON.parse(stored.response) as Stored
}

function unwrap(stored: Stored): unknown {
  if ('value' in stored) return stored.value
  if ('error' in stored) {
    const { code, message, details, operation, own } = stored.error
    throw new AppError(code, message, { details, own, ...(operation === undefined ? {} : { operation }) })
  }
  // Dropped, or stored by version 0.1, whose form was another.
  throw new AppError(
    'CONFLICT',
    'This request was already executed, but its response is no longer stored. Read the result instead of repeating the request.',
  )
}
