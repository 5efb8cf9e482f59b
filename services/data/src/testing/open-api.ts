import {
  type Actor,
  ANONYMOUS,
  type AuditTrail,
  type DocumentHooks,
  type FieldValidators,
  type OperationOverrides,
  SYSTEM,
} from '@koyalite/contracts'
import { createHttpApp, createMetrics, NO_LOG } from '@koyalite/kernel'
import { checkRules, SQL_FUNCTIONS } from '@koyalite/query'
import { createSchemaSql, formatProblem, loggedTable, parseSchema, type Schema } from '@koyalite/schema'
import { changeTriggers, type Database, type DatabaseOptions, openDatabase } from '@koyalite/sqlite'
import { createDataContext, type DataContext, STANDALONE } from '../data-context'
import { runningHooks } from '../hooks/running-hooks'
import { dataRoutes } from '../http/routes'
import { ACTION_TABLES } from '../store/actions'
import { IDEMPOTENCY_TABLES } from '../store/idempotency'

export interface TestResponse {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
  readonly headers: Headers
}

export interface TestApi {
  readonly schema: Schema
  readonly context: DataContext
  /** @param body sent as JSON where it is given */
  as(actor: Actor): (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    /** Sent as it is, instead of a body. */
    text?: string,
  ) => Promise<TestResponse>
  readonly system: ReturnType<TestApi['as']>
  readonly anonymous: ReturnType<TestApi['as']>
  close(): Promise<void>
}

export interface TestContext {
  readonly schema: Schema
  readonly database: Database
  readonly context: DataContext
}

type TestOptions = Partial<DatabaseOptions> & {
  readonly audit?: Pick<AuditTrail, 'record'>
  readonly validators?: FieldValidators
  readonly hooks?: DocumentHooks
  readonly overrides?: OperationOverrides
}

/** A real database with the tables of a schema, in memory unless a path is given. */
export async function openTestContext(yaml: string, options: TestOptions = {}): Promise<TestContext> {
  const { audit = STANDALONE.audit, validators = STANDALONE.validators, hooks, overrides, ...databaseOptions } = options
  const parsed = parseSchema(yaml, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  const { schema } = parsed
  const wrong = checkRules(schema, { file: 'schema.yaml' })
  if (wrong.length > 0) throw new Error(wrong.map(formatProblem).join('\n'))
  const database = await openDatabase({ path: ':memory:', functions: SQL_FUNCTIONS, log: NO_LOG, ...databaseOptions })
  await database.migrate((tx) => {
    for (const text of [...IDEMPOTENCY_TABLES.steps.flat(), ...ACTION_TABLES.flat(), ...createSchemaSql(schema)])
      tx.exec(text)
    for (const collection of schema.collections.values())
      for (const { sql } of changeTriggers(loggedTable(collection))) tx.exec(sql)
  })
  // Longer than in a server: what a test is about is never that the machine is busy.
  const context = createDataContext({
    ...{ ...STANDALONE, schema, database, queryTimeoutMs: 60_000, audit, validators },
    ...(hooks && { hooks: runningHooks(hooks) }),
    ...(overrides && { overrides }),
  })
  return { schema, database, context }
}

/** The real routes over such a database; actors are given instead of authenticated. */
export async function openTestApi(yaml: string, options: TestOptions = {}): Promise<TestApi> {
  const { schema, database, context } = await openTestContext(yaml, options)
  const routes = dataRoutes(context)
  const settings = {
    host: '127.0.0.1',
    url: null,
    cors: { origins: ['*'], credentials: false },
    headers: {},
    max_body: 10_000_000,
    trust_proxy: false,
  }
  const appOf = (actor: Actor) =>
    createHttpApp({
      routes,
      settings: settings as never,
      log: NO_LOG,
      metrics: createMetrics().http,
      authenticate: () => actor,
      checkHost: false,
    })
  const as: TestApi['as'] = (actor) => {
    const app = appOf(actor)
    return async (method, path, body, headers = {}, text = body === undefined ? undefined : JSON.stringify(body)) => {
      const json = text === undefined ? {} : { 'content-type': 'application/json' }
      const init = {
        method,
        headers: { ...json, ...headers },
        ...(text !== undefined && { body: text }),
      }
      const response = await app.fetch(new Request(`http://localhost/api${path}`, init), { ip: '127.0.0.1' })
      const received = await response.text()
      return { status: response.status, body: received === '' ? null : JSON.parse(received), headers: response.headers }
    }
  }
  return { schema, context, as, system: as(SYSTEM), anonymous: as(ANONYMOUS), close: () => database.close() }
}

export function user(
  id: string,
  more: { role?: string; verified?: boolean; metadata?: unknown; claims?: unknown } = {},
): Actor {
  const { role = 'user', verified = true, metadata = null, claims = null } = more
  return { kind: 'user', id, email: `${id.slice(-4)}@example.com`, role, verified, metadata, claims, sessionId: 's' }
}
