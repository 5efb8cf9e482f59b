import { AppError, type JobQueue, type Tx } from '@koyalite/contracts'
import type { Schedule } from '../store/schedules'

/** With what is tried at most, however often the function's own jobs are. */
const MAX_ATTEMPTS = 3

export type PushedFiring =
  | { readonly kind: 'queued'; readonly job: string }
  /** There can be no job: nobody runs the function, it does not take the payload, or the queue is full. */
  | { readonly kind: 'refused'; readonly error: AppError }

/**
 * Makes the job of a firing.
 * @param occasion which firing it is: the same job however often it is asked for
 * @param retryUntil from then on it is not tried again; null: no bound
 */
export function pushFiring(
  tx: Tx,
  jobs: Pick<JobQueue, 'push'>,
  { schedule, occasion, retryUntil }: { schedule: PushedSchedule; occasion: string; retryUntil: number | null },
): PushedFiring {
  const { name, payload } = schedule
  const key = `${name}@${occasion}`
  try {
    const id = Bun.randomUUIDv7()
    tx.attempt(() =>
      jobs.push(tx, {
        ...{ id, name: schedule.function, payload, key, actor: null, chain: null, maxAttempts: MAX_ATTEMPTS },
        ...(retryUntil !== null && { retryUntil }),
      }),
    )
    return { kind: 'queued', job: id }
  } catch (error) {
    // That nothing can be stored at all says nothing of the firing.
    if (error instanceof AppError && error.code !== 'UNAVAILABLE') return { kind: 'refused', error }
    throw error
  }
}

type PushedSchedule = Pick<Schedule, 'name' | 'function' | 'payload'>

/** Whether the last job of a schedule still waits, runs, or is to be retried. */
export function isLastJobOpen(tx: Tx, jobs: Pick<JobQueue, 'find'>, { lastJob }: Pick<Schedule, 'lastJob'>): boolean {
  const state = lastJob === null ? undefined : jobs.find(tx, lastJob)?.state
  return state === 'waiting' || state === 'running' || state === 'retrying'
}
