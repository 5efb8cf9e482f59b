import type { Reads } from '@koyalite/contracts'
import {
  every,
  type Instance,
  type Log,
  type Outbound,
  type RateLimiter,
  type Role,
  type SecretBox,
  type Tasks,
} from '@koyalite/kernel'
import { USERS } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { createProviderClients, type ProviderClients } from './oauth/provider-client'
import { createProviderFetch } from './oauth/provider-fetch'
import { cleanUpDeletedUsers } from './operations/accounts/clean-up-deleted-users'
import { resealSecrets } from './operations/keys/reseal-secrets'
import { followInvalidations } from './operations/sessions/follow-invalidations'
import { sweepExpired } from './operations/sessions/sweep-expired'
import { createPasswordHasher, type PasswordHasher } from './passwords/password-hasher'
import { createKeyUses, type KeyUses } from './tokens/key-uses'
import { openSigningKeys, type SigningKeys } from './tokens/signing-keys'
import { createVerifiedTokens, type VerifiedTokens } from './tokens/verified-tokens'

/** What lives as long as the database is open, over every reload of schema and settings. */
export interface AuthRuntime {
  readonly database: Database
  /** Which installation this is. */
  readonly instance: Instance
  readonly signingKeys: SigningKeys
  /** For what must be stored and read again. */
  readonly secrets: SecretBox
  readonly verified: VerifiedTokens
  readonly keyUses: KeyUses
  readonly hasher: PasswordHasher
  readonly providerClients: ProviderClients
  readonly limiter: RateLimiter
  /** Whose page was refused the cookies of users last: a setting may be missing. */
  readonly refused: { origin: string | null }
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Before the database is closed. */
  close(): Promise<void>
}

export interface AuthRuntimeOptions {
  readonly database: Database
  readonly role: Role
  readonly tasks: Pick<Tasks, 'add'>
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  readonly instance: Instance
  readonly secrets: SecretBox
  readonly limiter: RateLimiter
  readonly outbound: Outbound
  /** Asked where deletions may have been missed: after a reset, or where the change log was cut off. */
  readonly userExists?: (reads: Reads, id: string) => boolean
  /** Where keys are stored (`data/keys`); null: in memory, for tests and databases in memory. */
  readonly keysDir: string | null
  readonly now?: () => number
  readonly hasher?: PasswordHasher
}

const SWEEP_EVERY = 10 * 60_000

export async function openAuthRuntime(options: AuthRuntimeOptions): Promise<AuthRuntime> {
  const { database, role, instance, secrets, limiter, outbound, now = Date.now } = options
  const verified = createVerifiedTokens()
  const signingKeys = await openSigningKeys({ dir: options.keysDir, now, readOnly: role.kind === 'worker' })
  const following =
    role.kind === 'worker' ? { close: followInvalidations(database, verified) } : await openInPrimary(options, verified)
  options.tasks.add({
    name: 'auth.sweep',
    summary: 'Removes expired sessions, links and codes',
    schedule: every(SWEEP_EVERY),
    async run(signal) {
      await sweepExpired(database, now(), signal)
      return undefined
    },
  })
  return {
    ...{ database, instance, signingKeys, secrets, verified, limiter, now },
    keyUses: createKeyUses(database),
    refused: { origin: null },
    hasher: options.hasher ?? createPasswordHasher(),
    providerClients: createProviderClients({ fetch: createProviderFetch(outbound), now }),
    close: async () => following.close(),
  }
}

async function openInPrimary(options: AuthRuntimeOptions, verified: VerifiedTokens): Promise<{ close(): unknown }> {
  const { database, secrets } = options
  await resealSecrets(database, secrets)
  // Whatever writes to `users`, over whichever way: what is cached of that user is out of date.
  const unsubscribe = database.feed.subscribe(
    (changes) => {
      for (const { docId, op } of changes) {
        if (op !== 'insert') verified.invalidate({ kind: 'user', id: String(docId) })
      }
    },
    [USERS],
  )
  const cleanUp = await cleanUpDeletedUsers({ ...options, runtime: { verified } })
  return {
    close() {
      unsubscribe()
      return cleanUp.close()
    },
  }
}
