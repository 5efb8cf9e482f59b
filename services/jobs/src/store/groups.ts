import type { Reads, Tx } from '@koyalite/contracts'

export interface JobGroup {
  readonly name: string
  readonly group: string
  readonly concurrency: number
}

/** Whether another job of a group may begin. One that is to be retried keeps its place, so that the order holds. */
export function hasFreeSlot(reads: Reads, { name, group, concurrency }: JobGroup): boolean {
  const text = `SELECT count(*) FROM (SELECT 1 FROM "_koyalite_jobs" WHERE "slot" = 1 AND "name" = ? AND "group_name" = ? LIMIT ?)`
  return Number(reads.get({ text, params: [name, group, concurrency] })?.[0]) < concurrency
}

/** Lets the next jobs of a group go where there is room: by priority, then in the order of their pushes. @returns their queues */
export function fillGroup(tx: Tx, group: JobGroup): readonly string[] {
  const queues: string[] = []
  while (hasFreeSlot(tx, group)) {
    const row = tx.get({
      text: `UPDATE "_koyalite_jobs" SET "stage" = 'ready', "slot" = 1 WHERE "seq" = (
        SELECT "seq" FROM "_koyalite_jobs" WHERE "stage" = 'behind' AND "behind" IS NULL AND "name" = ? AND "group_name" = ?
        ORDER BY "priority" DESC, "seq" LIMIT 1) RETURNING "queue"`,
      params: [group.name, group.group],
    })
    if (row === undefined) break
    queues.push(row[0] as string)
  }
  return queues
}
