import { type Actor, AppError, type DenialObserver, type ErrorCode, NotPrimaryError } from '@koyalite/contracts'
import type { Forwarder } from '../lifecycle/forwarding'
import type { Log, RequestEntry } from '../log/log'
import type { HttpMetrics, RouteMetrics } from '../metrics/http-metrics'
import { rateHeaders } from '../rate-limit/rate-headers'
import type { WebSocketHandler } from '../websocket/web-socket'
import { createHostCheck } from './allowed-hosts'
import { createClientAddress, trustsProxies } from './client-address'
import { deniedCall } from './denied-call'
import { errorBody, toAppError } from './error-body'
import { HttpRequest } from './http-request'
import type { HttpSettings } from './http-settings'
import { comeBackLater } from './reconnecting-stream'
import { requestId } from './request-id'
import { requestTarget } from './request-target'
import { createResponseHeaders, privatePaths, type ResponseHeaders } from './response-headers'
import type { ApiRequest, ApiResponse, Route, RouteResponse, UnidentifiedRequest } from './route'
import { createRouteTable, type RouteMatch } from './route-table'

/** What the socket knows of a request. `ip` may be a getter: it is read once, when needed. */
export interface Connection {
  readonly ip: string
  /** Upgrades to a WebSocket; false if the request is not a handshake. Absent if there are none. */
  upgrade?(handler: WebSocketHandler): boolean
}

export interface HttpApp {
  fetch(request: Request, connection: Connection): Response | Promise<Response>
}

export interface HttpAppOptions {
  readonly routes: readonly Route[]
  readonly settings: HttpSettings
  readonly log: Log
  readonly metrics: HttpMetrics
  /** @throws AppError UNAUTHENTICATED for a token that is not (or no longer) valid */
  authenticate(request: UnidentifiedRequest): Actor | Promise<Actor>
  /** Is given every response, when it is logged. */
  observe?(entry: RequestEntry): void
  /** Wants to know what each request does in the database. */
  readonly trace?: RequestTrace
  /** Runs once it is known who makes a request and before it is decided whether they may. It continues when what this returns resolves. */
  beforeAccess?(request: ApiRequest, route: Route): Promise<void> | undefined
  /** False where every caller is known to be on this machine, so that its name for the server does not matter. */
  readonly checkHost?: boolean
  /** Where pages of operators are besides `/_/`: no other origin reads what is below it. */
  readonly privatePath?: string
  /** Callers on this machine are not limited, only notified of limits: in `dev`. */
  readonly sparesLocalCallers?: boolean
  /** Explains why rules refuse a request: in `dev`. Null, or absent: nobody does. */
  readonly denials?: DenialObserver | null
  /** Where this process only reads: the way to the one that writes, for what writes and for what is not known here. */
  readonly forward?: Forwarder & {
    /** Whether everything is passed on, reads too. */
    all(): boolean
  }
}

/** Follows requests through the promises that they wait for. */
export interface RequestTrace {
  /** Asked for each request, so it must cost nothing. */
  readonly isOn: boolean
  /** Handles a request, of which `observe` is called inside. */
  run<T>(handle: () => T): T
}

interface Target {
  readonly route: Route
  readonly metrics: RouteMetrics
}

/**
 * Composes the one handler that every request goes through:
 * request id → host → CORS → route → actor → access → handler → response, log, metrics.
 * It stays synchronous as long as what it calls does.
 */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const { settings, log, metrics, forward } = options
  const publicHeaders = createResponseHeaders(settings, 'public')
  const privateHeaders = createResponseHeaders(settings, 'private')
  const headersOf = (request: HttpRequest) => (request.isPrivate ? privateHeaders : publicHeaders)
  const isPrivate = privatePaths(options.privatePath)
  const clientAddress = createClientAddress(settings.trust_proxy)
  let isProxyExpected = trustsProxies(settings.trust_proxy)
  const checkHost = options.checkHost === false ? () => {} : createHostCheck(settings)
  const unmatched = metrics.route('OTHER', 'unmatched')
  const table = createRouteTable<Target>(options.routes, (route) => ({
    route,
    metrics: metrics.route(route.method, route.path),
  }))

  function begin(exchange: Exchange, url: string, connection: Connection): RouteResponse | Promise<RouteResponse> {
    const { request } = exchange
    const target = requestTarget(url)
    request.path = target.path
    request.rawQuery = target.query
    request.id = requestId(request.headers)
    request.isPrivate = isPrivate(target.path)
    request.socketIp = connection.ip
    request.ip = clientAddress(request.headers, request.socketIp)
    if (!isProxyExpected && request.headers.has('x-forwarded-for')) warnOfProxy()
    request.sparesLocalCallers = options.sparesLocalCallers === true
    // A URL without authority: the Host header is absent (HTTP/1.0; no browser does that) or unusable.
    const host = target.authority === '' ? request.headers.get('host') : target.authority
    request.authority = host ?? ''
    if (host !== null) checkHost(host)
    const match = table.match(request.method, target.path)
    if (forward !== undefined && (forward.all() || isElsewhere(match))) return forwardRequest(exchange, match)
    if (request.method === 'OPTIONS' && match.kind !== 'unknown' && !hasOwnCors(match)) {
      return respondToOptions(request, match.kind === 'found' ? '' : match.allow)
    }
    if (match.kind === 'unknown') throw unknownPath(target.path)
    if (match.kind === 'other_methods') {
      throw new AppError('METHOD_NOT_ALLOWED', `${request.method} is not allowed here; allowed: ${match.allow}`, {
        headers: { allow: match.allow },
      })
    }
    exchange.metrics = match.target.metrics
    const { route } = match.target
    request.hasOwnCors = route.ownCors === true
    if (route.serviceWorker !== true && request.headers.get('service-worker') === 'script') {
      throw new AppError('FORBIDDEN', 'Only a file of the project itself can be a service worker.')
    }
    request.setParams(match.names, match.values)
    request.credentials = route.credentials ?? 'checked'
    request.bodyLimit = route.bodyLimit ?? settings.max_body
    const actor = options.authenticate(request)
    if (actor instanceof Promise) return actor.then((later) => handleAs(later, request, route))
    return handleAs(actor, request, route)
  }

  function handleAs(actor: Actor, request: HttpRequest, route: Route): RouteResponse | Promise<RouteResponse> {
    request.actor = actor
    const recorded = options.beforeAccess?.(request, route)
    if (recorded !== undefined) return recorded.then(() => handleAllowed(request, route))
    return handleAllowed(request, route)
  }

  /** Once: limits count all clients of a proxy that is not believed together. */
  function warnOfProxy(): void {
    isProxyExpected = true
    metrics.sawUntrustedProxy()
    log.warn(
      {},
      'requests arrive through a proxy that is not trusted, so all its clients share one address. If the proxy is yours, set server.trust_proxy',
    )
  }

  function respondToOptions(request: HttpRequest, allow: string): ApiResponse {
    const origin = request.headers.get('origin')
    const isPreflight = origin !== null && request.headers.has('access-control-request-method')
    if (!isPreflight) return { status: 204, body: null, headers: { allow } }
    const { cors } = headersOf(request)
    const granted = cors.preflight(origin, request.headers.get('access-control-request-headers'))
    if (granted === null) throw new AppError('FORBIDDEN', 'This endpoint cannot be used by pages of other origins.')
    return { status: 204, body: null, headers: granted }
  }

  /** The other process identifies the actor, logs and counts: it responds. */
  function forwardRequest(exchange: Exchange, match: RouteMatch<Target>): Promise<Response> {
    const { raw, connection, request } = exchange
    exchange.isForwarded = true
    if (forward === undefined) throw new NotPrimaryError()
    // Of a route that is not known here, the other process knows the limit.
    const bodyLimit =
      match.kind === 'found' ? (match.target.route.bodyLimit ?? settings.max_body) : Number.POSITIVE_INFINITY
    return forward.send(raw, { id: request.id, ip: connection.ip, bodyLimit })
  }

  function failedOrForwarded(exchange: Exchange, thrown: unknown): Response | Promise<Response> {
    if (options.denials && thrown instanceof AppError && thrown.denial !== undefined) {
      const { request } = exchange
      return options.denials.refused(thrown, deniedCall(request)).then((error) => failed(exchange, error))
    }
    const turnsOut = thrown instanceof NotPrimaryError && forward !== undefined && !exchange.raw.bodyUsed
    if (!turnsOut || exchange.isForwarded) return failed(exchange, thrown)
    return forwardRequest(exchange, { kind: 'unknown' }).then(
      (result) => respond(exchange, result),
      (error: unknown) => failed(exchange, error),
    )
  }

  function failed(exchange: Exchange, thrown: unknown): Response {
    const error = toAppError(thrown)
    const { request } = exchange
    exchange.code = error.code
    if (error.status >= 500) {
      const fields = {
        request_id: request.id,
        method: request.method,
        path: request.path,
        code: error.code,
        err: error.cause ?? error,
      }
      log.error(fields, 'a request failed')
    }
    const later = comeBackLater(error, request.headers)
    if (later !== null) return respond(exchange, later)
    const challenge = error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}
    return respond(exchange, {
      status: error.status,
      body: JSON.stringify(errorBody(error, request.id, request.time)),
      headers: { ...challenge, ...error.headers },
      cookies: error.cookies,
    })
  }

  function respond(exchange: Exchange, result: RouteResponse): Response {
    if ('webSocket' in result) return upgraded(exchange, result.webSocket)
    const { request } = exchange
    if (exchange.isForwarded && result instanceof Response) {
      metrics.passedOn()
      return result
    }
    const response = result instanceof Response ? ownResponse(request, result) : textResponse(request, result)
    const bytes = result instanceof Response ? null : byteLength(result.body)
    record(exchange, response.status, bytes)
    return response
  }

  function record({ request, metrics, code }: Exchange, status: number, bytes: number | null): void {
    const ms = performance.now() - request.started
    metrics.observe(status, ms)
    const { id, method, path, actor, ip, queryShape: query } = request
    const { collection = null } = request.params
    const entry: RequestEntry = {
      ...{ id, method, path, route: metrics.name, collection },
      ...{ status, ms, actor, ip, bytes, query, code },
    }
    log.request(entry)
    options.observe?.(entry)
  }

  function upgraded(exchange: Exchange, handler: WebSocketHandler): Response {
    if (exchange.connection.upgrade?.(handler) !== true) {
      return failed(
        exchange,
        new AppError('INVALID_REQUEST', 'this is a WebSocket endpoint: send a WebSocket handshake'),
      )
    }
    record(exchange, 101, null)
    // The server does not look at it: the handshake is answered already.
    return new Response(null)
  }

  function textResponse(request: HttpRequest, result: ApiResponse): Response {
    const { status, body } = result
    const isHead = request.method === 'HEAD'
    const headers: ResponseHeaders = headersOf(request)
    const response = new Response(isHead ? null : body, { status, headers: headers.base(body !== null) })
    const added = headers.forRequest(request.headers)
    if (added !== null) setAll(response.headers, added)
    if (request.limit !== null) setAll(response.headers, rateHeaders(request.limit))
    if (result.headers !== undefined) setAll(response.headers, result.headers)
    if (result.cookies !== undefined) for (const cookie of result.cookies) response.headers.append('set-cookie', cookie)
    if (isHead && body !== null) response.headers.set('content-length', String(byteLength(body)))
    response.headers.set('x-request-id', request.id)
    return response
  }

  function ownResponse(request: HttpRequest, result: Response): Response {
    const headers: ResponseHeaders = headersOf(request)
    const isOwn = (name: string) => request.hasOwnCors && CORS_HEADER.test(name)
    headers.base(false).forEach((value, name) => {
      if (!result.headers.has(name) && !isOwn(name)) result.headers.set(name, value)
    })
    const added = headers.forRequest(request.headers) ?? {}
    for (const name in added) if (!isOwn(name)) result.headers.set(name, added[name] as string)
    if (request.limit !== null) setAll(result.headers, rateHeaders(request.limit))
    result.headers.set('x-request-id', request.id)
    if (request.method !== 'HEAD') return result
    // Nobody will read it: its source must be notified.
    void result.body?.cancel()
    return new Response(null, { status: result.status, headers: result.headers })
  }

  function answer(request: Request, connection: Connection): Response | Promise<Response> {
    const exchange: Exchange = {
      raw: request,
      request: new HttpRequest(request),
      connection,
      metrics: unmatched,
      code: null,
      isForwarded: false,
    }
    metrics.began()
    try {
      const result = begin(exchange, request.url, connection)
      if (!(result instanceof Promise)) return respond(exchange, result)
      return result.then(
        (later) => respond(exchange, later),
        (thrown: unknown) => failedOrForwarded(exchange, thrown),
      )
    } catch (thrown) {
      return failedOrForwarded(exchange, thrown)
    }
  }

  const { trace } = options
  return {
    fetch: (request, connection) =>
      trace?.isOn === true ? trace.run(() => answer(request, connection)) : answer(request, connection),
  }
}

interface Exchange {
  readonly raw: Request
  readonly request: HttpRequest
  readonly connection: Connection
  metrics: RouteMetrics
  /** Of the error that it is answered with. */
  code: ErrorCode | null
  isForwarded: boolean
}

function handleAllowed(request: HttpRequest, route: Route): RouteResponse | Promise<RouteResponse> {
  route.access.check(request.actor)
  return route.handle(request)
}

/** Whether the process that writes has to answer it. */
function isElsewhere(match: RouteMatch<Target>): boolean {
  if (match.kind !== 'found') return match.kind === 'unknown'
  const { method, writes = method !== 'GET' } = match.target.route
  return writes
}

const CORS_HEADER = /^(access-control-.*|vary)$/

function hasOwnCors(match: RouteMatch<Target>): boolean {
  return match.kind === 'found' && match.target.route.ownCors === true
}

function setAll(headers: Headers, values: Readonly<Record<string, string>>): void {
  for (const name in values) headers.set(name, values[name] as string)
}

function unknownPath(path: string): AppError {
  const hint = path.length > 1 && path.endsWith('/') ? ' (paths have no trailing slash)' : ''
  return new AppError('NOT_FOUND', `no such route: ${path.slice(0, 200)}${hint}`)
}

function byteLength(body: ApiResponse['body']): number {
  if (body === null) return 0
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
}
