import { SQL_AREA } from '@koyalite/access'
import type { AuditTrail } from '@koyalite/contracts'
import { defineService, type Log, type Metrics } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { SQL_INTERNAL_AREA } from './admin-areas'
import { sqlRoutes } from './http/sql-routes'
import { createRunningStatements } from './operations/running-statements'
import { createSqlChildPool } from './process/sql-child-pool'
import type { SqlContext, WriteGuard } from './sql-context'
import { SQL_SETTINGS, type SqlSettings } from './sql-settings'

export interface SqlNeeds {
  readonly database: Database
  readonly databasePath: string
  readonly audit: AuditTrail
  readonly log: Log
  readonly auth: WriteGuard
  readonly metrics: Pick<Metrics, 'register'>
  readonly sqlCommand: readonly string[]
  readonly loaded: {
    readonly schema: Schema
    readonly settings: SqlSettings & { readonly database: { readonly encryption_key: string | null } }
  }
}

/** SQL for operators: reads and writes of statements that people type, each run in a process that can be killed. */
export const sqlService = defineService({
  name: 'sql',
  settings: SQL_SETTINGS,
  adminAreas: [SQL_AREA, SQL_INTERNAL_AREA],
  open({ database, databasePath, audit, log, auth, metrics, sqlCommand, loaded }: SqlNeeds) {
    const running = createRunningStatements()
    const children = createSqlChildPool(sqlCommand)
    const contextOf = ({ schema, settings }: SqlNeeds['loaded']): SqlContext => ({
      ...{ database, databasePath, schema, settings, audit, log, auth, running, children },
      encryptionKey: settings.database.encryption_key,
    })
    let context = contextOf(loaded)
    const unregister = metrics.register({
      name: 'sql_console_running',
      help: 'Runs of the SQL console at the moment.',
      kind: 'gauge',
      read: () => running.list().length,
    })
    return {
      port: {},
      use(next) {
        context = contextOf(next)
      },
      routes: () => sqlRoutes(() => context),
      drain: running.stopAll,
      close() {
        unregister()
        children.close()
      },
    }
  },
})
