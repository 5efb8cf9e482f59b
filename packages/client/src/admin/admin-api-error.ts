import type { ErrorCode, ErrorDetail } from '@koyalite/contracts'

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

  constructor(
    status: number,
    error: {
      readonly code: ErrorCode | null
      readonly message: string
      readonly details: readonly ErrorDetail[]
      readonly request_id: string | null
    },
  ) {
    super(error.message)
    this.status = status
    this.code = error.code
    this.details = error.details
    this.requestId = error.request_id
  }
}

export async function errorOf(response: Response): Promise<AdminApiError> {
  const text = await response.text()
  try {
    const { code, message, details, request_id } = JSON.parse(text).error
    return new AdminApiError(response.status, { code, message, details, request_id })
  } catch {
    const message = `${response.status} ${response.statusText}`.trim()
    return new AdminApiError(response.status, { code: null, message, details: [], request_id: null })
  }
}
