import type { AuditTrail, JobQueue } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'

/** What operations on schedules work with. */
export interface SchedulesContext {
  readonly database: Database
  readonly audit: Pick<AuditTrail, 'record'>
  readonly jobs: Pick<JobQueue, 'push' | 'find' | 'isSensitive'>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Whether functions are there to run: a command that has opened the database by itself has none. */
  readonly isServed: () => boolean
  /** Another one may be the next that is due. */
  readonly rescheduled: () => void
}
