import { AppError, type JobQueue, type JobState, type NewJob, type Reads } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'

export interface RecordingJobs extends Pick<JobQueue, 'push' | 'find' | 'isSensitive'> {
  /** In the order of their pushes. */
  all(): readonly NewJob[]
  /** From now on every job is in this state. */
  become(state: JobState['state']): void
  /** What the next pushes are refused with; null: they are not. */
  refuseWith(error: Error | null): void
}

/** Stands for the queue: jobs are rows, so that a transaction that fails has none. Runs nothing. */
export async function recordJobs(database: Database): Promise<RecordingJobs> {
  await database.write((tx) =>
    tx.exec('CREATE TABLE IF NOT EXISTS "recorded_jobs" ("key" TEXT PRIMARY KEY, "job" TEXT NOT NULL)'),
  )
  let state: JobState['state'] = 'done'
  let refusal: Error | null = null
  const rows = (reads: Reads) =>
    reads
      .all({ text: 'SELECT "job" FROM "recorded_jobs" ORDER BY rowid', params: [] })
      .map(([job]) => JSON.parse(String(job)) as NewJob)
  return {
    push(tx, job) {
      if (job.name === 'nobody') throw new AppError('FUNCTION_NOT_FOUND', "There is no function 'nobody'.")
      if (refusal !== null) throw refusal
      const text = 'INSERT INTO "recorded_jobs" ("key", "job") VALUES (?, ?)'
      tx.run({ text, params: [job.key ?? null, JSON.stringify(job)] })
      return { id: job.id ?? null, created: true }
    },
    find(reads, id) {
      return rows(reads).some((one) => one.id === id) ? { id, state } : null
    },
    isSensitive: (name) => name === 'sensitive',
    all: () => rows(database),
    become(next) {
      state = next
    },
    refuseWith(error) {
      refusal = error
    },
  }
}
