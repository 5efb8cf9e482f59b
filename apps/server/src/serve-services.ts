import { join } from 'node:path'
import { clientMetadata, goClient } from '@koyalite/codegen'
import { type DenialObserver, SYSTEM } from '@koyalite/contracts'
import type { FunctionChange } from '@koyalite/functions-service'
import { HookProblems } from '@koyalite/hooks-service'
import {
  type CallHandlers,
  type CommandLine,
  createCallHandlers,
  createHttpApp,
  createOutbound,
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
import type { Finding, Restart, SettingsHost } from '@koyalite/operations'
import { type Database, keepMaintenanceThread } from '@koyalite/sqlite'
import type { Services } from './compose'
import { ENVIRONMENT_HEADER } from './control-channel'
import { docsRoutes } from './docs-page'
import { functionFiles } from './function-files'
import { landingRoutes } from './landing-routes'
import type { Loaded } from './load-project'
import { MAIL_ADAPTERS } from './mail-adapters'
import { functionsDataRoutes, operatorsDataRoutes } from './operators-data-routes'
import { ProjectError } from './project-error'
import { publicRoutes } from './public-routes'
import { responseSettings } from './response-settings'
import { openRuleSandbox } from './rule-sandbox'
import { sqlCommand } from './sql-process'
import {
  byHost,
  type StudioPlace,
  studioPlace,
  studioRoutes,
  studioUrl,
  withoutOperatorCookies,
  withoutStudio,
} from './studio-place'
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
  readonly restart: Restart | null
  readonly settingsHost: SettingsHost
}

/** What is served at one moment. */
export interface Served extends Loaded {
  /** For callers from outside. */
  readonly app: HttpApp
  /** For those who call the studio, where it has a port of its own; else the same. */
  readonly studio: HttpApp
  /** The same routes for callers on this machine that may do everything: the command line. */
  readonly control: HttpApp
  /** For the code of functions. */
  readonly internal: HttpApp
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
  readonly studioPlace: StudioPlace
  /** Where operators open the studio, without its path. */
  studioUrl(): string
  /** Follows the folder functions/: see FunctionsPort. */
  syncFunctions(): Promise<readonly FunctionChange[]>
  /** Loads the folder hooks/ again. Returns what is wrong with it: what was loaded stays then. */
  syncHooks(): Promise<readonly string[]>
  /** Checks for production: see OperationsPort. */
  checkServing(): Promise<readonly Finding[]>
  /** Starts the threads that serving needs. Later the system may have none left; then those that run continue. */
  startThreads(): Promise<void>
  /** Where the server was found to listen: the address in links of mails, unless the settings have one. Tasks run by their schedules from then on. */
  listensAt(url: string): void
  /** Begins no more work, and waits for what was begun: before anything is closed. */
  settle(): Promise<void>
  /** Ends connections that outlive a request: before the server that they are of is closed. */
  drain(): void
  /** In reverse: tasks first, for they work with all others. */
  close(): Promise<void>
}

const LOOPBACK = { host: '127.0.0.1', url: null, trust_proxy: false } as const

export async function serveServices(options: ServeOptions, first: Loaded): Promise<ServedServices> {
  const { services: list, database, log, metrics, mode, commandLine, keysDir, workers } = options
  const tasks = createTasks({ log, metrics })
  const calls = createCallHandlers()
  const limiter = createRateLimiter({ now: Date.now })
  const limits = createRequestLimits(limiter, first.settings.auth.rate_limit)
  // Until it is known where the server listens: where it will by the settings.
  let url = `http://${first.settings.server.host}:${first.settings.server.port}`
  const place = studioPlace(first.settings, options)
  let settings = first.settings
  const ofStudio = () => studioUrl(place, settings, url)
  const outbound = createOutbound(() => ({ allow: settings.outbound.allow, allowsLoopback: mode === 'dev' }))
  // Services are opened before anything is served.
  let current: Served
  // The service that explains is opened last.
  const denials: DenialObserver | null = commandLine && {
    refused: async (error, call) => services.ports.rules.denials?.refused(error, call) ?? error,
    hidden: (...denied) => services.ports.rules.denials?.hidden(...denied),
  }
  const services = await list.open(
    {
      ...options,
      ...{ tasks, limiter, limits, outbound, denials },
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
      studioUrl: ofStudio,
      workers: () => workers()?.health() ?? null,
      kept: list.tables.flatMap(({ kept }) => kept ?? []),
      hasUntrustedProxy: async () =>
        metrics.http.hasUntrustedProxy() || ((await workers()?.ask(UNTRUSTED_PROXY, null))?.includes(true) ?? false),
      openSandbox: openRuleSandbox,
      sqlCommand: sqlCommand(),
      functionFiles,
      clientMetadata,
      goClient,
      internalApp: () => current.internal,
      routesChanged: () => {
        current = serve(current)
      },
    },
    first,
    { endWork: tasks.close },
  )
  const { audit, auth, observe } = services.ports

  const serve = (loaded: Loaded): Served => {
    const { schema, environment } = loaded
    settings = loaded.settings
    const own = services.routes(loaded)
    const visibilities = visibilitiesOf(loaded.settings, mode)
    const routes: readonly Route[] = [
      ...landingRoutes({
        ...{ schema, mode, visibilities },
        settings: loaded.settings,
        url: () => loaded.settings.server.url ?? url,
        studioUrl: ofStudio,
        studioPlace: place,
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
    const shared = {
      ...{ routes, settings: responses, log, metrics: metrics.http, observe: observe.responded },
      ...{ privatePath: settings.studio.path, trace: observe.trace },
    }
    const outside = {
      ...shared,
      beforeAccess: audit.auditImpersonation,
      sparesLocalCallers: mode === 'dev',
      denials,
    }
    const all = [...routes, ...operatorsDataRoutes(routes)]
    const { authenticate } = auth
    const isApart = place.kind !== 'together'
    const ofApp = createHttpApp({
      ...outside,
      routes: isApart ? withoutStudio(all, settings.studio) : all,
      authenticate: limits.limited(isApart ? withoutOperatorCookies(authenticate) : authenticate),
    })
    const studio = isApart
      ? createHttpApp({
          ...outside,
          routes: studioRoutes(all, settings.studio),
          // A port of this machine alone is called by its names, whatever the app is called.
          settings:
            place.kind === 'port' && !place.isChosen
              ? { ...responses, ...LOOPBACK }
              : { ...responses, url: ofStudio() },
          authenticate: limits.limited(authenticate),
        })
      : ofApp
    return {
      ...loaded,
      routes,
      app: place.kind === 'host' ? byHost(place.host, { studio, app: ofApp }) : ofApp,
      studio,
      control: createHttpApp({
        ...shared,
        // Commands beside this server work on what it works on.
        settings: { ...responses, headers: { ...responses.headers, [ENVIRONMENT_HEADER]: environment } },
        authenticate: () => SYSTEM,
        checkHost: false,
      }),
      internal: createHttpApp({
        ...shared,
        routes: [...services.internalRoutes(loaded), ...functionsDataRoutes(own)],
        // Its beginning is recorded: while it holds the writer, an entry of its own would wait for its end.
        beforeAccess: (request, route) =>
          request.path.startsWith('/internal/v1/transactions/') ? undefined : audit.auditImpersonation(request, route),
        authenticate: services.ports.functions.authenticateCall,
        checkHost: false,
      }),
    }
  }
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
    studioPlace: place,
    studioUrl: ofStudio,
    syncFunctions: services.ports.functions.sync,
    syncHooks: services.ports.hooks.sync,
    checkServing: services.ports.operations.checkServing,
    async startThreads() {
      const started = services.start().catch((error: unknown) => {
        throw error instanceof HookProblems ? new ProjectError(error.message.split('\n')) : error
      })
      await Promise.all([startRuntimeThreads(), keepMaintenanceThread(), started])
    },
    listensAt(address) {
      url = address
      tasks.start()
    },
    settle: services.settle,
    drain: services.drain,
    close: services.close,
  }
}
