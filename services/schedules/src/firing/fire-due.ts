import { AppError, type JobQueue, type Tx } from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import type { Firing } from '../store/firings'
import { listDue, nextFireAt, postpone, type Schedule } from '../store/schedules'
import { type Firer, fireSchedule } from './fire-schedule'
import type { FiringCounts } from './firing-counts'
import type { WatchedClock } from './watched-clock'

export interface FireDueOptions {
  readonly database: Database
  readonly jobs: Pick<JobQueue, 'push' | 'find'>
  readonly clock: WatchedClock
  readonly counts: FiringCounts
  readonly log: Pick<Log, 'error'>
  /** Stops between two transactions. */
  readonly signal: AbortSignal
}

/** Schedules of one transaction: some milliseconds of the writer. */
const STEP = 25
/** After this a schedule that nothing can be made of is tried again. */
const AGAIN_MS = 300_000

/** Fires what is due, until nothing is. @returns how many firings there were */
export async function fireDue({ database, jobs, clock, counts, log, signal }: FireDueOptions): Promise<number> {
  let total = 0
  while (!signal.aborted) {
    const { now, watchedFrom } = clock.look()
    const next = nextFireAt(database)
    if (next === null || next > now) break
    const { value: firings } = await database.write((tx) =>
      listDue(tx, now, STEP).flatMap((schedule) => fireOrPostpone(tx, schedule, { jobs, now, watchedFrom, log })),
    )
    counts.add(firings)
    total += firings.length
  }
  return total
}

/** One that nothing can be made of does not keep the others from firing. */
function fireOrPostpone(
  tx: Tx,
  schedule: Schedule,
  { log, ...firer }: Firer & Pick<FireDueOptions, 'log'>,
): readonly Firing[] {
  try {
    return tx.attempt(() => fireSchedule(tx, schedule, firer))
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNAVAILABLE') throw error
    log.error({ err: error, schedule: schedule.name }, 'a schedule could not fire; it is tried again in 5 minutes')
    postpone(tx, schedule.name, firer.now + AGAIN_MS)
    return []
  }
}
