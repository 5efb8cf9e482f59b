import type { JobState, Reads, SqlValue, Tx } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { type Job, rankOf, selectJobs } from './jobs-table'

export interface JobFilter {
  readonly name?: string | undefined
  readonly state?: JobState['state'] | undefined
  readonly limit: number
  /** The `seq` behind which the page begins. */
  readonly before: number | null
}

/** Newest first. */
export async function listJobs(
  database: Pick<Database, 'all' | 'get' | 'query'>,
  { name, state, limit, before }: JobFilter,
): Promise<readonly Job[]> {
  const from = before ?? Number.MAX_SAFE_INTEGER
  if (name !== undefined && state !== undefined) {
    // Of many in this state few may have this name: they are found where that holds up nobody.
    const text = `SELECT "seq" FROM "_koyalite_jobs" WHERE "seq" < ? AND "state" = ? AND +"name" = ? ORDER BY "seq" DESC LIMIT ?`
    const sql = { text, params: [from, state, name, limit] }
    const { rows } = await database.query(sql, { timeoutMs: LIST_TIMEOUT_MS })
    const found = selectJobs(database, 'WHERE "seq" IN (SELECT value FROM json_each(?))', [JSON.stringify(rows.flat())])
    return found.sort((a, b) => b.seq - a.seq)
  }
  const conditions: string[] = ['"seq" < ?']
  const params: SqlValue[] = [from]
  if (state !== undefined) {
    conditions.push('"state" = ?')
    params.push(state)
  }
  if (name !== undefined) {
    conditions.push('"name" = ?')
    params.push(name)
  }
  const rest = `WHERE ${conditions.join(' AND ')} ORDER BY "seq" DESC LIMIT ?`
  return selectJobs(database, rest, [...params, limit])
}

const LIST_TIMEOUT_MS = 10_000

interface Placed {
  readonly now: number
  /** It has a place in its group. */
  readonly hasSlot: boolean
}

/** A job that is dead or cancelled, as if it had just been pushed. */
export function restartOver(tx: Tx, { seq, priority }: Job, stage: 'ready' | 'behind', { now, hasSlot }: Placed): void {
  tx.run({
    text: `UPDATE "_koyalite_jobs" SET "state" = 'waiting', "stage" = ?, "slot" = ?, "run_at" = ?, "rank" = ?, "attempts" = 0, "errors" = 0, "crashes" = 0,
      "losses" = 0, "cancelling" = 0, "progress" = NULL, "boot" = NULL, "retry_until" = NULL, "finished_at" = NULL, "key_until" = NULL WHERE "seq" = ?`,
    params: [stage, hasSlot ? 1 : 0, now, rankOf(now, priority), seq],
  })
}

/** One that waits for its time, now. */
export function runNow(tx: Tx, { seq, priority }: Job, stage: 'ready' | 'behind', { now, hasSlot }: Placed): void {
  tx.run({
    text: `UPDATE "_koyalite_jobs" SET "stage" = ?, "slot" = ?, "run_at" = ?, "rank" = ? WHERE "seq" = ?`,
    params: [stage, hasSlot ? 1 : 0, now, rankOf(now, priority), seq],
  })
}

export function deleteJob(tx: Tx, seq: number): void {
  tx.run({ text: `DELETE FROM "_koyalite_jobs" WHERE "seq" = ?`, params: [seq] })
}

/** Removes what has been over since before a time: at most `limit`, oldest first. @returns how many */
export function deleteOver(tx: Tx, state: 'done' | 'cancelled' | 'dead', before: number, limit: number): number {
  const text = `DELETE FROM "_koyalite_jobs" WHERE "seq" IN (
    SELECT "seq" FROM "_koyalite_jobs" WHERE "finished_at" IS NOT NULL AND "state" = ? AND "finished_at" < ? AND ("key_until" IS NULL OR "key_until" < ?)
    ORDER BY "finished_at" LIMIT ?)`
  return tx.run({ text, params: [state, before, before, limit] }).changes
}

/** How many are not over yet. */
export function countLiving(reads: Reads): number {
  const text = `SELECT count(*) FROM "_koyalite_jobs" WHERE "state" IN ('waiting', 'retrying', 'running')`
  return Number(reads.get({ text, params: [] })?.[0] ?? 0)
}

/** For a process of its own: how many of each queue are in which state, and since when the first of them is due. Nothing that is over is looked at. */
export const QUEUE_DEPTHS = `SELECT "queue", "state", count(*), min("run_at") FROM "_koyalite_jobs" WHERE "state" IN ('waiting', 'retrying', 'running')
  GROUP BY "queue", "state" ORDER BY "queue"`

export function pausedQueues(reads: Reads): ReadonlyMap<string, number> {
  const rows = reads.all({ text: `SELECT "name", "paused_at" FROM "_koyalite_job_queues"`, params: [] })
  return new Map(rows.map(([name, at]) => [name as string, at as number]))
}

export function setPaused(tx: Tx, queue: string, at: number | null): void {
  tx.run(
    at === null
      ? { text: `DELETE FROM "_koyalite_job_queues" WHERE "name" = ?`, params: [queue] }
      : {
          text: `INSERT INTO "_koyalite_job_queues" ("name", "paused_at") VALUES (?, ?) ON CONFLICT DO NOTHING`,
          params: [queue, at],
        },
  )
}
