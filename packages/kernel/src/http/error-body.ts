import { AppError, type ErrorCode, type ErrorDetail, type JsonValue } from '@koyalite/contracts'

/** The one shape of an error, over HTTP, WebSocket and in batches. */
export interface ErrorBody {
  readonly error: {
    /** Of the catalogue, or the project's own. */
    readonly code: ErrorCode | string
    readonly message: string
    /** Of a function that failed, whether its code may have done anything; of the project's own errors, what it says. */
    readonly details: readonly ErrorDetail[] | { readonly executed: 'no' | 'maybe' } | JsonValue
    /** Index of the failing operation in a batch. */
    readonly operation?: number
    /** With PROFILE_INCOMPLETE: the ticket for POST /api/auth/oauth/complete. */
    readonly ticket?: string
    readonly request_id: string
    readonly timestamp: string
  }
}

/** The system has no descriptor, process or thread left to give. */
const EXHAUSTED = new Set(['EMFILE', 'ENFILE', 'EAGAIN'])

/** What may be disclosed about anything thrown: an AppError as it is, everything else as an INTERNAL one that says nothing more. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  if (thrown instanceof Error && 'code' in thrown && EXHAUSTED.has(String(thrown.code))) {
    return new AppError(
      'UNAVAILABLE',
      'the server has temporarily run out of file descriptors or processes; try again',
      {
        cause: thrown,
        headers: { 'retry-after': '2' },
      },
    )
  }
  return new AppError('INTERNAL', 'internal error; the server log has the cause under this request id', {
    cause: thrown,
  })
}

/** @param time milliseconds since 1970 */
export function errorBody(error: AppError, requestId: string, time: number): ErrorBody {
  return {
    error: {
      code: error.own?.code ?? error.code,
      message: shortened(error.message),
      details: error.own?.details ?? detailsOf(error),
      ...(error.operation === undefined ? {} : { operation: error.operation }),
      ...(error.ticket === undefined ? {} : { ticket: error.ticket }),
      request_id: requestId,
      timestamp: new Date(time).toISOString(),
    },
  }
}

function detailsOf({ executed, details }: AppError) {
  return executed === undefined ? details.map(shortenedDetail) : { executed }
}

function shortenedDetail(detail: ErrorDetail): ErrorDetail {
  return { ...detail, field: shortened(detail.field), message: shortened(detail.message) }
}

/** Names that a caller made up stand in messages, more than once: the response must not be longer than what was sent. */
const MAX_LENGTH = 10_000

function shortened(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`
}
