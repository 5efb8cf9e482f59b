import type { AdminArea } from '@koyalite/access'
import {
  type Actor,
  type AuditEvent,
  type AuditTrail,
  type AuthHooks,
  auditedActor,
  type Mailer,
  type Tx,
  type UserDirectory,
} from '@koyalite/contracts'
import type { ApiRequest, Log, Rate } from '@koyalite/kernel'
import { addressBucket, requireAllowed } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import type { AuthRuntime } from './auth-runtime'
import type { AuthSettings } from './auth-settings'
import type { ProviderClients } from './oauth/provider-client'
import type { Provider } from './oauth/providers'
import type { AccessTokens } from './tokens/access-tokens'

/** What the operations share. A reload of schema and settings makes a new one over the same runtime. */
export interface AuthContext {
  readonly schema: Schema
  readonly settings: AuthSettings
  readonly database: Database
  readonly users: UserDirectory
  readonly mail: Mailer
  readonly audit: Pick<AuditTrail, 'record'>
  readonly runtime: AuthRuntime
  readonly log: Pick<Log, 'warn'>
  /** Code of the project; null where there is none. */
  readonly hooks: () => AuthHooks | null
  /** Whether `start` serves the environment `production`: there the studio's documents are locked. */
  readonly isProduction: boolean
  /** All areas of the admin API: what permissions of operators are about. */
  readonly adminAreas: readonly AdminArea[]
  readonly tokens: AccessTokens
  /** By name. */
  readonly providers: ReadonlyMap<string, Provider>
  readonly providerClients: ProviderClients
  /** The address that users see, without a slash at its end: from the settings, never from a request. */
  readonly publicUrl: () => string
  /** The address of the studio, in the same form: where cookies of operators belong. */
  readonly studioUrl: () => string
}

/** Who makes a request, and from where: what every operation takes besides its input. */
export interface RequestContext<A extends Actor = Actor> {
  readonly actor: A
  readonly ip: string
  readonly userAgent: string | null
  readonly requestId: string
  /** Milliseconds since 1970, fixed for the whole request. */
  readonly time: number
  readonly reportRateLimit: ApiRequest['reportRateLimit']
  readonly isUnlimited: boolean
}

/** Records an event under the name of the caller, if the write commits. */
export function audit(
  context: AuthContext,
  tx: Tx,
  request: RequestContext,
  event: Pick<AuditEvent, 'event'> & Partial<AuditEvent>,
): void {
  const { ip, requestId } = request
  context.audit.record(tx, { outcome: 'success', ...auditedActor(request.actor), ip, requestId, ...event })
}

/**
 * Charges the limit `name` of the caller's address, and of each account or mailbox that is given. Throws RATE_LIMITED.
 */
export function charge(
  context: AuthContext,
  request: RequestContext,
  limit: { readonly name: string; readonly rate: Rate | null; readonly account?: string | readonly string[] },
): void {
  if (request.actor.kind === 'system') return
  const { name, rate, account } = limit
  const charges = [{ bucket: `${name} ip ${addressBucket(request.ip)}`, rate }]
  for (const one of [account ?? []].flat()) charges.push({ bucket: `${name} account ${one}`, rate })
  requireAllowed(request, context.runtime.limiter.take(charges))
}
