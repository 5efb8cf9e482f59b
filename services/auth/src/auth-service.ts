import type {
  Actor,
  ActorDirectory,
  AdminArea,
  AuditTrail,
  AuthHooks,
  CodedProvider,
  Credentials,
  Mailer,
  UserDirectory,
} from '@koyalite/contracts'
import { defineService, type Log, type RequestLimits, type UnidentifiedRequest } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import { AUTH_AREAS } from './admin-areas'
import { type AuthRuntimeOptions, openAuthRuntime } from './auth-runtime'
import { AUTH_SETTINGS, type AuthSettings, checkPages } from './auth-settings'
import { createAuth } from './create-auth'
import { forwardUnknown, identifyInWorker } from './http/forward-unknown'
import { nameProblem } from './oauth/providers'
import { AUTH_TABLES } from './store/auth-tables'
import { adminEmails, hasOperators } from './store/operators'

export interface AuthNeeds extends Omit<AuthRuntimeOptions, 'userExists' | 'now' | 'hasher' | 'log'> {
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  readonly limits: Pick<RequestLimits, 'use'>
  readonly audit: Pick<AuditTrail, 'record'>
  readonly mail: Mailer
  /** `users`: the documents of those who sign in. */
  readonly data: { readonly users: UserDirectory }
  /** All areas of the admin API: what permissions of operators are about. */
  readonly adminAreas: readonly AdminArea[]
  /** The address that users see; known when the server listens. */
  readonly publicUrl: () => string
  /** The address of the studio: the same, or one of its own. */
  readonly studioUrl: () => string
  readonly mode: 'dev' | 'start'
  readonly loaded: {
    readonly schema: Schema
    readonly settings: AuthSettings
    readonly environment: 'dev' | 'staging' | 'production'
  }
}

export interface AuthPort extends Credentials, ActorDirectory {
  /**
   * Who makes a request. Synchronous for tokens and keys that were seen before. Throws UNAUTHENTICATED; in a worker
   * NotPrimaryError for an unknown caller.
   */
  authenticate(request: UnidentifiedRequest): Actor | Promise<Actor>
  /**
   * Runs what answers a request; in a worker, one whose caller is unknown is forwarded to the primary, which counts
   * those who guess.
   */
  forwardUnknown<T>(respond: () => T | Promise<T>): T | Promise<T>
  /**
   * A credential for the live queries of whichever operator sends a request, as whom it says. Throws UNAUTHENTICATED,
   * FORBIDDEN, NOT_FOUND, INVALID_REQUEST.
   */
  operatorsToken(request: UnidentifiedRequest): Promise<string>
  /**
   * For a route that changes documents though its path does not say so: throws FORBIDDEN where the caller is a browser
   * whose session is locked in production.
   */
  requireUnlocked(actor: Actor, request: Pick<UnidentifiedRequest, 'headers' | 'time'>): void
  /**
   * For what a stolen session must not do: throws FORBIDDEN where the caller is no operator who has proved lately that it
   * is them, with what the detail asks for.
   */
  requireProof(actor: Actor, time: number): void
  /** From now on these hooks see registrations and sign-ins; null: none. */
  hooked(hooks: AuthHooks | null): void
  /**
   * From now on these providers are there beside those of the settings. Returns what is wrong with their names; then
   * nothing has changed.
   */
  provide(providers: readonly CodedProvider[]): readonly { readonly name: string; readonly message: string }[]
  /** Whether somebody runs the server. */
  hasOperators(): boolean
  /** Where owners and admins are written to when something needs them. */
  adminEmails(): readonly string[]
  /** The last origin whose page was refused the cookies of users; null where none was since the start. */
  refusedOrigin(): string | null
  /** Whether responses must not reveal who has an account. */
  hidesAccounts(): boolean
  /** All users are gone: nothing that was remembered of them holds. */
  invalidateAll(): void
  /**
   * For the first start: where somebody becomes the first operator; null where there are operators. Each call replaces
   * the link before.
   */
  setupLink(): Promise<string | null>
}

/** Who is there: users, sessions, providers, operators, service keys, and the limits on requests. */
export const authService = defineService({
  name: 'auth',
  tables: AUTH_TABLES,
  settings: AUTH_SETTINGS,
  checkSettings: checkPages,
  adminAreas: AUTH_AREAS,
  async open({ limits, audit, mail, data, adminAreas, publicUrl, studioUrl, mode, loaded, ...needs }: AuthNeeds) {
    const { users } = data
    const runtime = await openAuthRuntime({ ...needs, userExists: (reads, id) => users.byId(reads, id) !== null })
    let hooks: AuthHooks | null = null
    let coded: readonly CodedProvider[] = []
    let { oauth } = loaded.settings.auth
    const serve = (served: AuthNeeds['loaded']) => {
      const { server, auth } = served.settings
      limits.use(auth.rate_limit)
      const { log } = needs
      return createAuth({
        runtime,
        audit,
        mail,
        users,
        log,
        hooks: () => hooks,
        codedProviders: () => coded,
        adminAreas,
        schema: served.schema,
        settings: served.settings,
        isProduction: mode === 'start' && served.environment === 'production',
        publicUrl: () => server.url ?? publicUrl(),
        studioUrl,
      })
    }
    let current = serve(loaded)
    const { role } = needs
    const own = {
      subscribe: (listener) => runtime.verified.subscribe(listener),
      credentialOf: (headers) => current.credentialOf(headers),
      actorNow: (subject) => current.actorNow(subject),
      operatorsToken: (request) => current.operatorsToken(request),
      setupLink: () => current.setupLink(),
      hasOperators: () => hasOperators(runtime.database),
      adminEmails: () => adminEmails(runtime.database),
      refusedOrigin: () => runtime.refused.origin,
      hidesAccounts: () => current.hidesAccounts,
      requireUnlocked: (actor, request) => current.requireUnlocked(actor, request),
      requireProof: (actor, time) => current.requireProof(actor, time),
      hooked(next) {
        hooks = next
      },
      provide(next) {
        const problems = next.flatMap((provider) => {
          const message = nameProblem(provider, oauth)
          return message === null ? [] : [{ name: provider.name, message }]
        })
        if (problems.length === 0) coded = next
        return problems
      },
      invalidateAll: () => runtime.verified.invalidate({ kind: 'anything' }),
    } satisfies Partial<AuthPort>
    const identify = (token: string) => current.identify(token)
    const authenticate = (request: UnidentifiedRequest) => current.authenticate(request)
    const { signingKeys } = runtime
    const port: AuthPort =
      role.kind === 'primary'
        ? { ...own, identify, authenticate, forwardUnknown: (respond) => respond() }
        : {
            ...own,
            identify: (token) => identifyInWorker({ role, signingKeys }, () => identify(token)),
            authenticate: (request) =>
              forwardUnknown(() => identifyInWorker({ role, signingKeys }, () => authenticate(request))),
            forwardUnknown,
          }
    return {
      port,
      use(next) {
        current = serve(next)
        oauth = next.settings.auth.oauth
      },
      routes: () => current.routes,
      start: () => runtime.hasher.start(),
      close: () => runtime.close(),
    }
  },
})
