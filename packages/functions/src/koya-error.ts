import { type KoyaError as ClientError, isKoyaError } from '@koyalite/client/data'

export { isKoyaError } from '@koyalite/client/data'

export interface KoyaErrorOptions {
  /** 400 to 499. @default that of the code where the API has it too (404 for NOT_FOUND), else 400 */
  readonly status?: number
  /** JSON that the caller gets. */
  readonly details?: unknown
  readonly cause?: unknown
}

/** Codes of the API that a function may answer with, and what they mean there. */
export const SHARED_CODES: Readonly<Record<string, number>> = {
  INVALID_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  VALIDATION_ERROR: 422,
  RATE_LIMITED: 429,
}

/** What the server and clients alone say: a caller acts by them. */
const RESERVED =
  /^((FUNCTION|TRANSACTION)_\w*|CHAIN_TOO_DEEP|NO_CALLER|READ_AFTER_WRITE|LEASE_LOST|INTERNAL|UNAVAILABLE|QUEUE_FULL|REALTIME_BUSY|QUERY_TIMEOUT|NETWORK|ABORTED|TIMEOUT|UNEXPECTED_RESPONSE)$/

/** Found in errors of all copies of this package: that of the host, and that in the bundle of each function. */
const OWN: unique symbol = Symbol.for('koyalite.functions.error') as never

/**
 * An error that the caller of the function gets as it is: `throw new KoyaError('SOLD_OUT', 'no seats are left', { status: 409 })`.
 * Anything else that is thrown is a FUNCTION_ERROR, whose message callers see in `dev` only.
 */
export class KoyaError extends Error {
  override readonly name = 'KoyaError'
  readonly [OWN] = true
  readonly code: string
  readonly status: number
  readonly details: unknown

  constructor(code: string, message: string, { status, details, cause }: KoyaErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(code)) {
      throw new TypeError(`the code of a KoyaError is like SOLD_OUT, not ${JSON.stringify(code)}`)
    }
    if (RESERVED.test(code)) throw new TypeError(`${code} is a code of the server: choose another one`)
    this.code = code
    this.status = status ?? SHARED_CODES[code] ?? 400
    if (!Number.isInteger(this.status) || this.status < 400 || this.status > 499) {
      throw new TypeError(`the status of a KoyaError is from 400 to 499, not ${status}`)
    }
    this.details = details ?? []
  }
}

// Errors of `ctx.db`, and those of other copies of this class, are instances of it; of its subclasses they are not.
Object.defineProperty(KoyaError, Symbol.hasInstance, {
  value(this: typeof KoyaError, error: unknown): boolean {
    return this === KoyaError ? isKoyaError(error) : Function.prototype[Symbol.hasInstance].call(this, error)
  },
})

/** Whether code of a function made it: not `ctx`, nor a client of another server. */
export function isOwnError(error: unknown): error is KoyaError {
  return isKoyaError(error) && OWN in error
}

/** An error of `ctx`, as the client of the server makes them. */
export type CtxError = ClientError
