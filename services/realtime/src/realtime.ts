import { randomBytes } from 'node:crypto'
import type {
  Actor,
  AuditTrail,
  Credentials,
  DenialObserver,
  DeniedCall,
  QueryAdvice,
  QueryMonitor,
} from '@koyalite/contracts'
import type { Log, MessageSender, Metrics, Route, WebSocketHandler } from '@koyalite/kernel'
import { CLOSE_CODES } from '@koyalite/kernel'
import type { AggregateQuery, ListQuery } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { LiveEngine } from './engine/live-engine'
import type { GroupContext } from './engine/live-group'
import { createResumeTokens } from './engine/resume-tokens'
import { type RealtimeRouteContext, realtimeRoutes } from './http/realtime-routes'
import type { RealtimeSettings } from './realtime-settings'
import { followedDocuments } from './sessions/followed-documents'
import type { ConnectedFrom } from './sessions/message-session'
import { OpenStreams, type StreamMessage } from './sessions/open-streams'
import type { Presented, SessionContext } from './sessions/session'
import { SessionRegistry } from './sessions/session-registry'
import { SocketSession } from './sessions/socket-session'
import { streamProcess } from './sessions/stream-session'
import { createStreamTickets } from './sessions/stream-tickets'
import { callOf, queryOf } from './sessions/subscribed-list'
import { createSubscriptionBudget, type SubscriptionBudget } from './sessions/subscription-budget'
import { createTickets, type Tickets } from './sessions/tickets'

export interface RealtimeOptions {
  readonly database: Database
  readonly schema: Schema
  readonly settings: RealtimeSettings
  readonly credentials: Credentials
  /** See `RealtimeRouteContext`. */
  readonly operatorsToken?: RealtimeRouteContext['operatorsToken']
  readonly audit: Pick<AuditTrail, 'keep'>
  /** Signs resume tokens and seals tickets; the same in all processes of this server, and after a restart. By default one that dies with the process. */
  readonly resumeKey?: Uint8Array
  /** Where others issue them; else its own. */
  readonly tickets?: Tickets
  readonly log: Log
  readonly metrics: Metrics
  /** Explains what rules keep from callers: in `dev`. */
  readonly denials?: DenialObserver | null
  /** Reports a list that is empty although documents match it: in `dev`. */
  readonly reportHidden?: (query: ListQuery | AggregateQuery, call: DeniedCall) => void
  /** Is notified of what takes how long to be read. */
  readonly monitor?: QueryMonitor
  readonly adviceOn?: (query: ListQuery | AggregateQuery, actor: Actor) => QueryAdvice
  /** Counts a message against the general limit. Throws RATE_LIMITED. */
  readonly charge?: (sender: MessageSender) => void
  /** Of the other processes that serve live queries of this server. */
  readonly others?: () => Promise<readonly RealtimeStats[]>
  /** The number of this process among those of the server; 0 where it is the only one. */
  readonly process?: number
  /** Gives a message to the stream of another process; false where that has none for its sender. */
  readonly passTo?: (process: number, message: StreamMessage) => Promise<boolean>
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** How often what depends on the time is evaluated again. */
  readonly timeMs?: number
  /** How often the groups of an aggregate are read at most. */
  readonly aggregateMs?: number
  /** Bytes of the documents in one part of a snapshot. */
  readonly partBytes?: number
  /** How often an event stream says where it is. */
  readonly heartbeatMs?: number
}

export interface RealtimeStats {
  readonly connections: number
  readonly subscriptions: number
  /** Groups of equal subscriptions that share one evaluation. */
  readonly groups: number
  /** Messages handed to connections. */
  readonly delivered: number
  /** Committed changes not yet delivered to subscriptions. */
  readonly lag: number
}

/** Live queries over the change feed. It lives as long as the database is open, over every reload of the schema. */
export interface Realtime {
  readonly routes: readonly Route[]
  /** For the other processes of this server. */
  readonly tickets: Tickets
  /** From now on schema and settings are these. */
  use(loaded: { readonly schema: Schema; readonly settings: RealtimeSettings }): void
  stats(): RealtimeStats
  /** With which a client that has read a list over HTTP continues to follow it: see `LiveEngine.resumeToken`. */
  resumeToken(actor: Actor, query: ListQuery, seq: number): string
  /** Whether everything that is committed has been handed out. */
  isSettled(): boolean
  /** Gives a message to a stream, of this process or another; false where none is the sender's. */
  pass(message: StreamMessage): boolean | Promise<boolean>
  /** A WebSocket whose client is known. Throws UNAVAILABLE, RATE_LIMITED where there is no room. */
  accept(presented: Presented, from: ConnectedFrom): WebSocketHandler
  /** Closes all connections: clients are asked to reconnect. */
  close(): void
}

/** Proxies close connections that are silent for a minute. */
const HEARTBEAT_MS = 25_000
/** How often it is looked whether lists have become too long. */
const BOUND_MS = 1_000

export function openRealtime(options: RealtimeOptions): Realtime {
  const { database, credentials, audit, log, metrics, now = Date.now, resumeKey = randomBytes(32) } = options
  const streams = createStreamTickets(resumeKey)
  const { tickets = createTickets(now, streams) } = options
  let { settings, schema } = options
  const maxDocuments = () => settings.realtime.max_documents
  const scope = () => ({ time: now(), maxDocuments: maxDocuments() })
  const monitored: GroupContext['finished'] = ({ asked, shape }, ms, asker) => {
    const { spec, subscriber } = asker ?? {}
    options.monitor?.finished({
      ...{ shape: asked, collection: shape.collection.name, ms },
      advise() {
        const follower = spec && subscriber && { actor: subscriber.actor, ...scope() }
        const query = follower && queryOf(schema, spec, follower)
        return (query && options.adviceOn?.(query, follower.actor)) ?? { plan: [], indexes: [], obstacles: [] }
      },
    })
  }
  const engine = new LiveEngine({
    database,
    log,
    schema,
    tokens: createResumeTokens(resumeKey),
    queryTimeoutMs: () => settings.server.query_timeout,
    maxDocuments,
    hasRoom: (bytes) => budget.hasRoom(bytes),
    finished: (list, ms, asker) => monitored(list, ms, asker),
    now,
    ...(options.timeMs === undefined ? {} : { timeMs: options.timeMs }),
    ...(options.aggregateMs === undefined ? {} : { aggregateMs: options.aggregateMs }),
    ...(options.partBytes === undefined ? {} : { partBytes: options.partBytes }),
  })
  const budget = createSubscriptionBudget({
    memory: () => settings.realtime.memory,
    documents: () => engine.documentCount,
    snapshotBytes: () => engine.snapshotBytes,
  })
  const registry = new SessionRegistry({ maxSockets: () => settings.realtime.max_sockets })
  const sessions: SessionContext = {
    engine,
    registry,
    now,
    maxSubscriptions: () => settings.realtime.max_subscriptions,
    maxDocuments,
    budget,
    denials: options.denials ?? null,
    lookForHidden: options.denials
      ? (spec, { actor, ip, isLocal }) => {
          const call = { ...callOf(spec.collection), actor, ip, isLocal, time: now() }
          const query = queryOf(schema, spec, { ...call, maxDocuments: maxDocuments() })
          if (query !== null) options.reportHidden?.(query, call)
        }
      : null,
    charge: (sender) => options.charge?.(sender),
    follows(actor, ip, spec) {
      const events = followedDocuments(schema, spec, { actor, ip, ...scope() })
      return events.length === 0 ? null : audit.keep(events)
    },
    identify: async (token) => ({ token, ...(await credentials.identify(token)) }),
  }
  const stats = (): RealtimeStats => ({
    connections: registry.size,
    subscriptions: registry.subscriptionCount,
    ...engine.stats(),
  })
  const accept = (presented: Presented, from: ConnectedFrom): WebSocketHandler => {
    registry.requireRoom(presented.actor, from)
    return new SocketSession(sessions, { presented, from })
  }
  const { process = 0, heartbeatMs = HEARTBEAT_MS } = options
  const openStreams = new OpenStreams(sessions, { process, heartbeatMs })
  const pass = (message: StreamMessage) => {
    const at = streamProcess(message.id)
    if (at === process) return openStreams.take(message)
    return at === null ? false : (options.passTo?.(at, message) ?? false)
  }
  // Lists that have grown since they were requested.
  const bounding = setInterval(() => {
    for (const session of registry) session.boundDocuments()
  }, BOUND_MS)
  bounding.unref()
  const unsubscribe = credentials.subscribe((changed) => registry.reconsider(changed))
  const unregister = registerMetrics(metrics, stats, budget)
  return {
    routes: realtimeRoutes({
      sessions,
      credentials,
      tickets,
      ...(options.operatorsToken && { operatorsToken: options.operatorsToken }),
      streams,
      origins: () => settings.server,
      heartbeatMs,
      openStreams,
      pass,
      stats: async () => together([stats(), ...((await options.others?.()) ?? [])]),
      accept,
    }),
    tickets,
    use(loaded) {
      settings = loaded.settings
      schema = loaded.schema
      engine.use(loaded.schema)
    },
    stats,
    pass,
    accept,
    resumeToken: (actor, query, seq) => engine.resumeToken(actor, query, seq),
    isSettled: () => engine.isSettled,
    close() {
      clearInterval(bounding)
      unsubscribe()
      unregister()
      registry.endAll({ code: CLOSE_CODES.restart, text: 'the server is shutting down' })
      engine.shutDown()
    },
  }
}

/** Of several processes; what waits for one does not wait for the others. */
function together(all: readonly RealtimeStats[]): RealtimeStats {
  const sum = (name: keyof RealtimeStats) => all.reduce((total, one) => total + one[name], 0)
  return {
    connections: sum('connections'),
    subscriptions: sum('subscriptions'),
    groups: sum('groups'),
    delivered: sum('delivered'),
    lag: Math.max(...all.map(({ lag }) => lag)),
  }
}

function registerMetrics(metrics: Metrics, stats: () => RealtimeStats, budget: SubscriptionBudget): () => void {
  return metrics.register(
    {
      name: 'realtime_connections',
      help: 'Open WebSockets and event streams.',
      kind: 'gauge',
      read: () => stats().connections,
    },
    {
      name: 'realtime_subscriptions',
      help: 'Subscriptions of open connections.',
      kind: 'gauge',
      read: () => stats().subscriptions,
    },
    {
      name: 'realtime_groups',
      help: 'Groups of equal subscriptions that share one evaluation.',
      kind: 'gauge',
      read: () => stats().groups,
    },
    {
      name: 'realtime_lag_changes',
      help: 'Committed changes not yet delivered to subscriptions.',
      kind: 'gauge',
      read: () => stats().lag,
    },
    {
      name: 'realtime_memory_bytes',
      help: 'Estimated memory of live queries, as realtime.memory limits it.',
      kind: 'gauge',
      read: () => budget.used,
    },
    {
      name: 'realtime_busy_total',
      help: 'Live queries that were refused or ended with REALTIME_BUSY.',
      kind: 'counter',
      read: () => budget.refused,
    },
    {
      name: 'realtime_messages_total',
      help: 'Snapshots and deltas sent to connections.',
      kind: 'counter',
      read: () => stats().delivered,
    },
  )
}
