import type { Database } from '@koyalite/sqlite'
import { pruneForgotten } from '../store/forgotten'
import { deleteOldLoginFailures } from '../store/login-failures'
import { deleteExpiredOneTimeTokens } from '../store/one-time-tokens'
import { deleteExpiredSessions } from '../store/sessions'

const DAY = 86_400_000

/** Removes what has expired by its own date; what depends on settings is refused when it is used. */
export async function sweepExpired(database: Database, now: number): Promise<void> {
  await database.write((tx) => {
    deleteExpiredOneTimeTokens(tx, now)
    deleteExpiredSessions(tx, now)
    deleteOldLoginFailures(tx, now - DAY)
    pruneForgotten(tx)
  })
}
