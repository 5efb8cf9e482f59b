import { OPERATORS_DATA } from '@koyalite/access'
import { type Actor, AppError, type Idempotency, type JsonValue, type RepeatedRequests } from '@koyalite/contracts'
import { type ApiRequest, idempotencyOf, type RateLimiter, type RouteResponse, requireAllowed } from '@koyalite/kernel'
import type { RequestContext } from '@koyalite/query'
import type { WatchedActor } from '../calls/actor-now'
import {
  type CallContext,
  callFunction,
  EXECUTION_HEADER,
  type IncomingCall,
  type OwnError,
} from '../calls/call-function'
import { callOnce } from '../calls/call-once'
import { requireCall } from '../calls/may-call'
import { headersForFunction, headersFromFunction } from '../calls/passed-headers'
import type { LoadedFunction } from '../versions/loaded-function'
import { callerKey } from '../versions/split-calls'

export interface DoorContext extends CallContext {
  readonly limiter: RateLimiter
  readonly repeated: RepeatedRequests
  /** Who a caller is while their call runs. @param headers with their credential */
  watchActor(actor: Actor, headers: Headers): WatchedActor
  /** The version that runs a call of the one that serves. */
  runs(serving: LoadedFunction, caller: string | null): LoadedFunction
  /** Where people reach this server. */
  publicUrl(): string
}

/**
 * Answers a request for a function, from whoever sends it. Who may is decided by the version that serves, also where another one gets a share of the calls.
 * @param isTrial an operator sends it as somebody else: what it would write is refused, and it does not count for them
 * @throws AppError what `requireCall`, `callFunction` and `callOnce` throw, VALIDATION_ERROR, INVALID_REQUEST
 */
export async function answerCall(
  context: DoorContext,
  door: LoadedFunction,
  request: ApiRequest,
  isTrial = false,
): Promise<RouteResponse> {
  refuseUpgrade(request)
  const fn = context.runs(door, callerKey(request.actor, request.ip))
  const input = fn.kind === 'raw' ? null : await readInput(request)
  requireCall(request.actor, door, contextOf(request), input)
  if (door.rate !== null && !isTrial)
    requireAllowed(request, context.limiter.take([{ bucket: rateBucket(door, request), rate: door.rate }]))
  if (fn.kind === 'typed') requireInput(fn, input)
  const sent = fn.kind === 'raw' ? asItCame(request) : sentInput(input)
  const idempotency = repeatedCall(fn, request, { input, isTrial })
  const { actor, id: requestId, ip, headers, time } = request
  const call = () => {
    // The credential of a trial is the operator's: once anything about the other has changed, they are nobody.
    const caller = context.watchActor(actor, isTrial ? new Headers() : headers)
    return callFunction(context, fn, {
      ...{ actor, requestId, ip, sent, isTrial, chain: null },
      // Whoever has a key may come back for what the call came to.
      signal: idempotency === null ? request.signal : new AbortController().signal,
      actorNow: caller.now,
      onEnd: caller.end,
      url: context.publicUrl() + pathAndQuery(request),
      headers: headersForFunction(headers, fn.auth === 'none'),
    })
  }
  const result =
    idempotency === null
      ? await call()
      : await callOnce(context.repeated, { name: fn.name, actor, idempotency, time }, call)
  switch (result.kind) {
    case 'output':
      return answered(200, result.json, result.execution)
    case 'refused':
      return answered(result.error.status, refusedText(result.error, request), result.execution)
    case 'answer': {
      const headers = headersFromFunction(result.response.headers, fn)
      headers.set(EXECUTION_HEADER, result.execution)
      return new Response(result.response.body, { status: result.response.status, headers })
    }
  }
}

/** @throws AppError INVALID_REQUEST where a key is not one, or the call cannot have one */
function repeatedCall(
  { name, kind }: LoadedFunction,
  request: ApiRequest,
  { input, isTrial }: { readonly input: unknown; readonly isTrial: boolean },
): Idempotency | null {
  const idempotency = idempotencyOf(request, input)
  if (idempotency === null) return null
  if (kind === 'raw')
    throw new AppError('INVALID_REQUEST', `${name} answers requests itself: it takes no Idempotency-Key.`)
  if (isTrial)
    throw new AppError('INVALID_REQUEST', 'A call as somebody else writes nothing: it takes no Idempotency-Key.')
  return idempotency
}

/** An instance could not answer one, and whoever wrote the client would wait for messages that never come. Other protocols (h2c) are offers only. */
function refuseUpgrade({ headers }: ApiRequest): void {
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return
  throw new AppError(
    'INVALID_REQUEST',
    'Functions have no WebSockets: answer with a stream, for instance of server-sent events, or follow documents at /api/realtime.',
  )
}

/** What `access` may look at. Few look at headers: they are copied for those that do. */
function contextOf(request: ApiRequest): RequestContext {
  const { method, ip, time } = request
  return {
    ...{ method, ip, time },
    get headers() {
      return Object.fromEntries(request.headers)
    },
  }
}

/** Whose calls of a function are counted together. */
function rateBucket({ name }: LoadedFunction, { actor, ip }: ApiRequest): string {
  return `function ${name} ${callerKey(actor, ip) ?? actor.kind}`
}

/** The input of a typed function: what is sent, or an empty object. */
async function readInput(request: ApiRequest): Promise<unknown> {
  const hasBody = request.headers.get('content-length') !== '0' && request.headers.has('content-type')
  return hasBody ? request.json() : {}
}

/** @throws AppError VALIDATION_ERROR with everything that is wrong */
export function requireInput({ input: schema }: Pick<LoadedFunction, 'input'>, input: unknown): void {
  const details = schema?.violations(input as JsonValue) ?? []
  if (details.length === 0) return
  throw new AppError('VALIDATION_ERROR', details.map(({ message }) => message).join('; '), { details })
}

export function sentInput(input: unknown): IncomingCall['sent'] {
  return { method: 'POST', path: '/call', body: JSON.stringify(input) }
}

function asItCame(request: ApiRequest): IncomingCall['sent'] {
  const { method } = request
  const body = method === 'GET' || method === 'HEAD' ? null : request.stream()
  return { method, path: pathAndQuery(request), body }
}

/** As clients have it: operators send the same through a route of their own. */
function pathAndQuery({ path: sent, query }: ApiRequest): string {
  const text = query.toString()
  const path = sent.replace(OPERATORS_DATA, '/api/')
  return text === '' ? path : `${path}?${text}`
}

function answered(status: number, body: string, execution: string): RouteResponse {
  return { status, body, headers: { 'cache-control': 'no-store', [EXECUTION_HEADER]: execution } }
}

/** An error of the function's own, in the one shape of errors. */
function refusedText({ code, message, details }: OwnError, { id, time }: ApiRequest): string {
  const error = { code, message, details, request_id: id, timestamp: new Date(time).toISOString() }
  return JSON.stringify({ error })
}
