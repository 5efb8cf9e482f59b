import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { isAbort, isRetry } from '../job-errors'
import { isKoyaError, isOwnError } from '../koya-error'
import { bytesAsText } from './bytes-as-text'
import type { CallInfo } from './call-info'
import { cutText } from './log-text'
import { originOf } from './passed-errors'

const MAX_TEXT = 16 * 1024

/** What the server gets of an error that the function did not catch (PROTOCOL.md, "A call"). */
export function failureResponse(error: unknown, { job }: Pick<CallInfo, 'job'> = {}): Response {
  if (job !== undefined && (isRetry(error) || isAbort(error))) {
    const message = cutText(error.message, MAX_TEXT)
    return isRetry(error) ? failure('retry', { message, after: error.after }) : failure('abort', { message })
  }
  if (isOwnError(error)) {
    const { code, message, status, details } = error
    return failure('error', { code, message, status, details })
  }
  const from = originOf(error)?.source
  // Status 0: no answer came, or none was asked for. That is a fault of the function, not a message to its caller.
  if (from !== undefined && isKoyaError(error) && error.status >= 400) {
    const { code, message, status, details } = error
    return failure('passed', { code, message, status, details, from })
  }
  return failure('thrown', thrownText(error))
}

function failure(kind: 'thrown' | 'error' | 'passed' | 'retry' | 'abort', body: object): Response {
  const headers = { 'content-type': 'application/json', 'koyalite-failure': kind }
  return new Response(failureText(body), { status: 500, headers })
}

function failureText(body: object): string {
  try {
    return JSON.stringify(body, bytesAsText)
  } catch (error) {
    // Details that are not JSON.
    return JSON.stringify({
      ...body,
      details: [],
      message: `${(body as Error).message} (its details are not JSON: ${error})`,
    })
  }
}

export interface ThrownText {
  readonly name: string
  readonly message: string
  readonly stack: string
}

/** Of anything that can be thrown. */
export function thrownText(error: unknown): ThrownText {
  if (!(error instanceof Error)) {
    const message = cutText(typeof error === 'string' ? error : inspect(error), MAX_TEXT)
    return { name: 'Error', message, stack: `${message}\n    (what was thrown is not an Error: it has no stack)` }
  }
  const name = String(error.name)
  const message = isKoyaError(error) ? `${error.code}: ${error.message}` : String(error.message)
  return { name, message: cutText(message, MAX_TEXT), stack: cutText(stackText(error), MAX_TEXT) }
}

/** With the causes. */
function stackText(error: Error): string {
  const seen = new Set<unknown>()
  const stacks: string[] = []
  for (let at: unknown = error; at !== undefined && at !== null && !seen.has(at); ) {
    seen.add(at)
    stacks.push(at instanceof Error ? withoutHost(at.stack ?? String(at)) : inspect(at))
    at = at instanceof Error ? at.cause : undefined
  }
  return stacks.join('\ncaused by: ')
}

/** The file of this program. */
const HOST = fileURLToPath(import.meta.url)

/** Frames of this program are of no use to whoever reads it. */
function withoutHost(stack: string): string {
  const lines = stack.split('\n')
  return lines.filter((line) => !line.includes(`${HOST}:`)).join('\n')
}
