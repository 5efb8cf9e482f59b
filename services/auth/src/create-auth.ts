import type { AdminArea } from '@koyalite/access'
import type {
  Actor,
  ActorDirectory,
  AuditTrail,
  AuthHooks,
  CodedProvider,
  Identity,
  Mailer,
  PresentedCredential,
  UserDirectory,
} from '@koyalite/contracts'
import type { Log, Route, UnidentifiedRequest } from '@koyalite/kernel'
import { type Schema, USERS } from '@koyalite/schema'
import type { AuthContext } from './auth-context'
import type { AuthRuntime } from './auth-runtime'
import type { AuthSettings } from './auth-settings'
import { accountRoutes } from './http/account-routes'
import { adminUserRoutes } from './http/admin-user-routes'
import { authenticate } from './http/authenticate'
import { editingRoutes } from './http/editing-routes'
import { credentialOf, identifyConnection } from './http/identify-connection'
import { keyRoutes } from './http/key-routes'
import { mailFlowRoutes } from './http/mail-flow-routes'
import { oauthRoutes } from './http/oauth-routes'
import { operatorRoutes } from './http/operator-routes'
import { operatorsToken } from './http/operators-token'
import { pageRoutes } from './http/page-routes'
import { providerRoutes } from './http/provider-routes'
import { operatorFactorRoutes, secondFactorRoutes } from './http/second-factor-routes'
import { sessionRoutes } from './http/session-routes'
import type { ProviderDefinition } from './oauth/provider-definition'
import { configuredProviders, withCoded } from './oauth/providers'
import { requireGrant } from './operations/operators/editing-lock'
import { setupLink } from './operations/operators/operator-password'
import { requireProof } from './operations/operators/operator-proof'
import { actorNow } from './operations/sessions/actor-now'
import { createAccessTokens } from './tokens/access-tokens'

export interface AuthOptions {
  readonly runtime: AuthRuntime
  readonly schema: Schema
  readonly settings: AuthSettings
  readonly users: UserDirectory
  readonly mail: Mailer
  readonly audit: Pick<AuditTrail, 'record'>
  readonly log: Pick<Log, 'warn'>
  /** Code of the project. @default none */
  readonly hooks?: () => AuthHooks | null
  /** Providers that are code of the project. @default none */
  readonly codedProviders?: () => readonly CodedProvider[]
  /** Whether `start` serves the environment `production`. @default false */
  readonly isProduction?: boolean
  /** All areas of the admin API: what permissions of operators are about. */
  readonly adminAreas: readonly AdminArea[]
  /**
   * The address that users see, for links in mails and the way back from other providers. Asked late: the port may be
   * chosen at start.
   */
  readonly publicUrl: () => string
  /** Where operators reach the studio. @default `publicUrl` */
  readonly studioUrl?: () => string
  /** Providers known by name, instead of the built-in ones. */
  readonly knownProviders?: Readonly<Record<string, ProviderDefinition>>
}

export interface Auth extends ActorDirectory {
  readonly routes: readonly Route[]
  /** Synchronous for tokens and keys that were seen before. Throws UNAUTHENTICATED. */
  authenticate(request: UnidentifiedRequest): Actor | Promise<Actor>
  /**
   * Whom an access token or service key stands for, and until when: for connections that outlive a request. Throws
   * UNAUTHENTICATED.
   */
  identify(token: string): Promise<Identity>
  /** A credential for the live queries of an operator: see `operatorsToken`. */
  operatorsToken(request: UnidentifiedRequest): Promise<string>
  /** Throws FORBIDDEN where a browser's session is locked in production: see `requireGrant`. */
  requireUnlocked(actor: Actor, request: Pick<UnidentifiedRequest, 'headers' | 'time'>): void
  /** Throws FORBIDDEN where the caller is no operator who has proved lately that it is them: see `requireProof`. */
  requireProof(actor: Actor, time: number): void
  /**
   * The credential of a handshake: of its Authorization header, or else of the cookie. Throws UNAUTHENTICATED for a
   * header of another form.
   */
  credentialOf(headers: Headers): PresentedCredential | null
  /**
   * For the first start: where somebody becomes the first operator; null where there are operators. Each call replaces
   * the link before.
   */
  setupLink(): Promise<string | null>
  /** Whether responses must not reveal who has an account. */
  readonly hidesAccounts: boolean
}

/** Signing in, for one loaded schema and one set of settings. Cheap, and without state: that is the runtime's. */
export function createAuth(options: AuthOptions): Auth {
  const { runtime, settings, publicUrl, studioUrl = publicUrl, codedProviders = () => [] } = options
  const { secret, issuer } = settings.auth.jwt
  const configured = configuredProviders(settings.auth.oauth, options.knownProviders)
  const context: AuthContext = {
    isProduction: false,
    hooks: () => null,
    ...options,
    database: runtime.database,
    tokens: createAccessTokens({
      keys: runtime.signingKeys,
      secret,
      issuer,
      audience: runtime.instance.id,
      now: runtime.now,
    }),
    get providers() {
      return withCoded(configured, codedProviders())
    },
    providerClients: runtime.providerClients,
    publicUrl: () => publicUrl().replace(/\/+$/, ''),
    studioUrl: () => studioUrl().replace(/\/+$/, ''),
  }
  warnOfUnknownFields(context, configured)
  return {
    routes: [
      ...accountRoutes(context),
      ...sessionRoutes(context),
      ...mailFlowRoutes(context),
      ...secondFactorRoutes(context),
      ...operatorFactorRoutes(context),
      ...oauthRoutes(context),
      ...operatorRoutes(context),
      ...editingRoutes(context),
      ...providerRoutes(context),
      ...adminUserRoutes(context),
      ...keyRoutes(context),
      ...pageRoutes(context),
    ],
    authenticate: (request) => authenticate(context, request),
    identify: (token) => identifyConnection(context, token),
    actorNow: (subject) => actorNow(context, subject),
    operatorsToken: (request) => operatorsToken(context, request),
    requireUnlocked(actor, { headers, time }) {
      // Programs send tokens and keys, and are not asked.
      if (actor.kind === 'operator' && !headers.has('authorization')) requireGrant(context, actor, time)
    },
    requireProof: (actor, time) => requireProof(context, actor, time),
    credentialOf: (headers) => credentialOf(context, headers),
    setupLink: () => setupLink(context),
    hidesAccounts: settings.auth.enumeration === 'hidden',
  }
}

/** A field that `users` does not have takes no claim: the settings cannot know, for the schema is another file. */
function warnOfUnknownFields({ schema, log }: AuthContext, providers: ReturnType<typeof configuredProviders>): void {
  const fields = schema.collections.get(USERS)?.fields
  for (const { name, profile } of providers.values()) {
    for (const field of Object.keys(profile)) {
      if (fields?.has(field) === false)
        log.warn(
          { setting: `auth.oauth.${name}.profile.${field}` },
          'a setting refers to a field that users does not have',
        )
    }
  }
}
