import { join } from 'node:path'
import type { Audit } from '@koyalite/audit'
import { type Auth, type AuthRuntime, createAuth } from '@koyalite/auth'
import { SYSTEM } from '@koyalite/contracts'
import { createDataContext, createDryRun, createUserDocuments, dataRoutes } from '@koyalite/data'
import {
  createHttpApp,
  createRequestLimits,
  type Environment,
  type HttpApp,
  type HttpAppOptions,
  healthRoutes,
  type Log,
  type Metrics,
  type RequestLimits,
  type Route,
  type Settings,
  type Tasks,
} from '@koyalite/kernel'
import type { MailService } from '@koyalite/mail'
import { type MigrationHost, migrationRoutes } from '@koyalite/migrations'
import { type BackupSchedule, createOperations, type OperationsService, type WorkersHealth } from '@koyalite/operations'
import type { Realtime } from '@koyalite/realtime'
import { rulesRoutes } from '@koyalite/rules'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { ADMIN_AREAS } from './admin-areas'
import { ENVIRONMENT_HEADER } from './control-channel'
import { docsRoutes } from './docs-page'
import { landingRoutes } from './landing-routes'
import { publicRoutes } from './public-routes'
import { openRuleSandbox } from './rule-sandbox'
import { taskRoutes } from './task-routes'
import { VERSION } from './version'

export interface Parts {
  readonly schema: Schema
  readonly settings: Settings
  readonly database: Database
  readonly log: Log
  readonly metrics: Metrics
  readonly audit: Audit
  /** Mails to be sent outlive reloads. */
  readonly mail: MailService
  /** What signing in keeps in memory over reloads. */
  readonly authRuntime: AuthRuntime
  /** Live queries: their connections outlive reloads too. */
  readonly realtime: Realtime
  /** Where people reach this server, for links in mails. */
  readonly publicUrl: () => string
}

/** What the process has that writes. */
export interface WriterParts extends Parts {
  readonly mode: 'dev' | 'start'
  readonly tasks: Tasks
  readonly environment: Environment
  /** Whether `koyalite start` serves this, and not `dev` or a command by itself. */
  readonly isStarted: boolean
  /** The project's folder. */
  readonly dir: string
  /** Absolute, or `:memory:`. */
  readonly databasePath: string
  /** Outlives reloads: it may have been set since the settings were read. */
  readonly backupSchedule: BackupSchedule
  /** All documents and users are gone: what was remembered of them is wrong. */
  readonly afterReset: () => Promise<void>
  /** How the schema is changed while it is served. */
  readonly migrations: MigrationHost
  /** Null without --workers. */
  readonly workers: () => WorkersHealth | null
  /** What /metrics says: the numbers of all processes. */
  readonly metricsText: () => Promise<string>
}

/** What a process has that only reads. */
export interface ReaderParts extends Parts {
  /** The way to the one that writes. */
  readonly forward: NonNullable<HttpAppOptions['forward']>
  /** Runs what decides who somebody is. */
  identifying<T>(identify: () => T | Promise<T>): T | Promise<T>
}

export interface Composed {
  /** For callers from outside. */
  readonly app: HttpApp
  /** The same routes for callers on this machine that may do everything: the command line. */
  readonly control: HttpApp
  readonly auth: Auth
  /** Messages over open connections count like requests. */
  readonly chargeMessage: RequestLimits['chargeMessage']
  readonly operations: OperationsService
  /** Everything that is served. */
  readonly routes: readonly Route[]
}

/** The server's table of contents: which services there are, and what each is given. Cheap: a reload of the schema does it again. */
export function compose(parts: WriterParts): Composed {
  const { schema, settings, database, log, metrics, audit, mail, realtime, metricsText } = parts
  const { limits, data, auth } = createServices(parts)
  const operations = createOperations({
    ...parts,
    schedule: parts.backupSchedule,
    version: VERSION,
    record: audit.record,
  })
  const services: readonly Route[] = [
    ...auth.routes,
    ...mail.routes,
    ...audit.routes,
    ...taskRoutes(parts),
    ...migrationRoutes(parts.migrations),
    ...operations.routes,
    ...realtime.routes,
    ...rulesRoutes({
      schema,
      database,
      users: createUserDocuments(data),
      dryRun: createDryRun(data),
      openSandbox: () => openRuleSandbox({ schema, settings }),
    }),
    ...dataRoutes(data, limits.charge),
  ]
  const routes: readonly Route[] = [
    ...landingRoutes({ schema, settings, routes: () => routes }),
    ...docsRoutes(),
    ...publicRoutes(join(parts.dir, 'public')),
    ...healthRoutes({
      metrics,
      metricsText,
      checks: [],
      stats: () => ({ ...database.stats(), realtime: realtime.stats() }),
    }),
    ...services,
  ]
  const shared = { routes, settings: settings.server, log, metrics: metrics.http }
  return {
    app: createHttpApp({
      ...shared,
      authenticate: limits.limited((request) => auth.authenticate(request)),
      beforeAccess: audit.auditImpersonation,
      sparesLocalCallers: parts.mode === 'dev',
    }),
    control: createHttpApp({
      ...shared,
      // Commands beside this server work on what it works on.
      settings: {
        ...settings.server,
        headers: { ...settings.server.headers, [ENVIRONMENT_HEADER]: parts.environment },
      },
      authenticate: () => SYSTEM,
      checkHost: false,
    }),
    auth,
    chargeMessage: limits.chargeMessage,
    operations,
    routes,
  }
}

/** What any process can answer: reads of documents, which there are many of, and live queries. Everything else is passed on. */
export function composeReads(parts: ReaderParts): Pick<Composed, 'app' | 'auth' | 'chargeMessage'> {
  const { settings, log, metrics, audit, realtime, forward, identifying } = parts
  const { limits, data, auth } = createServices(parts)
  // They look at tokens and tickets themselves. What operators are told of all processes no single one knows.
  const realtimeRoutes = realtime.routes
    .filter(({ path }) => !path.startsWith('/api/admin/'))
    .map((route): Route => ({ ...route, handle: (request) => identifying(() => route.handle(request)) }))
  const app = createHttpApp({
    routes: [...realtimeRoutes, ...dataRoutes(data, limits.charge)],
    settings: settings.server,
    log,
    metrics: metrics.http,
    authenticate: limits.limited((request) => identifying(() => auth.authenticate(request))),
    beforeAccess: audit.auditImpersonation,
    forward,
  })
  return { app, auth, chargeMessage: limits.chargeMessage }
}

function createServices(parts: Parts) {
  const { schema, settings, database, log, audit, mail, authRuntime, realtime, publicUrl } = parts
  const limits = createRequestLimits(authRuntime.limiter, settings.auth.rate_limit)
  const data = createDataContext({
    schema,
    database,
    queryTimeoutMs: settings.server.query_timeout,
    resumeToken: realtime.resumeToken,
    audit,
  })
  const users = createUserDocuments(data)
  const auth = createAuth({
    ...{ runtime: authRuntime, schema, settings, users, mail, audit, log, publicUrl },
    adminAreas: ADMIN_AREAS,
  })
  return { limits, data, auth }
}
