import type { Tx } from '@koyalite/contracts'

/**
 * Jobs that wait in a copy of a database are the original's to run, and those in a restored one may have been run since the backup was made: here nothing
 * runs them by itself. Returns how many are held now and were not before.
 */
export function holdWaitingJobs(tx: Tx): number {
  if (!tx.get({ text: `SELECT 1 FROM sqlite_schema WHERE name = '_koyalite_jobs'`, params: [] })) return 0
  const text = `UPDATE "_koyalite_jobs" SET "state" = CASE "state" WHEN 'running' THEN 'waiting' ELSE "state" END, "stage" = 'held', "boot" = NULL
    WHERE "state" IN ('waiting', 'retrying', 'running') AND "stage" <> 'held'`
  return tx.run({ text, params: [] }).changes
}

/** Lets them run after all. @returns how many */
export function releaseHeldJobs(tx: Tx): number {
  // Their places in groups are given out anew, in their order.
  const text = `UPDATE "_koyalite_jobs" SET "stage" = CASE WHEN "behind" IS NOT NULL THEN 'behind' ELSE 'later' END, "slot" = 0
    WHERE "stage" = 'held'`
  return tx.run({ text, params: [] }).changes
}

export function countHeld(tx: Pick<Tx, 'get'>): number {
  return Number(tx.get({ text: `SELECT count(*) FROM "_koyalite_jobs" WHERE "stage" = 'held'`, params: [] })?.[0] ?? 0)
}
