import { ANONYMOUS, AppError } from '@koyalite/contracts'
import {
  createHttpApp,
  createMetrics,
  type HttpApp,
  healthRoutes,
  type ListeningOnPort,
  NO_LOG,
  serve,
} from '@koyalite/kernel'
import type { Loaded } from './load-project'

/** What answers while a project is being opened and that takes long: it is alive, and not ready. */
export interface StartingServer {
  /** A step of a long migration begins. Listens from the first one on. */
  migrating(step: string, loaded: Loaded): void
  /** What listens already; from now on `app` answers there. Null where nothing has begun to listen. */
  handOver(app: () => HttpApp): ListeningOnPort | null
  close(): Promise<void>
}

export function createStartingServer(): StartingServer {
  let step = ''
  let app: (() => HttpApp) | null = null
  let listening: ListeningOnPort | null = null
  return {
    migrating(next, { settings }) {
      step = next
      if (listening !== null || app !== null) return
      const starting = startingApp(settings.server, () => step)
      const { host, port } = settings.server
      try {
        listening = serve({ host, port, app: () => app?.() ?? starting })
      } catch (error) {
        // The error is reported when the project is open and the port is bound again.
        if (!(error instanceof AppError)) throw error
      }
    },
    handOver(next) {
      app = next
      return listening
    },
    close: async () => listening?.close(0),
  }
}

function startingApp(settings: Loaded['settings']['server'], step: () => string): HttpApp {
  const unavailable = () =>
    new AppError('UNAVAILABLE', `the server is starting and is migrating the database (${step()}); try again later`)
  const metrics = createMetrics()
  const check = () => {
    throw unavailable()
  }
  return createHttpApp({
    routes: healthRoutes({ metrics, checks: [{ name: 'migration', check }] }),
    settings,
    log: NO_LOG,
    metrics: metrics.http,
    authenticate: () => ANONYMOUS,
    forward: { all: () => false, send: async () => check() },
  })
}
