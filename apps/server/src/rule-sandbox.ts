import type { Actor } from '@koyalite/contracts'
import {
  createDataContext,
  createDryRun,
  createUserDocuments,
  dataRoutes,
  IDEMPOTENCY_TABLES,
  STANDALONE,
} from '@koyalite/data'
import { createHttpApp, createMetrics, NO_LOG } from '@koyalite/kernel'
import { SQL_FUNCTIONS } from '@koyalite/query'
import type { LoadedRules, RuleSandbox } from '@koyalite/rules'
import { createSchemaSql, loggedTable } from '@koyalite/schema'
import { changeTriggers, openDatabase } from '@koyalite/sqlite'

/** Opens the routes of the collections on an empty database in memory. Who asks is given instead of proved; all else is as in a server. */
export async function openRuleSandbox({ schema, settings }: LoadedRules): Promise<RuleSandbox> {
  const database = await openDatabase({ path: ':memory:', functions: SQL_FUNCTIONS, log: NO_LOG })
  await database.migrate((tx) => {
    for (const text of [...IDEMPOTENCY_TABLES.steps.flat(), ...createSchemaSql(schema)]) tx.exec(text)
    for (const collection of schema.collections.values())
      for (const { sql } of changeTriggers(loggedTable(collection))) tx.exec(sql)
  })
  const data = createDataContext({ ...STANDALONE, schema, database, queryTimeoutMs: settings.server.query_timeout })
  const routes = dataRoutes(data)
  const appOf = (actor: Actor) =>
    createHttpApp({
      routes,
      settings: settings.server,
      log: NO_LOG,
      metrics: createMetrics().http,
      authenticate: () => actor,
      checkHost: false,
    })
  const apps = new WeakMap<Actor, ReturnType<typeof appOf>>()
  return {
    explain: { schema, database, users: createUserDocuments(data), dryRun: createDryRun(data) },
    async fetch(actor, { method, path, body }) {
      const app = apps.get(actor) ?? appOf(actor)
      apps.set(actor, app)
      const json =
        body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      const request = new Request(`http://localhost/api${path}`, { method, ...json })
      const response = await app.fetch(request, { ip: '127.0.0.1' })
      const text = await response.text()
      return { status: response.status, body: text === '' ? null : JSON.parse(text) }
    },
    close: () => database.close(),
  }
}
