import { type Actor, ANONYMOUS } from '@koyalite/contracts'
import { isTighter, type RateState } from '../rate-limit/rate-limiter'
import { isLocalCaller } from './local-caller'
import { requireJson } from './media-type'
import { LONG_JSON, type NumberPolicy, parseJson, parseJsonInTurns } from './parse-json'
import { limitedStream, readBody } from './read-body'
import { decodeSegment, parseQuery } from './request-target'
import type { ApiRequest, CredentialUse } from './route'

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze(Object.create(null))

/** Most requests have none. Handlers read a query, and never change it. */
const NO_QUERY = new URLSearchParams()

/** A request on its way through the pipeline. What costs anything is done when it is first asked for. */
export class HttpRequest implements ApiRequest {
  readonly time = Date.now()
  readonly started = performance.now()
  id = ''
  ip = ''
  socketIp = ''
  /** The host that was asked for; empty where none was named. */
  authority = ''
  credentials: CredentialUse = 'checked'
  /** Whether no page of another origin may read the response, and no cache keep it. */
  isPrivate = false
  sparesLocalCallers = false
  /** Its route says which origins may read the response. */
  hasOwnCors = false
  path = '/'
  actor: Actor = ANONYMOUS
  params = NO_PARAMS
  bodyLimit = 0
  /** The tightest limit that it was charged to. */
  limit: RateState | null = null
  queryShape: string | null = null
  /** Without its `?`. */
  rawQuery: string | null = null
  readonly method: string
  readonly headers: Headers
  readonly #request: Request
  #query: URLSearchParams | undefined
  #isLocal: boolean | undefined

  constructor(request: Request) {
    this.#request = request
    this.method = request.method
    this.headers = request.headers
  }

  get query(): URLSearchParams {
    this.#query ??= this.rawQuery === null ? NO_QUERY : parseQuery(this.rawQuery)
    return this.#query
  }

  get isLocal(): boolean {
    this.#isLocal ??= isLocalCaller(this)
    return this.#isLocal
  }

  get isUnlimited(): boolean {
    return this.sparesLocalCallers && this.isLocal
  }

  get signal(): AbortSignal {
    return this.#request.signal
  }

  reportRateLimit(state: RateState): void {
    if (this.limit === null || isTighter(state, this.limit)) this.limit = state
  }

  reportQuery(shape: string): void {
    this.queryShape = shape
  }

  json(numbers?: NumberPolicy): Promise<unknown> {
    requireJson(this.headers)
    return this.bytes().then((bytes) => (bytes.length < LONG_JSON ? parseJson : parseJsonInTurns)(bytes, numbers))
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return readBody(this.#request, this.bodyLimit)
  }

  stream(): ReadableStream<Uint8Array> | null {
    return limitedStream(this.#request, this.bodyLimit)
  }

  /** What the route table matched: see RouteMatch. */
  setParams(names: readonly string[], values: readonly string[]): void {
    if (names.length === 0) return
    const decoded: Record<string, string> = Object.create(null)
    for (let n = 0; n < names.length; n++) decoded[names[n] as string] = decodeSegment(values[n] as string)
    this.params = decoded
  }
}
