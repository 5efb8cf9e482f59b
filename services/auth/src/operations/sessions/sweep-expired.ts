import type { Tx } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { pruneInvalidations } from '../../store/invalidations'
import { deleteOldLoginFailures } from '../../store/login-failures'
import { deleteExpiredOneTimeTokens } from '../../store/one-time-tokens'
import { deleteExpiredSessions } from '../../store/sessions'

const DAY = 86_400_000

/** Rows of one write: about 1 ms, however many have expired since the last time. */
const STEP = 500

const SWEEPS: readonly ((tx: Tx, now: number) => number)[] = [
  (tx, now) => deleteExpiredOneTimeTokens(tx, now, STEP),
  (tx, now) => deleteExpiredSessions(tx, now, STEP),
  (tx, now) => deleteOldLoginFailures(tx, now - DAY, STEP),
  (tx) => pruneInvalidations(tx, STEP),
]

/** Removes rows that have expired by their own date; rows whose expiry depends on settings are refused when used. */
export async function sweepExpired(database: Database, now: number, signal: AbortSignal): Promise<void> {
  for (const sweep of SWEEPS) {
    let removed = STEP
    while (removed === STEP && !signal.aborted) removed = (await database.write((tx) => sweep(tx, now))).value
  }
}
