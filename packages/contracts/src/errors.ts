import type { Actor } from './actor'
import type { JsonValue } from './json-value'

/**
 * Every error that a user of the API can get: its code and its HTTP status.
 * The catalogue is closed: an error that is not in it is an INTERNAL one.
 */
export const ERROR_STATUS = {
  INVALID_REQUEST: 400,
  INVALID_FILTER: 400,
  INVALID_SORT: 400,
  INVALID_JSON: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NO_CALLER: 403,
  NOT_FOUND: 404,
  COLLECTION_NOT_FOUND: 404,
  FUNCTION_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  PROFILE_INCOMPLETE: 409,
  TOO_MANY_DOCUMENTS: 409,
  TRANSACTION_OPEN: 409,
  READ_AFTER_WRITE: 409,
  LEASE_LOST: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  VALIDATION_ERROR: 422,
  OUT_OF_RANGE: 422,
  TRANSACTION_TOO_LARGE: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  FUNCTION_ERROR: 500,
  FUNCTION_OUTPUT_INVALID: 500,
  FUNCTION_OUTPUT_TOO_LARGE: 500,
  FUNCTION_CRASHED: 502,
  FUNCTION_MEMORY: 502,
  UNAVAILABLE: 503,
  QUEUE_FULL: 503,
  REALTIME_BUSY: 503,
  QUERY_TIMEOUT: 503,
  FUNCTION_BUSY: 503,
  FUNCTION_NOT_READY: 503,
  TRANSACTION_BUSY: 503,
  TRANSACTION_CONFLICT: 503,
  TRANSACTION_TIMEOUT: 503,
  FUNCTION_TIMEOUT: 504,
  CHAIN_TOO_DEEP: 508,
} as const

export type ErrorCode = keyof typeof ERROR_STATUS

/** One thing that is wrong with one field of the input. `code` is the name of the violated rule (minLength, unknown, …). */
export interface ErrorDetail {
  readonly field: string
  readonly code: string
  readonly message: string
}

/** What rules denied: `dev` explains it. It is never sent. */
export interface Denial {
  readonly collection: string
  readonly operation: 'create' | 'read' | 'update' | 'delete'
  /** The key as the caller wrote it; null: no document in particular. */
  readonly id: string | null
  /** What was sent for the document; null: nothing. */
  readonly data: unknown
  /** The caller, if it is not the request's: a connection may change its actor after it was opened. */
  readonly actor?: Actor
}

/** An error of the project's own, as its callers get it. */
export interface OwnAnswer {
  /** Like SOLD_OUT. */
  readonly code: string
  /** 400 to 499. */
  readonly status: number
  readonly details: JsonValue
}

export interface AppErrorOptions {
  readonly details?: readonly ErrorDetail[]
  /** Index of the failing operation in a batch. */
  readonly operation?: number
  /** What the next step takes, once: of a sign-in that is not complete. */
  readonly ticket?: string
  /** Of a function that failed: whether its code may have done anything. */
  readonly executed?: 'no' | 'maybe'
  readonly denial?: Denial | undefined
  /** What code of the project answers instead. */
  readonly own?: OwnAnswer | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Set-Cookie headers. */
  readonly cookies?: readonly string[]
  readonly cause?: unknown
}

/** More than these say nothing that the first ones do not, and would make a response larger than what was asked. */
export const MAX_DETAILS = 100

/** The first details, and how many are left out. */
export function firstDetails(details: readonly ErrorDetail[], more = 0): readonly ErrorDetail[] {
  const leftOut = Math.max(0, details.length - MAX_DETAILS) + more
  if (leftOut === 0) return details
  const message = `and ${leftOut} more errors`
  return [...details.slice(0, MAX_DETAILS), { field: '', code: 'more', message }]
}

/**
 * An error whose message may be shown to the caller. Anything else that is thrown becomes INTERNAL.
 * A refusal (a status below 500) has no stack: nobody reads it, and capturing it is a third of what a refused request costs.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: readonly ErrorDetail[]
  readonly operation: number | undefined
  readonly ticket: string | undefined
  readonly executed: 'no' | 'maybe' | undefined
  readonly own: OwnAnswer | undefined
  /** Private, so that no log or serializer includes it: it has what was sent, and by whom. */
  readonly #denial: Denial | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    const frames = Error.stackTraceLimit
    if (ERROR_STATUS[code] < 500) Error.stackTraceLimit = 0
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    Error.stackTraceLimit = frames
    this.code = code
    this.details = options.details?.at(-1)?.code === 'more' ? options.details : firstDetails(options.details ?? [])
    this.operation = options.operation
    this.ticket = options.ticket
    this.executed = options.executed
    this.#denial = options.denial
    this.own = options.own
    this.headers = options.headers ?? {}
    this.cookies = options.cookies ?? []
  }

  /** The same with more details. */
  withDetails(more: readonly ErrorDetail[]): AppError {
    return new AppError(this.code, this.message, { ...optionsOf(this), details: [...this.details, ...more] })
  }

  /** The same, as that of one of several operations. */
  ofOperation(operation: number): AppError {
    return new AppError(this.code, this.message, { ...optionsOf(this), operation })
  }

  get denial(): Denial | undefined {
    return this.#denial
  }

  get status(): number {
    return this.own?.status ?? ERROR_STATUS[this.code]
  }
}

function optionsOf({
  details,
  operation,
  ticket,
  executed,
  denial,
  own,
  headers,
  cookies,
  cause,
}: AppError): AppErrorOptions {
  return {
    ...(operation === undefined ? {} : { operation }),
    ...(ticket === undefined ? {} : { ticket }),
    ...(executed === undefined ? {} : { executed }),
    ...{ details, denial, own, headers, cookies, cause },
  }
}

/**
 * Thrown when a process that only reads would have to write: the request belongs to the primary. Code that
 * can reach the primary forwards the request.
 */
export class NotPrimaryError extends AppError {
  constructor() {
    super('UNAVAILABLE', 'this process is read-only and cannot reach the primary')
  }
}
