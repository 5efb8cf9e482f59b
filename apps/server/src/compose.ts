import { type AuthContext, authenticate, authRoutes } from '@koyalite/auth'
import { SYSTEM } from '@koyalite/contracts'
import { createDataContext, dataRoutes } from '@koyalite/data'
import {
  createHttpApp,
  type HttpApp,
  healthRoutes,
  type Log,
  type Metrics,
  type Route,
  type Settings,
} from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { landingRoutes } from './landing-routes'

export interface Parts {
  readonly schema: Schema
  readonly settings: Settings
  readonly database: Database
  readonly log: Log
  readonly metrics: Metrics
}

export interface Composed {
  /** For callers from outside. */
  readonly app: HttpApp
  /** The same routes for callers on this machine that may do everything: the command line. */
  readonly control: HttpApp
}

/** The server's table of contents: which services there are, and what each is given. Cheap: a reload of the schema does it again. */
export function compose({ schema, settings, database, log, metrics }: Parts): Composed {
  const auth: AuthContext = { schema, database, knownKeys: new Map() }
  const data = createDataContext({ schema, database, queryTimeoutMs: settings.server.query_timeout })
  const services: readonly Route[] = [...authRoutes(auth), ...dataRoutes(data)]
  const routes: readonly Route[] = [
    ...landingRoutes({ schema, settings, routes: services }),
    ...healthRoutes({ metrics, checks: [], stats: () => database.stats() }),
    ...services,
  ]
  const shared = { routes, settings: settings.server, log, metrics: metrics.http }
  return {
    app: createHttpApp({
      ...shared,
      authenticate: (request) => authenticate(auth, request.headers.get('authorization')),
    }),
    control: createHttpApp({ ...shared, authenticate: () => SYSTEM, checkHost: false }),
  }
}
