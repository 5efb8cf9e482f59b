import type { Reads, SqlValue, Tx } from '@koyalite/contracts'
import { type Job, selectJobs } from './jobs-table'

export interface Claim {
  readonly queue: string
  readonly limit: number
  /** Jobs that are not to be claimed: an earlier run of theirs has not ended yet. */
  readonly without: readonly string[]
}

/** What is first in a queue, without its payload. */
export interface Candidate {
  readonly seq: number
  readonly name: string
  readonly crashes: number
}

/** The first jobs of a queue, in their order. */
export function selectReady(reads: Reads, { queue, limit, without }: Claim): readonly Candidate[] {
  const text = `SELECT "seq", "name", "crashes" FROM "_koyalite_jobs" WHERE "stage" = 'ready' AND "queue" = ? AND "id" NOT IN (SELECT value FROM json_each(?))
    ORDER BY "rank", "seq" LIMIT ?`
  return reads
    .all({ text, params: [queue, JSON.stringify(without), limit] })
    .map(([seq, name, crashes]) => ({ seq: seq as number, name: name as string, crashes: crashes as number }))
}

/** They run from now on, in the process with this boot id: each with a token that no earlier run had. */
export function claimJobs(
  tx: Tx,
  seqs: readonly number[],
  { boot, now }: { readonly boot: string; readonly now: number },
): Job[] {
  tx.run({
    text: `UPDATE "_koyalite_jobs" SET "state" = 'running', "stage" = 'running', "token" = "token" + 1, "attempts" = "attempts" + 1, "boot" = ?,
      "started_at" = ?, "progress" = NULL WHERE "seq" IN (SELECT value FROM json_each(?))`,
    params: [boot, now, JSON.stringify(seqs)],
  })
  return selectJobs(tx, 'WHERE "seq" IN (SELECT value FROM json_each(?)) ORDER BY "rank", "seq"', [
    JSON.stringify(seqs),
  ])
}

/** Nobody runs jobs of this name: they wait, out of the way of others. */
export function setUnhandled(tx: Tx, seq: number): void {
  tx.run({ text: `UPDATE "_koyalite_jobs" SET "stage" = 'unhandled' WHERE "seq" = ?`, params: [seq] })
}

/** The names of jobs that nobody runs. */
export function selectUnhandledNames(reads: Reads): readonly string[] {
  return following(reads, (after) => ({
    text: `SELECT "name" FROM "_koyalite_jobs" WHERE "stage" = 'unhandled' AND "name" > ? ORDER BY "name" LIMIT 1`,
    params: [after],
  }))
}

/** Somebody runs jobs of this name again. */
export function setHandled(tx: Tx, name: string): void {
  tx.run({
    text: `UPDATE "_koyalite_jobs" SET "stage" = 'ready' WHERE "stage" = 'unhandled' AND "name" = ?`,
    params: [name],
  })
}

/** Queues that have something to run. */
export function selectReadyQueues(reads: Reads): readonly string[] {
  return following(reads, (after) => ({
    text: `SELECT "queue" FROM "_koyalite_jobs" WHERE "stage" = 'ready' AND "queue" > ? ORDER BY "queue" LIMIT 1`,
    params: [after],
  }))
}

/** The different values of an index, one look-up each: SQLite has no loose scan. */
function following(reads: Reads, next: (after: string) => { text: string; params: SqlValue[] }): readonly string[] {
  const found: string[] = []
  for (;;) {
    const row = reads.get(next(found.at(-1) ?? ''))
    if (row === undefined) return found
    found.push(row[0] as string)
  }
}

/** Moves jobs whose time has come. @returns what is to be decided of those that are in a group, and the queues of the others */
export function takeDue(
  tx: Tx,
  now: number,
  limit: number,
): { readonly grouped: readonly Job[]; readonly queues: readonly string[] } {
  const due = tx
    .all({
      text: `SELECT "seq", "queue", "group_name", "slot" FROM "_koyalite_jobs" WHERE "stage" = 'later' AND "run_at" <= ? ORDER BY "run_at" LIMIT ?`,
      params: [now, limit],
    })
    .map(([seq, queue, group, slot]) => ({
      seq: seq as number,
      queue: queue as string,
      isFree: group === null || slot === 1,
    }))
  const free = due.filter(({ isFree }) => isFree)
  setStage(
    tx,
    free.map(({ seq }) => seq),
    'ready',
  )
  const others = JSON.stringify(due.filter(({ isFree }) => !isFree).map(({ seq }) => seq))
  const rest = 'WHERE "seq" IN (SELECT value FROM json_each(?)) ORDER BY "seq"'
  return {
    grouped: others === '[]' ? [] : selectJobs(tx, rest, [others]),
    queues: [...new Set(free.map(({ queue }) => queue))],
  }
}

export function setStage(tx: Tx, seqs: readonly number[], stage: 'ready' | 'behind' | 'later'): void {
  if (seqs.length === 0) return
  const text = `UPDATE "_koyalite_jobs" SET "stage" = ? WHERE "seq" IN (SELECT value FROM json_each(?))`
  tx.run({ text, params: [stage, JSON.stringify(seqs)] })
}

/** It gets a place in its group. */
export function takeSlot(tx: Tx, seq: number): void {
  tx.run({ text: `UPDATE "_koyalite_jobs" SET "stage" = 'ready', "slot" = 1 WHERE "seq" = ?`, params: [seq] })
}

/** When the next job is due; null where none waits for a time. */
export function nextDue(reads: Reads): number | null {
  const row = reads.get({ text: `SELECT min("run_at") FROM "_koyalite_jobs" WHERE "stage" = 'later'`, params: [] })
  return (row?.[0] as number | null | undefined) ?? null
}

/** Jobs that ran in a process that is gone. */
export function selectLost(reads: Reads, boot: string): Job[] {
  return reads
    .all({
      text: `SELECT "seq" FROM "_koyalite_jobs" WHERE "state" = 'running' AND "boot" <> ?`,
      params: [boot],
    })
    .flatMap(([seq]) => selectJobs(reads, 'WHERE "seq" = ?', [seq as number]))
}
