import type { ErrorCode, ErrorDetail } from '@koyalite/contracts'

/** No answer of the server came: a failed connection, a call that was aborted, one that took too long, an answer of something else (a proxy). */
export type LocalErrorCode = 'NETWORK' | 'ABORTED' | 'TIMEOUT' | 'UNEXPECTED_RESPONSE'

/** Known codes for completion; a newer server may send others. */
export type KoyaErrorCode = ErrorCode | LocalErrorCode | (string & {})

export interface KoyaErrorOptions {
  readonly status?: number
  readonly details?: readonly ErrorDetail[]
  readonly requestId?: string | undefined
  readonly retryAfter?: number | undefined
  readonly operation?: number | undefined
  readonly executed?: 'no' | 'maybe' | undefined
  readonly execution?: string | undefined
  readonly cause?: unknown
}

/** What every call rejects with. */
export class KoyaError extends Error {
  override readonly name = 'KoyaError'
  readonly code: KoyaErrorCode
  /** The HTTP status; 0 where no answer came, or none was asked for. */
  readonly status: number
  /** All that is wrong with the input, by field. */
  readonly details: readonly ErrorDetail[]
  /** Under which the server's log has the request. */
  readonly requestId: string | undefined
  /** Seconds after which a repetition makes sense. */
  readonly retryAfter: number | undefined
  /** Index of the failing operation in a batch, or of the failing document in `createMany`. */
  readonly operation: number | undefined
  /** Of a call of a function: whether its code may have run. After `no`, the same call can be made again. */
  readonly executed: 'no' | 'maybe' | undefined
  /** Under which the function's log has the call. */
  readonly execution: string | undefined

  constructor(code: KoyaErrorCode, message: string, options: KoyaErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status ?? 0
    this.details = options.details ?? []
    this.requestId = options.requestId
    this.retryAfter = options.retryAfter
    this.operation = options.operation
    this.executed = options.executed
    this.execution = options.execution
  }
}

/** Where `instanceof` is not enough: errors of another copy of this package, or of another realm. */
export function isKoyaError(error: unknown): error is KoyaError {
  return error instanceof Error && error.name === 'KoyaError' && 'code' in error && typeof error.code === 'string'
}

/** The error that a response is. @param text its body */
export function errorOfResponse(response: Response, text: string): KoyaError {
  const after = Number(response.headers.get('retry-after') ?? Number.NaN)
  const common = {
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? undefined,
    retryAfter: after >= 0 ? after : undefined,
    execution: response.headers.get('koyalite-execution') ?? undefined,
  }
  const error = sentError(text)
  if (error === undefined) return unexpectedResponse(text, common)
  const { details, operation } = error
  // Those of a function may be anything: then they are the cause.
  if (Array.isArray(details)) return new KoyaError(error.code, error.message, { ...common, operation, details })
  const executed = (details as KoyaErrorOptions | null | undefined)?.executed
  return new KoyaError(error.code, error.message, { ...common, executed, cause: details })
}

/** An answer that is not one of a KoyaLite server. */
export function unexpectedResponse(text: string, options: KoyaErrorOptions): KoyaError {
  const shown = text.trim().slice(0, 200)
  return new KoyaError(
    'UNEXPECTED_RESPONSE',
    `the answer (${options.status}) is not one of a KoyaLite server${shown === '' ? '' : `: ${shown}`}`,
    options,
  )
}

interface SentError {
  readonly code: string
  readonly message: string
  readonly details?: unknown
  readonly operation?: number
}

function sentError(text: string): SentError | undefined {
  try {
    const { error } = JSON.parse(text)
    return typeof error.code === 'string' && typeof error.message === 'string' ? error : undefined
  } catch {
    return undefined
  }
}
