import type { Actor, AuditEvent, OwnMail } from '@koyalite/contracts'
import { SYSTEM } from '@koyalite/contracts'
import {
  alone,
  BASE_SETTINGS,
  createHttpApp,
  createHttpMetrics,
  createInstance,
  createMetrics,
  createOutbound,
  createRateLimiter,
  createTasks,
  declareSettings,
  type HttpApp,
  loadSettings,
  NO_LOG,
  openSecretBox,
  readInstance,
  type SettingsOf,
} from '@koyalite/kernel'
import { parseSchema } from '@koyalite/schema'
import { changeTriggers, type Database, openDatabase } from '@koyalite/sqlite'
import { AUTH_AREAS } from '../admin-areas'
import { type AuthRuntime, openAuthRuntime } from '../auth-runtime'
import { AUTH_SETTINGS, checkPages } from '../auth-settings'
import { type Auth, type AuthOptions, createAuth } from '../create-auth'
import { createPasswordHasher, type PasswordHasher } from '../passwords/password-hasher'
import { AUTH_TABLES } from '../store/auth-tables'
import { describedRoute } from './described-route'
import { createSqliteUsers, USERS_TABLE } from './sqlite-users'

/** A response, read whole. */
export interface TestResponse {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of it
  readonly body: any
}

export interface CallOptions {
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly ip?: string
  /** As the command line: may do everything. */
  readonly system?: boolean
}

/** A mail, with its template by name. */

export interface AuthTester {
  readonly database: Database
  readonly auth: Auth
  readonly runtime: AuthRuntime
  /** What was sent, oldest first. */
  readonly mails: readonly OwnMail[]
  readonly events: readonly AuditEvent[]
  /** What was logged as a warning. */
  readonly warnings: readonly object[]
  /** How many passwords were verified, and how many hashed. */
  readonly counts: { verified: number; hashed: number }
  readonly clock: { now: number }
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<TestResponse>
  post(path: string, body?: unknown, options?: CallOptions): Promise<TestResponse>
  get(path: string, options?: CallOptions): Promise<TestResponse>
  fetch(request: Request): Promise<Response>
  /** Registers a user whose address is proved. */
  user(email?: string): Promise<{ readonly id: string; readonly access: string; readonly refresh: string }>
  /** The secret of the last mail to an address. */
  token(to: string): string
  close(): Promise<void>
}

export const PASSWORD = 'correct horse 9'

export interface TesterOptions {
  /** Settings by path, as text. Rate limits are off unless named. */
  readonly settings?: Readonly<Record<string, string>>
  readonly path?: string
  readonly keysDir?: string | null
  readonly publicUrl?: string
  readonly extra?: Partial<AuthOptions>
}

const newTasks = () => createTasks({ log: NO_LOG, metrics: createMetrics() })

/** What the service is opened with besides a database: that of a process without workers. */
export async function authParts(keysDir: string | null = null, now: () => number = Date.now) {
  return {
    role: alone(),
    tasks: newTasks(),
    log: NO_LOG,
    instance: (await readInstance(keysDir)) ?? (await createInstance(keysDir)),
    secrets: await openSecretBox({ dir: keysDir, now }),
    limiter: createRateLimiter({ now }),
    outbound: createOutbound(() => ({ allow: [], allowsLoopback: true })),
  }
}

/**
 * The service on a real database and behind the real HTTP application, with a clock, mails and events within reach.
 */
export async function startAuth(options: TesterOptions = {}): Promise<AuthTester> {
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') }
  const database = await openDatabase({ path: options.path ?? ':memory:' })
  if (!isPrepared(database)) await prepareTables(database)
  const counts = { verified: 0, hashed: 0 }
  const { keysDir = null } = options
  const now = () => clock.now
  const runtime = await openAuthRuntime({
    ...{ database, keysDir, now },
    ...(await authParts(keysDir, now)),
    userExists: (reads, id) => createSqliteUsers(database).byId(reads, id) !== null,
    hasher: counted(createPasswordHasher({ memoryCost: 64, timeCost: 1, concurrency: 4, maxWaiting: 1000 }), counts),
  })
  const settings = testSettings(options.settings ?? {})
  const mails: OwnMail[] = []
  const events: AuditEvent[] = []
  const warnings: object[] = []
  const schema = parseSchema(
    'version: 1\nroles: { editor: { permissions: [posts:write] } }\ncollections: { posts: { fields: { id: { type: uuid, primary: true, default: auto } } } }\n',
    { file: 'schema.yaml' },
  )
  if (!schema.ok) throw new Error('the schema of the tests is wrong')
  const auth = createAuth({
    runtime,
    schema: schema.schema,
    settings,
    users: createSqliteUsers(database),
    mail: { queue: (_tx, mail) => mails.push(mail), discard() {} },
    audit: { record: (_tx, event) => events.push(event) },
    log: { warn: (fields) => warnings.push(fields) },
    adminAreas: AUTH_AREAS,
    publicUrl: () => options.publicUrl ?? 'http://localhost:8090',
    ...options.extra,
  })
  const app = appFor(auth, settings, (request) => auth.authenticate(request))
  const control = appFor(auth, settings, () => SYSTEM)

  const tester: AuthTester = {
    database,
    auth,
    runtime,
    mails,
    events,
    warnings,
    counts,
    clock,
    async call(method, path, body, { token, headers = {}, ip = '192.0.2.1', system = false } = {}) {
      const request = new Request(`http://localhost:8090${path}`, {
        method,
        headers: {
          ...(body === undefined
            ? {}
            : {
                'content-type': 'application/json',
                'content-length': String(Buffer.byteLength(JSON.stringify(body))),
              }),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const response = await (system ? control : app).fetch(request, { ip })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, body: text === '' ? null : parse(text) }
    },
    post: (path, body, more) => tester.call('POST', path, body, more),
    get: (path, more) => tester.call('GET', path, undefined, more),
    fetch: async (request) => app.fetch(request, { ip: '192.0.2.1' }),
    async user(email = 'ann@example.com') {
      const { body } = await tester.post('/api/auth/register', { email, password: PASSWORD })
      await tester.post('/api/auth/email/verify', { token: tester.token(email) })
      return { id: body.user.id, access: body.access_token, refresh: body.refresh_token }
    },
    token(to) {
      const mail = mails.findLast((one) => one.to === to)
      const secret = mail?.code ?? mail?.link?.split('token=')[1]
      if (secret === undefined) throw new Error(`no mail to ${to}`)
      return secret
    },
    async close() {
      await runtime.close()
      await database.close()
    },
  }
  return tester
}

function isPrepared(database: Database): boolean {
  return database.get({ text: `SELECT 1 FROM sqlite_schema WHERE name = 'users'`, params: [] }) !== undefined
}

async function prepareTables(database: Database): Promise<void> {
  await database.migrate((tx) => {
    for (const text of [...AUTH_TABLES.steps.flat(), USERS_TABLE]) tx.exec(text)
    const columns = ['id', 'email', 'role', 'verified', 'metadata', 'claims', 'name'].map((column) => ({
      column,
      kind: 'value' as const,
    }))
    for (const { sql } of changeTriggers({ collection: 'users', table: 'users', key: 'id', columns })) tx.exec(sql)
  })
}

const SECTIONS = { ...BASE_SETTINGS, ...AUTH_SETTINGS }
const SETTINGS = declareSettings(SECTIONS, [checkPages])
type AuthTestSettings = SettingsOf<typeof SECTIONS>

/** The settings of an empty project, except for these. */
function testSettings(overrides: Readonly<Record<string, string>>): AuthTestSettings {
  const off = {
    login: '1000000/second',
    register: '1000000/second',
    password_reset: '1000000/second',
    mail: '1000000/second',
    api: '1000000/second',
  }
  const limits = Object.fromEntries(Object.entries(off).map(([name, rate]) => [`auth.rate_limit.${name}`, rate]))
  const loaded = loadSettings({
    declaration: SETTINGS,
    dir: '/nonexistent',
    env: {},
    overrides: { ...limits, ...overrides },
  })
  if (!loaded.ok) throw new Error(loaded.problems.map((problem) => problem.message).join('\n'))
  return loaded.settings
}

function appFor(
  auth: Auth,
  settings: AuthTestSettings,
  authenticate: (request: Parameters<Auth['authenticate']>[0]) => Actor | Promise<Actor>,
): HttpApp {
  return createHttpApp({
    routes: auth.routes.map(describedRoute),
    settings: settings.server,
    log: NO_LOG,
    metrics: createHttpMetrics(),
    authenticate,
    checkHost: false,
  })
}

function counted(hasher: PasswordHasher, counts: { verified: number; hashed: number }): PasswordHasher {
  return {
    start: () => hasher.start(),
    hash(password) {
      counts.hashed++
      return hasher.hash(password)
    },
    verify(password, hash) {
      counts.verified++
      return hasher.verify(password, hash)
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
