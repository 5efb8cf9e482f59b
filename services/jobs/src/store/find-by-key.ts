import type { JobState, Reads } from '@koyalite/contracts'
import { selectJobs } from './jobs-table'

/** The last job that has, or had, a key: of those that are not over, or keep it for a while. @param uniqueKey see `uniqueKeyOf` */
export function findByUniqueKey(reads: Reads, uniqueKey: string): JobState | null {
  const living = selectJobs(reads, 'WHERE "unique_key" = ? AND "finished_at" IS NULL', [uniqueKey])
  const kept = selectJobs(
    reads,
    'WHERE "unique_key" = ? AND "key_until" IS NOT NULL ORDER BY "key_until" DESC LIMIT 1',
    [uniqueKey],
  )
  const last = [...living, ...kept].toSorted((a, b) => b.seq - a.seq)[0]
  return last === undefined ? null : { id: last.id, state: last.state }
}
