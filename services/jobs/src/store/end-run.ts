import type { JobError, JobLease, Tx } from '@koyalite/contracts'
import { fillGroup, hasFreeSlot } from './groups'
import { asJson, findJob, type Job, rankOf, selectJobs } from './jobs-table'

/** The job that a lease is of; null where it was lost: another run began, or the job is over. */
export function findLeased(tx: Tx, { id, token }: JobLease): Job | null {
  const job = findJob(tx, id)
  return job !== null && job.state === 'running' && job.token === token ? job : null
}

export interface Ended {
  readonly state: 'done' | 'dead' | 'cancelled'
  /** JSON. */
  readonly result: string | null
  readonly error: JobError | null
  readonly now: number
}

/** A job is over: what has waited for it goes on. @returns the queues that have something to run by that */
export function endJob(
  tx: Tx,
  job: Job,
  groupConcurrency: number,
  { state, result, error, now }: Ended,
): readonly string[] {
  tx.run({
    text: `UPDATE "_koyalite_jobs" SET "state" = ?, "stage" = 'over', "slot" = 0, "behind" = NULL, "rerun" = NULL, "result" = ?, "error" = coalesce(?, "error"),
      "progress" = CASE WHEN ? = 'done' THEN 1.0 ELSE "progress" END, "errors" = ?, "crashes" = ?, "finished_at" = ? WHERE "seq" = ?`,
    params: [state, result, asJson(error), state, job.errors, job.crashes, now, job.seq],
  })
  return [...freePlace(tx, job, groupConcurrency), ...freeFollowers(tx, job, { groupConcurrency, now })]
}

/** Its place in its group, if it had one. */
function freePlace(tx: Tx, { name, group, hasSlot }: Job, concurrency: number): readonly string[] {
  return group === null || !hasSlot ? [] : fillGroup(tx, { name, group, concurrency })
}

/** Whether another job with its key waits for this one. */
export function hasFollower(tx: Tx, seq: number): boolean {
  return tx.get({ text: `SELECT 1 FROM "_koyalite_jobs" WHERE "behind" = ? LIMIT 1`, params: [seq] }) !== undefined
}

/** Those that waited for this very job: they have its key. */
function freeFollowers(
  tx: Tx,
  { seq, name }: Job,
  { groupConcurrency: concurrency, now }: { readonly groupConcurrency: number; readonly now: number },
): readonly string[] {
  return selectJobs(tx, 'WHERE "behind" = ?', [seq]).flatMap((job) => {
    const isDue = job.runAt <= now
    const hasPlace = job.group === null || hasFreeSlot(tx, { name, group: job.group, concurrency })
    const stage = !isDue ? 'later' : hasPlace ? 'ready' : 'behind'
    const slot = stage === 'ready' && job.group !== null ? 1 : 0
    tx.run({
      text: `UPDATE "_koyalite_jobs" SET "behind" = NULL, "stage" = ?, "slot" = ? WHERE "seq" = ?`,
      params: [stage, slot, job.seq],
    })
    return stage === 'ready' ? [job.queue] : []
  })
}

export interface Retry {
  readonly runAt: number
  readonly errors: number
  readonly crashes: number
  readonly losses: number
  readonly attempts: number
  readonly error: JobError | null
  /** Its time has come. */
  readonly isDue: boolean
}

/** It is run again later, and has its place until then. */
export function retryJob(tx: Tx, { seq, priority }: Job, retry: Retry): void {
  const { runAt, errors, crashes, losses, attempts, error, isDue } = retry
  const state = errors + crashes + losses > 0 ? 'retrying' : 'waiting'
  tx.run({
    text: `UPDATE "_koyalite_jobs" SET "state" = ?, "stage" = ?, "run_at" = ?, "rank" = ?, "errors" = ?, "crashes" = ?, "losses" = ?, "attempts" = ?,
      "boot" = NULL, "error" = coalesce(?, "error") WHERE "seq" = ?`,
    params: [
      ...[state, isDue ? 'ready' : 'later', runAt, rankOf(runAt, priority), errors, crashes, losses, attempts],
      ...[asJson(error), seq],
    ],
  })
}

/** The same job once more, with what it was given meanwhile: as if it had just been pushed. */
export function restartJob(
  tx: Tx,
  { seq, priority, rerun }: Job,
  { now, error }: { readonly now: number; readonly error: JobError | null },
): void {
  if (rerun === null) return
  tx.run({
    text: `UPDATE "_koyalite_jobs" SET "state" = 'waiting', "stage" = 'ready', "payload" = ?, "actor" = ?, "chain" = ?, "rerun" = NULL, "run_at" = ?, "rank" = ?,
      "attempts" = 0, "errors" = 0, "crashes" = 0, "losses" = 0, "boot" = NULL, "progress" = NULL, "error" = ? WHERE "seq" = ?`,
    params: [
      ...[rerun.payload, asJson(rerun.actor), asJson(rerun.chain), now, rankOf(now, priority)],
      ...[asJson(error), seq],
    ],
  })
}

/** It is to end as soon as it can. */
export function setCancelling(tx: Tx, seq: number): void {
  tx.run({ text: `UPDATE "_koyalite_jobs" SET "cancelling" = 1 WHERE "seq" = ?`, params: [seq] })
}

/** @returns whether the lease still holds */
export function setProgress(tx: Tx, { id, token }: JobLease, fraction: number): boolean {
  const text = `UPDATE "_koyalite_jobs" SET "progress" = ? WHERE "id" = ? AND "token" = ? AND "state" = 'running'`
  return tx.run({ text, params: [fraction, id, token] }).changes === 1
}
