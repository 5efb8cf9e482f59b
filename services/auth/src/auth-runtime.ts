import type { Reads } from '@koyalite/contracts'
import {
  createInstance,
  createRateLimiter,
  every,
  type Instance,
  type Log,
  openSecretBox,
  type RateLimiter,
  readInstance,
  type SecretBox,
  type Tasks,
} from '@koyalite/kernel'
import { USERS } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { cleanUpDeletedUsers } from './operations/accounts/clean-up-deleted-users'
import { resealSecrets } from './operations/keys/reseal-secrets'
import { followInvalidations } from './operations/sessions/follow-invalidations'
import { sweepExpired } from './operations/sessions/sweep-expired'
import { createPasswordHasher, type PasswordHasher } from './passwords/password-hasher'
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
  readonly hasher: PasswordHasher
  readonly limiter: RateLimiter
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Before the database is closed. */
  close(): Promise<void>
}

export interface AuthRuntimeOptions {
  readonly database: Database
  readonly tasks: Pick<Tasks, 'add'>
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  /** Asked where deletions may have been missed: after a reset, or where the change log was cut off. */
  readonly userExists?: (reads: Reads, id: string) => boolean
  /** Where keys are kept (`data/keys`); null: in memory, for tests and databases in memory. */
  readonly keysDir: string | null
  /** By default the one of `keysDir`, which is made where there is none. */
  readonly instance?: Instance
  readonly now?: () => number
  readonly hasher?: PasswordHasher
}

const SWEEP_EVERY = 10 * 60_000

export async function openAuthRuntime(options: AuthRuntimeOptions): Promise<AuthRuntime> {
  const { database, now = Date.now } = options
  const verified = createVerifiedTokens()
  const keys = { dir: options.keysDir, now, readOnly: database.follows }
  const instance = options.instance ?? (await readInstance(options.keysDir)) ?? (await createInstance(options.keysDir))
  const [signingKeys, secrets] = await Promise.all([openSigningKeys(keys), openSecretBox(keys)])
  if (!database.follows) await resealSecrets(database, secrets)
  // Whatever writes to `users`, in whichever way: what is cached of that user is out of date.
  const unsubscribe = database.follows
    ? followInvalidations(database, verified)
    : database.feed.subscribe(
        (changes) => {
          for (const { docId, op } of changes) {
            if (op !== 'insert') verified.invalidate({ kind: 'user', id: String(docId) })
          }
        },
        [USERS],
      )
  const cleanUp = database.follows ? null : await cleanUpDeletedUsers({ ...options, runtime: { verified } })
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
    database,
    instance,
    signingKeys,
    secrets,
    verified,
    hasher: options.hasher ?? createPasswordHasher(),
    limiter: createRateLimiter({ now }),
    now,
    async close() {
      unsubscribe()
      await cleanUp?.close()
    },
  }
}
