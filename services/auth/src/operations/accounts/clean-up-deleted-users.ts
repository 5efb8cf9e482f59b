import type { Reads } from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import { USERS } from '@koyalite/schema'
import { type ChangeConsumer, consumeChanges, type Database } from '@koyalite/sqlite'
import { accountIds } from '../../store/accounts'
import type { TokenCache } from '../sessions/end-sessions'
import { deleteCredentials } from './revoke-credentials'

export interface CleanUpOptions extends TokenCache {
  readonly database: Database
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  /** Without it, nothing is done about deletions that the change log lost. */
  readonly userExists?: (reads: Reads, id: string) => boolean
}

/** Accounts that one write checks: about 1 ms. */
const STEP = 100

/**
 * Removes what signed a deleted user in, whichever way they were deleted, and exactly once for each deletion: a server
 * that is killed in between resumes. An id or an address that is used again must not come with another person's old
 * credentials.
 */
export function cleanUpDeletedUsers(options: CleanUpOptions): Promise<ChangeConsumer> {
  const { database, log, userExists } = options
  return consumeChanges(database, {
    name: 'auth.deleted_users',
    from: 'now',
    collections: [USERS],
    log,
    handle(changes, advance) {
      const deleted = changes.filter(({ op }) => op === 'delete').map(({ docId }) => String(docId))
      if (deleted.length === 0) return undefined
      return database.write((tx) => {
        for (const id of deleted) deleteCredentials(options, tx, id)
        advance(tx)
      })
    },
    ...(userExists === undefined ? {} : { rebuild: () => removeOrphans(options, userExists) }),
  })
}

async function removeOrphans(
  options: CleanUpOptions,
  userExists: (reads: Reads, id: string) => boolean,
): Promise<void> {
  let after: string | undefined = ''
  while (after !== undefined) {
    const from: string = after
    const { value } = await options.database.write((tx) => {
      const ids = accountIds(tx, from, STEP)
      for (const id of ids) if (!userExists(tx, id)) deleteCredentials(options, tx, id)
      return ids.at(-1)
    })
    after = value
  }
}
