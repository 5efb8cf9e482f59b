import type { CallOptions, DataOptions } from './call-options'
import { pause, withDeadline } from './deadline'
import { errorOfResponse, isKoyaError, KoyaError, unexpectedResponse } from './koya-error'
import type { Session } from './ports'
import { compareSeq } from './seq'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface HttpCall {
  readonly method: HttpMethod
  /** With its query: `/api/collections/posts?limit=10` */
  readonly path: string
  /** JSON. */
  readonly body?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Writes of documents are made with an Idempotency-Key, so that they can be repeated. */
  readonly isWrite?: boolean | undefined
  /** In the place of the session's, and never renewed: null: anonymous. For calls that the session itself makes. */
  readonly bearer?: string | null | undefined
  /** Cookies of the response are for a later call, though they do not carry the session. */
  readonly setsCookies?: boolean | undefined
}

export interface Answer {
  /** Undefined where there is none. */
  readonly body: unknown
  readonly headers: Headers
}

export interface Transport {
  readonly session: Session
  /** The server's address, without a slash at its end. */
  readonly url: string
  /** Whether the server runs on this machine: somebody develops with it. */
  readonly isLocal: boolean
  /** The latest position that an answer had. */
  readonly lastSeq: string | undefined
  send(call: HttpCall, options?: CallOptions): Promise<Answer>
  /** A response that is read while it comes, for as long as it takes. One try; rejects where it is not a success. */
  stream(call: HttpCall & { readonly bearer: string | null }, signal: AbortSignal): Promise<Response>
}

/** All tries of a call together. */
const TOTAL_MS = 60_000
const LONGEST_RETRY_AFTER_S = 10

export interface TransportOptions extends DataOptions {
  /** `Koyalite-Schema` of a server with the schema that the client was generated for. */
  readonly schema?: string | undefined
}

/** @param createSession makes calls only when it is asked, never at once */
export function createTransport(
  options: TransportOptions,
  createSession: (transport: Transport) => Session,
): Transport {
  const url = serverUrl(options.url)
  const network = reaching(url)
  const isLocal = /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(url)
  let lastSeq: string | undefined
  let hasWarned = false

  async function attempt(
    call: HttpCall,
    headers: Record<string, string>,
    { signal, checkUser }: { readonly signal: AbortSignal; readonly checkUser: () => void },
  ): Promise<Answer> {
    const bearer = call.bearer === undefined ? await session.bearer() : call.bearer
    let response = await request(call, headers, { bearer, signal })
    if (response.status === 401 && bearer !== null && call.bearer === undefined) {
      const renewed = await session.renewed(bearer)
      if (renewed !== null) {
        checkUser()
        response = await request(call, headers, { bearer: renewed, signal })
      }
    }
    return answerOf(response)
  }

  async function request(
    { method, path, body, setsCookies }: HttpCall,
    headers: Readonly<Record<string, string>>,
    { bearer, signal }: { readonly bearer: string | null; readonly signal: AbortSignal },
  ): Promise<Response> {
    // Called as a plain function: browsers refuse it as a method of something else.
    const fetch: (url: string, init: RequestInit) => Promise<Response> = options.fetch ?? globalThis.fetch
    const csrf = method === 'GET' ? null : await session.csrf?.()
    const own = { ...(bearer && { authorization: `Bearer ${bearer}` }), ...(csrf && { 'x-csrf-token': csrf }) }
    const init: RequestInit = { method, headers: { ...own, ...headers }, signal }
    if (session.cookies || setsCookies) init.credentials = 'include'
    if (body !== undefined) init.body = body
    // Frameworks keep what they fetch on servers, for all users; some runtimes refuse options that they do not have.
    if ('cache' in Request.prototype) init.cache = 'no-store'
    return network(() => fetch(url + path, init))
  }

  async function answerOf(response: Response): Promise<Answer> {
    compareSchema(response.headers.get('koyalite-schema'))
    const text = await network(() => response.text())
    if (!response.ok) throw errorOfResponse(response, text)
    const seq = response.headers.get('koyalite-seq')
    if (seq !== null && (lastSeq === undefined || compareSeq(seq, lastSeq) !== -1)) lastSeq = seq
    return { headers: response.headers, body: text === '' ? undefined : parsed(response, text) }
  }

  /** Says once, where somebody develops, that the client was generated for another schema. */
  function compareSchema(theirs: string | null): void {
    if (!isLocal || hasWarned || theirs === null || options.schema === undefined || theirs === options.schema) return
    hasWarned = true
    console.warn('koyalite: the schema of the server is not the one of this client: run `koyalite generate`')
  }

  const transport: Transport = {
    get session() {
      return session
    },
    url,
    isLocal,
    get lastSeq() {
      return lastSeq
    },
    async send(call, { signal, timeout = options.timeout ?? 30_000, headers, idempotencyKey } = {}) {
      const mostRetries = options.retries ?? 3
      const key = idempotencyKey ?? (call.isWrite && mostRetries > 0 ? randomKey() : undefined)
      const all: Record<string, string> = { ...options.headers, ...call.headers, ...headers }
      if (call.body !== undefined) all['content-type'] = 'application/json'
      if (key !== undefined && call.method !== 'GET') all['idempotency-key'] = key
      const retries = call.method === 'GET' || key !== undefined ? mostRetries : 0
      const start = Date.now()
      let hasChanged = false
      const stop = session.onUserChange(() => {
        hasChanged = true
      })
      const checkUser = () => {
        if (hasChanged) throw userChanged()
      }
      try {
        for (let tries = 0; ; tries++) {
          try {
            return await withDeadline({ signal, timeout }, (ended) => attempt(call, all, { signal: ended, checkUser }))
          } catch (error) {
            const wait = tries < retries ? waitAfter(error, tries) : null
            if (wait === null || Date.now() - start + wait > TOTAL_MS) throw error
            await pause(wait, signal)
            checkUser()
          }
        }
      } finally {
        stop()
      }
    },
    async stream(call, signal) {
      const response = await request(call, { ...options.headers, ...call.headers }, { bearer: call.bearer, signal })
      if (!response.ok) throw errorOfResponse(response, await network(() => response.text()))
      return response
    },
  }
  const session = createSession(transport)
  return transport
}

/** What one user asked for is never repeated as another one, nor as nobody. */
export function userChanged(): KoyaError {
  return new KoyaError('ABORTED', 'Somebody has signed in or out since the call was made.')
}

/** How long to wait until a failed call is repeated, in milliseconds; null where that would not help. */
function waitAfter(error: unknown, tries: number): number | null {
  if (!isKoyaError(error) || !passes(error)) return null
  const after = error.retryAfter ?? 0
  if (after > LONGEST_RETRY_AFTER_S) return null
  return Math.max(after * 1000, 100 * 2 ** tries * (0.5 + Math.random()))
}

/** Whether what failed may work a moment later. */
function passes({ code, status, retryAfter }: KoyaError): boolean {
  switch (status) {
    case 0:
      return code === 'NETWORK'
    case 429:
      return retryAfter !== undefined
    case 502:
    case 503:
    case 504:
      return code === 'UNAVAILABLE' || code === 'UNEXPECTED_RESPONSE'
    default:
      return false
  }
}

/** Without a slash at its end. */
function serverUrl(url: string): string {
  try {
    // React Native's URL takes almost everything.
    if (/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/i.test(url) && new URL(url)) return url.replace(/\/+$/, '')
  } catch {}
  const message = `${JSON.stringify(url)} is not the URL of a server, such as "http://127.0.0.1:8090"`
  throw new KoyaError('INVALID_REQUEST', message)
}

/** For messages: without a path, and without a password. */
export function originOf(url: string): string {
  return url.replace(/^(https?:\/\/)(?:[^/]*@)?([^/]+).*$/i, '$1$2')
}

/** What fails between us and the server is NETWORK. */
function reaching(url: string) {
  const origin = originOf(url)
  return async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new KoyaError('NETWORK', `${origin} cannot be reached: ${why}`, { cause: error })
    }
  }
}

function parsed(response: Response, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const requestId = response.headers.get('x-request-id') ?? undefined
    throw unexpectedResponse(text, { status: response.status, requestId, cause })
  }
}

/** 128 bits: among anonymous callers it is a secret. Undefined where the runtime has no random numbers; then a write is not repeated. */
function randomKey(): string | undefined {
  const bytes = globalThis.crypto?.getRandomValues?.(new Uint8Array(16))
  return bytes && Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
