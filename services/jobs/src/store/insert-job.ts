import type { Reads, Tx } from '@koyalite/contracts'
import { fillGroup, hasFreeSlot } from './groups'
import { asJson, type Given, type Job, rankOf, selectJobs } from './jobs-table'

/** Checked already. */
export interface JobToInsert extends Given {
  readonly id: string
  readonly name: string
  readonly queue: string
  readonly priority: number
  readonly runAt: number
  readonly key: string | null
  /** With the name, and the enqueuer where keys are theirs. */
  readonly uniqueKey: string | null
  readonly keyUntil: number | null
  readonly group: string | null
  readonly groupConcurrency: number
  /** The `seq` of the job that it waits for. */
  readonly behind: number | null
  readonly maxAttempts: number | null
  readonly retryUntil: number | null
  readonly now: number
}

/** @returns whether it can be claimed at once */
export function insertJob(tx: Tx, job: JobToInsert): boolean {
  const stage = stageOf(tx, job)
  const slot = stage === 'ready' && job.group !== null ? 1 : 0
  tx.run({
    text: `INSERT INTO "_koyalite_jobs" ("id", "name", "queue", "state", "stage", "priority", "run_at", "rank", "payload", "actor", "chain", "key",
        "unique_key", "key_until", "group_name", "slot", "behind", "max_attempts", "retry_until", "created_at")
      VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    params: [
      ...[job.id, job.name, job.queue, stage, job.priority, job.runAt, rankOf(job.runAt, job.priority)],
      ...[job.payload, asJson(job.actor), asJson(job.chain), job.key, job.uniqueKey, job.keyUntil],
      ...[job.group, slot, job.behind, job.maxAttempts, job.retryUntil, job.now],
    ],
  })
  return stage === 'ready'
}

function stageOf(
  tx: Tx,
  { name, group, groupConcurrency, behind, runAt, now }: JobToInsert,
): 'later' | 'behind' | 'ready' {
  if (behind !== null) return 'behind'
  if (runAt > now) return 'later'
  return group === null || hasFreeSlot(tx, { name, group, concurrency: groupConcurrency }) ? 'ready' : 'behind'
}

/** The job that has a key and is not over: the one that waits, where another runs. */
export function findLivingKey(reads: Reads, uniqueKey: string): Job | null {
  const found = selectJobs(reads, 'WHERE "unique_key" = ? AND "finished_at" IS NULL', [uniqueKey])
  return found.find(({ state }) => state !== 'running') ?? found[0] ?? null
}

/** The job that is not over and has the key of this one, if that has one. */
export function findLivingKeyOf(reads: Reads, seq: number): Job | null {
  const row = reads.get({ text: `SELECT "unique_key" FROM "_koyalite_jobs" WHERE "seq" = ?`, params: [seq] })
  return typeof row?.[0] === 'string' ? findLivingKey(reads, row[0]) : null
}

/** The last job that is over and keeps its key for a while. */
export function findKeptKey(reads: Reads, uniqueKey: string, now: number): Job | null {
  const rest = 'WHERE "unique_key" = ? AND "key_until" > ? ORDER BY "key_until" DESC LIMIT 1'
  return selectJobs(reads, rest, [uniqueKey, now])[0] ?? null
}

/** Gives a job that waits something else to do, at another time. @returns queues that have something to run by it */
export function replaceWaiting(
  tx: Tx,
  { seq, stage, state, group, name, queue, hasSlot }: Job,
  next: Given & Pick<JobToInsert, 'runAt' | 'priority' | 'now' | 'groupConcurrency'>,
): readonly string[] {
  const inGroup = group === null ? null : { name, group, concurrency: next.groupConcurrency }
  const hasPlace = inGroup === null || hasSlot || hasFreeSlot(tx, inGroup)
  const moved = next.runAt > next.now ? 'later' : hasPlace ? 'ready' : 'behind'
  // What waits behind others, is held or has no handler goes on to.
  const then = stage === 'later' || stage === 'ready' ? moved : stage
  const keepsSlot = then === 'ready' ? inGroup !== null : hasSlot && (then === stage || state === 'retrying')
  tx.run({
    text: `UPDATE "_koyalite_jobs" SET "payload" = ?, "actor" = ?, "chain" = ?, "run_at" = ?, "priority" = ?, "rank" = ?, "stage" = ?, "slot" = ? WHERE "seq" = ?`,
    params: [
      ...[next.payload, asJson(next.actor), asJson(next.chain), next.runAt, next.priority],
      ...[rankOf(next.runAt, next.priority), then, keepsSlot ? 1 : 0, seq],
    ],
  })
  const freed = inGroup !== null && hasSlot && !keepsSlot ? fillGroup(tx, inGroup) : []
  return then === 'ready' ? [queue, ...freed] : freed
}

export function setRerun(tx: Tx, seq: number, given: Given | null): void {
  tx.run({ text: `UPDATE "_koyalite_jobs" SET "rerun" = ? WHERE "seq" = ?`, params: [asJson(given), seq] })
}
