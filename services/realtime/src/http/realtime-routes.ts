import { admin, LOGS_AREA, OPERATORS_DATA } from '@koyalite/access'
import {
  AppError,
  CLIENT_MESSAGE,
  type Credentials,
  REALTIME_STATS,
  type RouteAccess,
  TICKET_RESPONSE,
} from '@koyalite/contracts'
import {
  type ApiRequest,
  type ApiResponse,
  type OriginSettings,
  type Route,
  requireJson,
  route,
  type WebSocketResponse,
} from '@koyalite/kernel'
import { parseAggregateQuery, parseFollowedList } from '@koyalite/query'
import type { LiveSpec } from '../engine/live-query'
import type { Realtime, RealtimeStats } from '../realtime'
import { eventStream } from '../sessions/event-stream'
import type { OpenStreams, StreamMessage } from '../sessions/open-streams'
import { presentedBy } from '../sessions/presented-by'
import type { SessionContext } from '../sessions/session'
import { type StreamTickets, withoutEnd } from '../sessions/stream-tickets'
import { TICKET_SECONDS, type Tickets } from '../sessions/tickets'

export interface RealtimeRouteContext {
  readonly sessions: SessionContext
  readonly credentials: Credentials
  readonly tickets: Tickets
  /** A credential for the live queries of an operator who sends a request; undefined where there are none. */
  readonly operatorsToken?: (request: ApiRequest) => Promise<string>
  readonly streams: StreamTickets
  readonly origins: () => OriginSettings
  readonly stats: () => Promise<RealtimeStats>
  readonly accept: Realtime['accept']
  readonly heartbeatMs: number
  readonly openStreams: OpenStreams
  /** Gives a message to the process that has the stream; false where none has it for this sender. */
  readonly pass: (message: StreamMessage) => boolean | Promise<boolean>
}

/** A connection is anybody's; what it may follow is decided with each subscription. */
const connections: RouteAccess = {
  kind: 'rules',
  description: 'Anyone; what a connection may follow is decided by the rules of the schema.',
  check: (actor) => actor,
}

export function realtimeRoutes(context: RealtimeRouteContext): readonly Route[] {
  const { operatorsToken } = context
  return [
    ...(operatorsToken ? [operatorsTicketRoute(context, operatorsToken)] : []),
    route({
      method: 'GET',
      path: '/api/realtime',
      name: 'openWebSocket',
      summary: 'Live queries over WebSocket',
      access: connections,
      // Looked at by `presentedBy`, where a ticket goes before a cookie.
      credentials: 'optional',
      responses: { 101: null },
      handle: ({ request }) => socket(context, request),
    }),
    route({
      method: 'POST',
      path: '/api/realtime/ticket',
      name: 'createTicket',
      summary: 'Create a one-time ticket for a connection, for clients that cannot send headers',
      access: connections,
      responses: { 201: TICKET_RESPONSE },
      handle: async ({ request }) => {
        const presented = await presentedBy(request, { ...context, origins: context.origins() })
        return { ticket: context.tickets.issue(presented), expires_in: TICKET_SECONDS }
      },
    }),
    route({
      method: 'POST',
      path: '/api/realtime/stream',
      name: 'openStream',
      summary: 'Live queries over one stream of server-sent events, which takes messages',
      access: connections,
      writes: false,
      responses: { 200: { mediaType: 'text/event-stream' } },
      handle: async ({ request }) => {
        const presented = await presentedBy(request, { ...context, origins: context.origins() })
        return context.openStreams.open({ presented, from: request, signal: request.signal })
      },
    }),
    {
      method: 'POST',
      path: '/api/realtime/stream/:id',
      name: 'sendToStream',
      summary: 'Send a message to a stream; the response comes in the stream',
      access: connections,
      writes: false,
      // Read as on a WebSocket: what is wrong with it is said in the stream.
      body: CLIENT_MESSAGE,
      bodyLimit: MAX_MESSAGE,
      responses: { 202: null },
      handle: (request) => takeMessage(context, request),
    },
    route({
      method: 'GET',
      path: '/api/collections/:collection/live',
      summary: 'Live query as server-sent events',
      access: connections,
      // Looked at by `presentedBy`, where a ticket goes before a cookie.
      credentials: 'optional',
      responses: { 200: { mediaType: 'text/event-stream' } },
      handle: ({ params, request }) => stream(context, request, listSpec(params.collection, paramsOf(request))),
    }),
    route({
      method: 'GET',
      path: '/api/collections/:collection/aggregate/live',
      summary: 'Live aggregate as server-sent events',
      access: connections,
      credentials: 'optional',
      responses: { 200: { mediaType: 'text/event-stream' } },
      handle: ({ params, request }) => stream(context, request, aggregateSpec(params.collection, paramsOf(request))),
    }),
    route({
      method: 'GET',
      path: '/api/admin/realtime',
      name: 'getRealtimeStats',
      summary: 'Statistics of live queries: connections, subscriptions, lag',
      access: admin(LOGS_AREA, 'read'),
      responses: { 200: REALTIME_STATS },
      handle: () => context.stats(),
    }),
  ]
}

/** With such a ticket an operator's pages follow documents for as long as the session lasts, also as they show to somebody else. */
function operatorsTicketRoute(
  { tickets, credentials }: RealtimeRouteContext,
  operatorsToken: (request: ApiRequest) => Promise<string>,
): Route {
  return route({
    method: 'POST',
    path: `${OPERATORS_DATA}realtime/ticket`,
    name: 'createOperatorsTicket',
    summary: 'Create a one-time ticket for a connection of an operator, as whom `Koyalite-As` says',
    access: connections,
    responses: { 201: TICKET_RESPONSE },
    handle: async ({ request }) => {
      const token = await operatorsToken(request)
      const ticket = tickets.issue({ token, ...(await credentials.identify(token)) })
      return { ticket, expires_in: TICKET_SECONDS }
    },
  })
}

/** As on a WebSocket. */
const MAX_MESSAGE = 1024 * 1024

/** Whether a request begins one of the connections that last: such a one belongs to the process that has it. */
export function isLiveRequest(method: string, url: string): boolean {
  return method === 'GET' ? LIVE_PATH.test(url) : method === 'POST' && STREAM_PATH.test(url)
}

const LIVE_PATH = /^[^?#]*\/api\/(?:realtime|collections\/[^/?#]+(?:\/aggregate)?\/live)(?:[?#]|$)/

const STREAM_PATH = /^[^?#]*\/api\/realtime\/stream(?:[?#]|$)/

async function takeMessage(context: RealtimeRouteContext, request: ApiRequest): Promise<ApiResponse> {
  const presented = await presentedBy(request, { ...context, origins: context.origins() })
  requireJson(request.headers)
  const text = new TextDecoder().decode(await request.bytes())
  if (await context.pass({ id: request.params.id ?? '', presented, text })) return { status: 202, body: null }
  throw new AppError('NOT_FOUND', 'You have no open stream with this id: open another one.')
}

async function socket(context: RealtimeRouteContext, request: ApiRequest): Promise<WebSocketResponse> {
  const { headers, query } = request
  // A client that puts a token here would be anonymous without noticing, and leak it into logs and histories.
  const unknown = [...query.keys()].find((name) => name !== 'ticket')
  if (unknown !== undefined) {
    throw new AppError(
      'INVALID_REQUEST',
      `There is no parameter '${unknown.slice(0, 50)}' here: send a token as a header, a cookie, or in a message of type 'auth'.`,
    )
  }
  // First, because a handshake that another process forwards (to identify its caller) can no longer be upgraded.
  const presented = await presentedBy(request, { ...context, origins: context.origins() })
  const isUpgrade = /(?:^|,)\s*upgrade\s*(?:,|$)/i.test(headers.get('connection') ?? '')
  if (!isUpgrade || headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    throw new AppError('INVALID_REQUEST', 'This is a WebSocket endpoint: send a WebSocket handshake.')
  }
  return { webSocket: context.accept(presented, request) }
}

/** The parameters of the query itself. */
function paramsOf({ query }: ApiRequest): URLSearchParams {
  const params = new URLSearchParams(query)
  for (const name of ['ticket', 'since']) params.delete(name)
  return params
}

function listSpec(collection: string, params: URLSearchParams): LiveSpec {
  return {
    collection,
    asked: params.toString(),
    key: params.has('where') ? null : `${collection}?${params}`,
    parse: (schema, found, access, live) => parseFollowedList(schema, found, params, access, live),
  }
}

function aggregateSpec(collection: string, params: URLSearchParams): LiveSpec {
  return {
    collection,
    asked: params.toString(),
    key: params.has('where') ? null : `${collection}/aggregate?${params}`,
    parse: (schema, found, access, live) => parseAggregateQuery(schema, found, params, access, live),
  }
}

async function stream(context: RealtimeRouteContext, request: ApiRequest, spec: LiveSpec): Promise<Response> {
  const { streams } = context
  const eventId = request.headers.get('last-event-id') ?? request.query.get('since')
  const reconnect = { streams, eventId }
  const presented = await presentedBy(request, { ...context, origins: context.origins(), reconnect })
  context.sessions.registry.requireRoom(presented.actor, request)
  const ticket = request.query.get('ticket')
  return eventStream(context.sessions, {
    presented,
    ip: request.ip,
    isLocal: request.isLocal,
    spec,
    since: eventId === null ? null : withoutEnd(eventId),
    endOfIds: ticket === null ? '' : streams.endOfIds(ticket),
    signal: request.signal,
    heartbeatMs: context.heartbeatMs,
  })
}
