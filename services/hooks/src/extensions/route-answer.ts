import type { CodeSchema, JsonValue } from '@koyalite/contracts'
import { type ApiResponse, parseJson } from '@koyalite/kernel'
import { HookFailed } from '../running/hook-errors'
import { wireOf } from '../running/wire-values'

/** Made by `ctx.reply` alone: a document with a field `status` is none. */
const replies = new WeakMap<object, Replied>()

interface Replied {
  readonly status: unknown
  readonly body: unknown
  readonly headers: unknown
}

/** `ctx.reply` of a route. */
export function reply(status: unknown, body?: unknown, headers?: unknown): object {
  const made = Object.freeze({})
  replies.set(made, { status, body, headers })
  return made
}

/** What a handler returned, as it is sent. @throws HookFailed where that is impossible */
export function answerOf(returned: unknown, output: CodeSchema | null, place: string): ApiResponse {
  const replied = typeof returned === 'object' && returned !== null ? replies.get(returned) : undefined
  if (replied === undefined) {
    if (returned instanceof Response)
      throw new HookFailed(`${place} returned a Response: return a value, or ctx.reply(status, body, headers)`)
    return { status: 200, body: jsonOf(returned, { output, place }), headers: NO_STORE }
  }
  const { status, body } = replied
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    throw new HookFailed(`${place} replied with a status that is none: it is from 200 to 599`)
  const own = headersOf(replied.headers, place)
  const headers = { ...NO_STORE, ...own }
  if (EMPTY.has(status) || body === undefined) return { status, body: null, headers }
  if (typeof body === 'string' && own['content-type'] !== undefined) return { status, body, headers }
  return { status, body: jsonOf(body, { output: status === 200 ? output : null, place }), headers }
}

const NO_STORE = { 'cache-control': 'no-store' }
/** They have no body. */
const EMPTY: ReadonlySet<number> = new Set([204, 205, 304])

function jsonOf(
  value: unknown,
  { output, place }: { readonly output: CodeSchema | null; readonly place: string },
): string {
  const text = JSON.stringify(wireOf(value, place))
  const wrong = output?.violations(parseJson(new TextEncoder().encode(text)) as JsonValue) ?? []
  if (wrong.length === 0) return text
  throw new HookFailed(`what ${place} returned is not its 'output': ${wrong.map(({ message }) => message).join('; ')}`)
}

/** The server's own to say, or of the connection. */
const NEVER =
  /^(koyalite-.*|access-control-.*|set-cookie|x-request-id|strict-transport-security|service-worker-allowed|content-length|content-encoding|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/
const ACTIVE_CONTENT = /^(text\/html|application\/xhtml\+xml|image\/svg\+xml|(application|text)\/(\w+\+)?xml)\b/i
const MAX_HEADERS = 16 * 1024

function headersOf(sent: unknown, place: string): Readonly<Record<string, string>> {
  if (sent === undefined) return {}
  if (typeof sent !== 'object' || sent === null)
    throw new HookFailed(`${place} replied with headers that are no object`)
  const headers: Record<string, string> = {}
  let size = 0
  for (const [written, value] of Object.entries(sent)) {
    const name = written.toLowerCase()
    if (!/^[a-z0-9-]{1,100}$/.test(name) || typeof value !== 'string' || !/^[\t\x20-\x7e]*$/.test(value))
      throw new HookFailed(`${place} replied with a header '${written.slice(0, 100)}' that cannot be sent`)
    if (NEVER.test(name)) throw new HookFailed(`${place} replied with the header ${name}, which is the server's to say`)
    size += name.length + value.length
    headers[name] = value
  }
  if (size > MAX_HEADERS) throw new HookFailed(`${place} replied with more than ${MAX_HEADERS} characters of headers`)
  // A page from our origin could use the sessions of whoever opens it.
  if (ACTIVE_CONTENT.test(headers['content-type']?.trim() ?? '')) headers['content-security-policy'] = 'sandbox'
  return headers
}
