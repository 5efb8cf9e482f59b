import type { AdminArea, ServiceTables } from '@koyalite/contracts'
import type { SettingsCheck, SettingsSections } from '../config/declare-settings'
import type { Route } from '../http/route'
import type { HealthCheck } from '../metrics/health-routes'

/**
 * A service: what it declares, known before anything is open, and how it is opened. It lives as long as the database is open, over every reload; what it
 * adds to `tasks` runs while it lives.
 */
export interface Service<Name extends string, Needs, Port, Sections extends SettingsSections = NoSections> {
  /** Under which later services find its port among what they need. */
  readonly name: Name
  /** Its own tables in the database. */
  readonly tables?: ServiceTables
  /** Its own sections of koyalite.yaml. */
  readonly settings?: Sections
  /** Whether they fit one another, and those of others. A property: see `open`. */
  readonly checkSettings?: SettingsCheck<SettingsNeeded<Needs>>
  /** Of the admin API: those that its routes are in. */
  readonly adminAreas?: readonly AdminArea[]
  /** A property and not a method: so that a list of services checks that each gets what it needs. */
  readonly open: (needs: Needs) => OpenService<Port, LoadedOf<Needs>> | Promise<OpenService<Port, LoadedOf<Needs>>>
}

/** Of a service without settings. */
export type NoSections = Record<never, never>

type SettingsNeeded<Needs> = LoadedOf<Needs> extends { readonly settings: infer Settings } ? Settings : never

/** What of the project's folder a service is opened with, and used with after a reload. */
export type LoadedOf<Needs> = Needs extends { readonly loaded: infer Loaded } ? Loaded : unknown

export interface OpenService<Port, Loaded> {
  /** What other services get of it. */
  readonly port: Port
  /**
   * Serves this from now on. Requests that are under way continue with what was loaded when they came; connections, limits, schedules and caches that do not
   * depend on it stay.
   */
  use?(loaded: Loaded): void
  /** Its routes, for what is loaded now: asked for at the start, and again after every `use`. */
  routes?(loaded: Loaded): readonly Route[]
  /** The routes that a worker serves itself; by default none: all are forwarded to the primary. */
  workerRoutes?(loaded: Loaded): readonly Route[]
  /** Routes that only the code of functions reaches, below /internal/v1: see services/functions/PROTOCOL.md. */
  internalRoutes?(loaded: Loaded): readonly Route[]
  /** Checks that must pass for the server to be ready. */
  readonly checks?: readonly HealthCheck[]
  /** For /health/stats, under the service's name. */
  stats?(): object
  /** Starts the threads that serving needs. Later the system may have none left; then those that run continue. */
  start?(): Promise<unknown>
  /**
   * Begins no more work by itself, and resolves when what it has begun has ended, or has been told to. Called first of all when a server stops: requests are
   * still answered.
   */
  settle?(): Promise<unknown>
  /** Ends what faces users and outlives a request. Called before the server that its connections are of is closed. */
  drain?(): void
  /** Called in reverse order, after all tasks have ended and before the database is closed. */
  close?(): unknown
}

export function defineService<const Name extends string, Needs, Port, Sections extends SettingsSections = NoSections>(
  service: Service<Name, Needs, Port, Sections>,
): Service<Name, Needs, Port, Sections> {
  return service
}
