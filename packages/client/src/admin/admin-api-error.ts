import type { ErrorCode, ErrorDetail } from '@koyalite/contracts'

interface SentError {
  readonly code: ErrorCode | null
  readonly message: string
  readonly details: readonly ErrorDetail[]
  readonly request_id: string | null
}

/** An error response. */
export class AdminApiError extends Error {
  override readonly name = 'AdminApiError'
  readonly status: number
  /** Null where the response is not one of this API: of a proxy in front of the server. */
  readonly code: ErrorCode | null
  /** All that is wrong with the input, by field. */
  readonly details: readonly ErrorDetail[]
  /** Under which the server's log has the request. */
  readonly requestId: string | null

  constructor(status: number, error: SentError) {
    super(error.message)
    this.status = status
    this.code = error.code
    this.details = error.details
    this.requestId = error.request_id
  }
}

export async function errorOf(response: Response): Promise<AdminApiError> {
  const error = errorIn(await response.text())
  if (error !== null) return new AdminApiError(response.status, error)
  const message = `${response.status} ${response.statusText}`.trim()
  return new AdminApiError(response.status, { code: null, message, details: [], request_id: null })
}

/** Null where a text is not an error of this API. */
function errorIn(text: string): SentError | null {
  try {
    const { error } = JSON.parse(text)
    const isOurs = typeof error?.code === 'string' && typeof error.message === 'string' && Array.isArray(error.details)
    return isOurs ? error : null
  } catch {
    return null
  }
}
