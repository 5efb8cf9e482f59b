import { ERROR_STATUS, type ErrorCode } from '@koyalite/contracts'
import type { ApiResponse } from './api'

/**
 * What is wrong with a response that should be an error of the contract, in a sentence; undefined if nothing is.
 * Holds it to the shape, the catalogue, and X-Request-Id, whatever the request was.
 */
export function errorProblem(response: ApiResponse): string | undefined {
  const error = response.body?.error
  if (typeof error !== 'object' || error === null) return `no error in the body: ${response.text.slice(0, 200)}`
  if (!(error.code in ERROR_STATUS)) return `unknown code ${error.code}`
  if (ERROR_STATUS[error.code as ErrorCode] !== response.status) return `${error.code} with status ${response.status}`
  if (typeof error.message !== 'string' || error.message === '') return 'no message'
  if (typeof error.request_id !== 'string' || error.request_id === '') return 'no request_id'
  if (error.request_id !== response.headers.get('x-request-id')) return 'request_id is not that of X-Request-Id'
  if (Number.isNaN(Date.parse(error.timestamp))) return `timestamp ${error.timestamp}`
  if (error.details !== undefined && !isDetails(error.details)) return `details ${JSON.stringify(error.details)}`
  if (/\bat .*\.[jt]s:\d+|node_modules|SQLITE_|\/src\//.test(response.text))
    return `internals in: ${response.text.slice(0, 300)}`
  return undefined
}

/** Throws unless the response is this error, in the contract's shape. */
export function expectError(response: ApiResponse, ...codes: readonly ErrorCode[]): void {
  const problem = errorProblem(response)
  if (problem !== undefined) throw new Error(`not a proper error (status ${response.status}): ${problem}`)
  const code = response.body.error.code
  if (!codes.includes(code)) throw new Error(`expected ${codes.join(' or ')}, got ${response.status}: ${response.text}`)
}

/** Throws unless the response has this status; the message then holds the body. */
export function expectStatus(response: ApiResponse, ...statuses: readonly number[]): ApiResponse {
  if (!statuses.includes(response.status)) {
    throw new Error(`expected ${statuses.join(' or ')}, got ${response.status}: ${response.text.slice(0, 2000)}`)
  }
  return response
}

/** The fields that the details of an error name, sorted. */
export function fieldsOf(response: ApiResponse): readonly string[] {
  const details: readonly { field: string }[] = response.body?.error?.details ?? []
  return [...new Set(details.map((detail) => detail.field))].sort()
}

/** A list of what is wrong; or of a function that failed, whether its code may have done anything. */
function isDetails(details: unknown): boolean {
  if (typeof details === 'object' && details !== null && 'executed' in details) {
    return details.executed === 'no' || details.executed === 'maybe'
  }
  return (
    Array.isArray(details) &&
    details.every(
      (one) => typeof one?.field === 'string' && typeof one.code === 'string' && typeof one.message === 'string',
    )
  )
}
