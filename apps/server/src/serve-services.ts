import { join } from 'node:path'
import { type DenialObserver, SYSTEM } from '@koyalite/contracts'
import {
  type CallHandlers,
  type CommandLine,
  createCallHandlers,
  createHttpApp,
  createRateLimiter,
  createRequestLimits,
  createTasks,
  type DevNotes,
  type HealthCheck,
  type HttpApp,
  healthRoutes,
  type Instance,
  type Log,
  type Metrics,
  openSecretBox,
  type Route,
  startRuntimeThreads,
} from '@koyalite/kernel'
import type { MigrationHost } from '@koyalite/migrations'
import type { Finding } from '@koyalite/operations'
import { type Database, keepMaintenanceThread } from '@koyalite/sqlite'
import type { Services } from './compose'
import { ENVIRONMENT_HEADER } from './control-channel'
import { docsRoutes } from './docs-page'
import { landingRoutes } from './landing-routes'
import type { Loaded } from './load-project'
import { MAIL_ADAPTERS } from './mail-adapters'
import { operatorsDataRoutes } from './operators-data-routes'
import { publicRoutes } from './public-routes'
import { responseSettings } from './response-settings'
import { openRuleSandbox } from './rule-sandbox'
import { VERSION } from './version'
import { visibilitiesOf } from './visibility'
import type { WorkerGroup } from './worker-group'
import { UNTRUSTED_PROXY } from './workers/worker-protocol'

export interface ServeOptions {
  /** Which services: SERVICES, or these and more. */
  readonly services: Services
  readonly dir: string
  /** Absolute, or `:memory:`. */
  readonly databasePath: string
  /** Null for a database in memory. */
  readonly keysDir: string | null
  readonly instance: Instance
  readonly database: Database
  readonly log: Log
  readonly metrics: Metrics
  readonly mode: 'dev' | 'start'
  readonly devNotes: DevNotes
  /** How whoever develops with this types a command; null under `start`: there nothing is explained. */
  readonly commandLine: CommandLine | null
  /** Whether `koyalite start` serves this, and not `dev` or a command by itself. */
  readonly isStarted: boolean
  readonly migrations: MigrationHost
  /** Besides those of the services. */
  readonly checks: readonly HealthCheck[]
  /** Null without --workers. */
  readonly workers: () => WorkerGroup | null
}

/** What is served at one moment. */
export interface Served extends Loaded {
  /** For callers from outside. */
  readonly app: HttpApp
  /** The same routes for callers on this machine that may do everything: the command line. */
  readonly control: HttpApp
  /** Everything that is served. */
  readonly routes: readonly Route[]
}

/** The services of the primary behind its routes. They live as long as its database is open; what they serve changes with `use`. */
export interface ServedServices {
  current(): Served
  /** Serves this from now on; where a service cannot, all serve what was served before. Connections, limits, schedules and waiting mails stay. */
  use(loaded: Loaded): void
  /** Who answers what workers ask. */
  readonly calls: CallHandlers
  /** For the first start: where somebody becomes the first operator; null where there are operators. */
  setupLink(): Promise<string | null>
  /** Checks for production: see OperationsPort. */
  checkServing(): Promise<readonly Finding[]>
  /** Starts the threads that serving needs. Later the system may have none left; then those that run continue. */
  startThreads(): Promise<void>
  /** Where the server was found to listen: the address in links of mails, unless the settings have one. Tasks run by their schedules from then on. */
  listensAt(url: string): void
  /** Ends connections that outlive a request: before the server that they are of is closed. */
  drain(): void
  /** In reverse: tasks first, for they work with all others. */
  close(): Promise<void>
}

export async function serveServices(options: ServeOptions, first: Loaded): Promise<ServedServices> {
  const { services: list, database, log, metrics, mode, commandLine, keysDir, workers } = options
  const tasks = createTasks({ log, metrics })
  const calls = createCallHandlers()
  const limiter = createRateLimiter({ now: Date.now })
  const limits = createRequestLimits(limiter, first.settings.auth.rate_limit)
  // Until it is known where the server listens: where it will by the settings.
  let url = `http://${first.settings.server.host}:${first.settings.server.port}`
  // The service that explains is opened last.
  const denials: DenialObserver | null = commandLine && {
    refused: async (error, call) => services.ports.rules.denials?.refused(error, call) ?? error,
    hidden: (...denied) => services.ports.rules.denials?.hidden(...denied),
  }
  const services = await list.open(
    {
      ...options,
      ...{ tasks, limiter, limits, denials },
      role: {
        kind: 'primary',
        answer: calls.answer,
        askWorkers: async (call, input) => workers()?.ask(call, input) ?? [],
        askWorker: async (index, call, input) => workers()?.askOne(index, call, input) ?? null,
      },
      secrets: await openSecretBox({ dir: keysDir }),
      version: VERSION,
      adminAreas: list.adminAreas,
      mailAdapters: MAIL_ADAPTERS,
      publicUrl: () => url,
      workers: () => workers()?.health() ?? null,
      hasUntrustedProxy: async () =>
        metrics.http.hasUntrustedProxy() || ((await workers()?.ask(UNTRUSTED_PROXY, null))?.includes(true) ?? false),
      openSandbox: openRuleSandbox,
    },
    first,
    { endWork: tasks.close },
  )
  const { audit, auth, observe } = services.ports

  const serve = (loaded: Loaded): Served => {
    const { settings, schema, environment } = loaded
    const own = services.routes(loaded)
    const visibilities = visibilitiesOf(settings, mode)
    const routes: readonly Route[] = [
      ...landingRoutes({
        ...{ schema, settings, mode, visibilities },
        url: () => settings.server.url ?? url,
        routes: () => routes,
      }),
      ...docsRoutes(visibilities.docs),
      ...publicRoutes(join(options.dir, 'public')),
      ...healthRoutes({
        metrics,
        metricsAccess: visibilities.metrics,
        metricsText: async () => workers()?.metricsText(metrics.text()) ?? metrics.text(),
        checks: [...services.checks, ...options.checks],
        stats: () => ({ ...database.stats(), ...services.stats() }),
      }),
      ...own,
    ]
    const responses = responseSettings(loaded)
    const shared = { routes, settings: responses, log, metrics: metrics.http, observe: observe.responded }
    return {
      ...loaded,
      routes,
      app: createHttpApp({
        ...shared,
        routes: [...routes, ...operatorsDataRoutes(routes)],
        authenticate: limits.limited(auth.authenticate),
        beforeAccess: audit.auditImpersonation,
        sparesLocalCallers: mode === 'dev',
        denials,
      }),
      control: createHttpApp({
        ...shared,
        // Commands beside this server work on what it works on.
        settings: { ...responses, headers: { ...responses.headers, [ENVIRONMENT_HEADER]: environment } },
        authenticate: () => SYSTEM,
        checkHost: false,
      }),
    }
  }
  let current: Served
  try {
    current = serve(first)
  } catch (error) {
    await services.close().catch(() => {})
    throw error
  }
  return {
    current: () => current,
    use(loaded) {
      try {
        services.use(loaded)
        current = serve(loaded)
      } catch (error) {
        // Some services already use it, while the routes are still the old ones.
        services.use(current)
        throw error
      }
    },
    calls,
    setupLink: auth.setupLink,
    checkServing: services.ports.operations.checkServing,
    async startThreads() {
      await Promise.all([startRuntimeThreads(), keepMaintenanceThread(), services.start()])
    },
    listensAt(address) {
      url = address
      tasks.start()
    },
    drain: services.drain,
    close: services.close,
  }
}
