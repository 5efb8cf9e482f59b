import { AppError } from '@koyalite/contracts'
import {
  createForwarder,
  createHttpApp,
  createOutbound,
  createRateLimiter,
  createRequestLimits,
  createTasks,
  findSocket,
  type HttpApp,
  type Log,
  type Metrics,
  NO_DEV_NOTES,
  openSecretBox,
  readInstance,
  type WorkerRole,
} from '@koyalite/kernel'
import { withUntypedTables } from '@koyalite/migrations'
import { deserializeSchema } from '@koyalite/schema'
import type { FollowingDatabase } from '@koyalite/sqlite'
import { SERVICES } from '../compose'
import { workersSocket } from '../control-channel'
import type { Loaded } from '../load-project'
import { MAIL_ADAPTERS } from '../mail-adapters'
import { responseSettings } from '../response-settings'
import { byHost, withoutOperatorCookies } from '../studio-place'
import type { ServedByWorkers, StartWorker } from './worker-protocol'

export interface WorkerServicesOptions {
  readonly role: WorkerRole
  readonly database: FollowingDatabase
  readonly log: Log
  readonly metrics: Metrics
  /** Everything is forwarded. */
  readonly isPaused: () => boolean
}

export interface WorkerServices {
  app(): HttpApp
  /** Serves this from now on. */
  use(served: ServedByWorkers): void
  /** Ends connections that outlive a request. */
  drain(): void
  close(): Promise<void>
}

/** The same services as in the primary: what they can answer here is answered here, and everything else is forwarded. */
export async function openWorkerServices(
  start: StartWorker,
  { role, database, log, metrics, isPaused }: WorkerServicesOptions,
): Promise<WorkerServices> {
  const { keysDir } = start
  const socket = findSocket(workersSocket(start.databasePath))
  const instance = await readInstance(keysDir)
  if (socket === null || instance === null)
    throw new AppError('UNAVAILABLE', 'the primary process is no longer listening')
  const loadedOf = ({ schema, ...served }: ServedByWorkers): Loaded => ({
    ...served,
    // Only the primary runs the project's code.
    variables: {},
    schema: withUntypedTables(database, deserializeSchema(schema)),
    warnings: [],
  })
  const limiter = createRateLimiter({ now: Date.now })
  const limits = createRequestLimits(limiter, start.settings.auth.rate_limit)
  let { publicUrl, studioUrl } = start
  const { studioPlace: place } = start
  let { settings } = start
  const outbound = createOutbound(() => ({ allow: settings.outbound.allow, allowsLoopback: false }))
  const first = loadedOf(start)
  const services = await SERVICES.openInWorker(
    {
      ...{ role, database, log, metrics, limiter, limits, outbound, instance, keysDir },
      // Never started: the primary does the background work.
      tasks: createTasks({ log, metrics: { register: () => () => {} } }),
      secrets: await openSecretBox({ dir: keysDir, readOnly: true }),
      mode: 'start',
      devNotes: NO_DEV_NOTES,
      denials: null,
      adminAreas: SERVICES.adminAreas,
      mailAdapters: MAIL_ADAPTERS,
      publicUrl: () => publicUrl,
      studioUrl: () => studioUrl,
    },
    first,
  )
  const { audit, auth, observe } = services.ports
  const forward = { ...createForwarder(socket.address), all: isPaused }
  const authenticate = place.kind === 'together' ? auth.authenticate : withoutOperatorCookies(auth.authenticate)
  const appOf = (loaded: Loaded): HttpApp => {
    const shared = {
      settings: responseSettings(loaded),
      log,
      metrics: metrics.http,
      authenticate: limits.limited(authenticate),
      beforeAccess: audit.auditImpersonation,
      observe: observe.responded,
      trace: observe.trace,
      forward,
      privatePath: loaded.settings.studio.path,
    }
    const app = createHttpApp({ ...shared, routes: services.workerRoutes(loaded) })
    // The studio is the primary's: what is unknown here is forwarded.
    return place.kind === 'host' ? byHost(place.host, { studio: createHttpApp({ ...shared, routes: [] }), app }) : app
  }
  let app = appOf(first)
  return {
    app: () => app,
    use(served) {
      const loaded = loadedOf(served)
      settings = loaded.settings
      publicUrl = served.publicUrl
      studioUrl = served.studioUrl
      services.use(loaded)
      app = appOf(loaded)
    },
    drain: services.drain,
    async close() {
      await services.close()
      socket.close()
    },
  }
}
