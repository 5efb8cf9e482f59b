import {
  type Actor,
  ANONYMOUS,
  AppError,
  type ChangedIdentity,
  type Credentials,
  type Identity,
  SERVER_MESSAGE,
  type SubscriptionSpec,
  type Tx,
} from '@koyalite/contracts'
import { createMetrics, etagOf, type Log, NO_LOG, type WebSocketConnection } from '@koyalite/kernel'
import {
  accessOf,
  compileAggregate,
  compileList,
  parseAggregateQuery,
  parseFollowedList,
  readGroups,
  SQL_FUNCTIONS,
} from '@koyalite/query'
import { createSchemaSql, parseSchema, type Schema } from '@koyalite/schema'
import { changeTriggers, type Database, openDatabase } from '@koyalite/sqlite'
import { openRealtime, type Realtime } from '../realtime'
import type { SocketSession } from '../sessions/socket-session'
import { LiveClient, textWith } from './live-client'

/** A database with live queries over it, connections without sockets, and the reads that they are compared with. */
export interface LiveWorld {
  readonly database: Database
  readonly realtime: Realtime
  readonly credentials: FakeCredentials
  readonly connections: readonly FakeConnection[]
  schema(): Schema
  /** Runs statements in one commit, and returns its number when it is on disk. */
  write(work: (tx: Tx) => void): Promise<number>
  connect(token?: string | null): FakeConnection
  /** What REST answers now. */
  list(actor: Actor, spec: SubscriptionSpec): ListState
  reload(yaml: string): void
  /** Resolves when everything that is committed has been handed out. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface ListState {
  /** JSON texts in their order, or the code of the error. */
  readonly docs: readonly string[] | string
  readonly total: number | null
}

const LIMITS = { max_sockets: 1000, max_subscriptions: 100, max_documents: 10_000, memory: 1e9 }
const LOCAL = { ip: '127.0.0.1', isLocal: true, isUnlimited: false }

export interface LiveWorldOptions {
  readonly path?: string
  readonly now?: () => number
  readonly timeMs?: number
  readonly aggregateMs?: number
  readonly partBytes?: number
  readonly heartbeatMs?: number
  readonly log?: Log
  readonly limits?: Partial<typeof LIMITS>
  readonly ports?: Parameters<typeof openDatabase>[1]
}

export async function openLiveWorld(yaml: string, options: LiveWorldOptions = {}): Promise<LiveWorld> {
  let schema = schemaOf(yaml)
  const database = await openDatabase({ path: options.path ?? ':memory:', functions: SQL_FUNCTIONS }, options.ports)
  await database.migrate((tx) => {
    for (const text of createSchemaSql(schema)) tx.exec(text)
    for (const collection of schema.collections.values()) {
      const columns = [...collection.fields.values()].map(({ column, type }) => ({
        column,
        kind: type === 'bool' || type === 'json' || type === 'blob' ? type : ('value' as const),
      }))
      const { name, table, primaryKey } = collection
      for (const trigger of changeTriggers({ collection: name, table, key: primaryKey.column, columns }))
        tx.exec(trigger.sql)
    }
  })
  const credentials = new FakeCredentials(database)
  const now = options.now ?? Date.now
  const server = { cors: { origins: ['*'], credentials: false }, url: null, query_timeout: 5000 }
  const settings = { realtime: { ...LIMITS, ...options.limits }, server }
  const log = options.log ?? NO_LOG
  const realtime = openRealtime({
    audit: { keep: async () => {} },
    database,
    schema,
    settings,
    credentials,
    log,
    metrics: createMetrics(),
    now,
    aggregateMs: options.aggregateMs ?? 0,
    ...(options.partBytes === undefined ? {} : { partBytes: options.partBytes }),
    ...(options.timeMs === undefined ? {} : { timeMs: options.timeMs }),
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
  })
  const connections: FakeConnection[] = []
  const hub = new Map<string, Set<FakeConnection>>()
  return {
    database,
    realtime,
    credentials,
    schema: () => schema,
    write: async (work) => (await database.write((tx) => void work(tx))).seq,
    connections,
    connect(token = null) {
      const connection = new FakeConnection(realtime, hub, { token, credentials })
      connections.push(connection)
      return connection
    },
    list(actor, spec) {
      const access = accessOf(schema, actor, { method: 'GET', ip: '', time: now(), headers: {} })
      const collection = schema.collections.get(spec.collection)
      if (!collection) return { docs: 'COLLECTION_NOT_FOUND', total: null }
      if (access.read.rows(collection).kind === 'none') {
        return { docs: access.refusal(collection, 'read').code, total: null }
      }
      const scope = { auth: access.auth, now: new Date(now()).toISOString() }
      if (spec.aggregate) {
        const query = parseAggregateQuery(schema, collection, listParameters(spec), access.read, scope)
        const rows = database.all(access.bind(compileAggregate(query, access.read)))
        return { docs: readGroups(rows, query.limit), total: null }
      }
      const query = parseFollowedList(schema, collection, listParameters(spec), access.read, {
        ...scope,
        maxDocuments: settings.realtime.max_documents,
      })
      const { page, total, assemble } = compileList(schema, query, access.read)
      const assembled = assemble(database.all(access.bind(page)))
      const tags = assembled?.wholes?.map(etagOf)
      const docs = assembled?.docs.map((doc, index) => textWith(doc, tags?.[index])) ?? 'no cursor can be made of it'
      return { docs, total: total === null ? null : Number(database.all(access.bind(total))[0]?.[0]) }
    },
    reload(next) {
      schema = schemaOf(next)
      realtime.use({ schema, settings })
    },
    async settled() {
      for (let quiet = 0; quiet < 3; ) {
        await new Promise(setImmediate)
        quiet = realtime.stats().lag === 0 && realtime.isSettled() ? quiet + 1 : 0
      }
    },
    async close() {
      realtime.close()
      await database.close()
    },
  }
}

/** The same as REST's parameters, with filters as JSON. */
function listParameters(asked: SubscriptionSpec): URLSearchParams {
  const { collection: _, since: __, filter, params: values, aggregate, ...spec } = asked
  const params = new URLSearchParams()
  const { having, ...groups } = aggregate ?? {}
  if (spec.limit === null) params.set('limit', 'all')
  if (filter) params.set('filter', JSON.stringify(filter))
  if (values) params.set('params', JSON.stringify(values))
  if (having) params.set('having', JSON.stringify(having))
  for (const [name, value] of Object.entries({ ...spec, ...groups })) {
    const text = String(value ?? '')
    if (text !== '') params.set(name, text)
  }
  return params
}

function schemaOf(yaml: string): Schema {
  const parsed = parseSchema(yaml, { file: 'schema.yaml' })
  if (parsed.ok) return parsed.schema
  throw new Error(parsed.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'))
}

/** Reads everything, as long as it is not revoked. */
export const SERVICE_KEY = 'kl_service_key'

/** Tokens are the ids of users; who they are stands in the database. Besides there is one service key. */
export class FakeCredentials implements Credentials {
  readonly revoked = new Set<string>()
  readonly expiries = new Map<string, number>()
  /** What it takes until somebody is identified. */
  patience: Promise<void> = Promise.resolve()
  readonly #database: Database
  readonly #listeners = new Set<(changed: ChangedIdentity) => void>()

  constructor(database: Database) {
    this.#database = database
    database.feed.subscribe((changes) => {
      for (const { collection, docId, op } of changes) {
        if (collection === 'users' && op !== 'insert') this.tell({ kind: 'user', id: String(docId) })
      }
    })
  }

  actor(token: string | null): Actor | null {
    if (token === null) return ANONYMOUS
    if (token === SERVICE_KEY) {
      return this.revoked.has(token) ? null : { kind: 'service_key', id: 'key', scopes: [{ scope: 'admin' }] }
    }
    const row = this.#database.get({
      text: 'SELECT id, email, role, verified FROM users WHERE id = ?',
      params: [token],
    })
    if (!row || this.revoked.has(token)) return null
    const [id, email, role, verified] = row as [string, string, string, number]
    return {
      kind: 'user',
      id,
      email,
      role,
      verified: verified === 1,
      metadata: null,
      claims: null,
      sessionId: `session-${id}`,
    }
  }

  async identify(token: string): Promise<Identity> {
    await this.patience
    const actor = this.actor(token)
    if (actor === null) throw new AppError('UNAUTHENTICATED', 'This token is good for nothing.')
    return { actor, expiresAt: this.expiries.get(token) ?? null }
  }

  credentialOf(): null {
    return null
  }

  subscribe(listener: (changed: ChangedIdentity) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(changed: ChangedIdentity): void {
    for (const listener of [...this.#listeners]) listener(changed)
  }
}

/** A connection whose socket is a function call. While it is stalled, what is sent piles up. */
export class FakeConnection implements WebSocketConnection {
  readonly client = new LiveClient()
  readonly token: string | null
  /** Codes of the close frames that the server sent. */
  readonly closed: { readonly code: number; readonly reason: string }[] = []
  readonly #hub: Map<string, Set<FakeConnection>>
  readonly #session: SocketSession
  #piled: string[] | null = null
  #buffered = 0
  #isGone = false

  constructor(
    realtime: Realtime,
    hub: Map<string, Set<FakeConnection>>,
    { token, credentials }: { readonly token: string | null; readonly credentials: FakeCredentials },
  ) {
    this.token = token
    this.#hub = hub
    const actor = credentials.actor(token) ?? ANONYMOUS
    const expiresAt = token === null ? null : (credentials.expiries.get(token) ?? null)
    this.#session = realtime.accept({ token, actor, expiresAt }, LOCAL) as SocketSession
    this.#session.open(this)
  }

  get buffered(): number {
    return this.#buffered
  }

  /** Messages that wait. */
  get piled(): number {
    return this.#piled?.length ?? 0
  }

  send(text: string): void {
    if (this.#isGone) return
    if (this.#piled === null) this.#receive(text)
    else {
      this.#piled.push(text)
      // Far more than it is, so that a test need not send megabytes.
      this.#buffered += text.length * 400
    }
  }

  /** The server is not to blame for what the client complains of, and must not notice it. */
  #receive(text: string): void {
    try {
      this.client.receive(SERVER_MESSAGE.parse(JSON.parse(text)), text)
    } catch (error) {
      this.client.complaints.push(error as Error)
    }
  }

  batch(work: () => void): void {
    work()
  }

  join(topic: string): void {
    this.#hub.set(topic, (this.#hub.get(topic) ?? new Set()).add(this))
  }

  leave(topic: string): void {
    this.#hub.get(topic)?.delete(this)
  }

  publish(topic: string, text: string): void {
    for (const member of [...(this.#hub.get(topic) ?? [])]) member.send(text)
  }

  close(code: number, reason: string): void {
    this.closed.push({ code, reason })
    this.disconnect()
  }

  say(message: unknown): void {
    this.#session.message(typeof message === 'string' ? message : JSON.stringify(message))
  }

  disconnect(): void {
    if (this.#isGone) return
    this.#isGone = true
    for (const members of this.#hub.values()) members.delete(this)
    this.#session.close()
  }

  stall(): void {
    this.#piled ??= []
  }

  flow(): void {
    const piled = this.#piled ?? []
    this.#piled = null
    this.#buffered = 0
    for (const text of piled) this.send(text)
    this.#session.drain()
  }
}
