import { AppError, type JobHandler, type Tx } from '@koyalite/contracts'
import { endJob, setCancelling } from '../store/end-run'
import { hasFreeSlot } from '../store/groups'
import { findLivingKeyOf } from '../store/insert-job'
import { findJob, type Job } from '../store/jobs-table'
import { deleteJob, restartOver, runNow } from '../store/operators'

export interface ActionContext {
  readonly now: number
  handler(name: string): JobHandler | null
}

/** What else changes by an action. */
export interface Effect {
  /** How many more jobs are not over. */
  readonly living: number
  /** Queues that have something to run. */
  readonly ready: readonly string[]
  /** A run of it is to end. */
  readonly endsRun: boolean
}

const NO_EFFECT: Effect = { living: 0, ready: [], endsRun: false }

/** @throws AppError NOT_FOUND, CONFLICT where it is over */
export function cancelJob(tx: Tx, id: string, context: ActionContext): Effect {
  const job = requireJob(tx, id)
  if (job.finishedAt !== null) throw new AppError('CONFLICT', `This job is over: it is ${job.state}.`)
  if (job.state !== 'running') return over(tx, job, context)
  setCancelling(tx, job.seq)
  return { ...NO_EFFECT, endsRun: true }
}

/** @returns null where it does not wait */
export function cancelWaiting(tx: Tx, id: string, context: ActionContext): Effect | null {
  const job = findJob(tx, id)
  return job === null || job.finishedAt !== null || job.state === 'running' ? null : over(tx, job, context)
}

/** Runs a job that is over once more, or one that waits for a time now. @throws AppError NOT_FOUND, CONFLICT */
export function retryNow(tx: Tx, id: string, context: ActionContext): Effect {
  const job = requireJob(tx, id)
  if (job.state === 'running') throw new AppError('CONFLICT', 'This job is running.')
  if (job.state === 'done') throw new AppError('CONFLICT', 'This job is done: push another one.')
  if (job.finishedAt !== null) {
    const other = findLivingKeyOf(tx, job.seq)
    if (other !== null)
      throw new AppError('CONFLICT', `Another job has its key by now: ${other.id}. Wait for that one, or cancel it.`)
  } else if (job.stage !== 'later') {
    throw new AppError('CONFLICT', whyNotNow(job))
  }
  const stage = job.group === null || job.hasSlot || hasPlace(tx, job, context) ? 'ready' : 'behind'
  const hasSlot = stage === 'ready' && job.group !== null
  const restart = job.finishedAt === null ? runNow : restartOver
  restart(tx, job, stage, { now: context.now, hasSlot })
  return { ...NO_EFFECT, living: job.finishedAt === null ? 0 : 1, ready: stage === 'ready' ? [job.queue] : [] }
}

/** @throws AppError NOT_FOUND, CONFLICT where it runs */
export function removeJob(tx: Tx, id: string, context: ActionContext): Effect {
  const job = requireJob(tx, id)
  if (job.state === 'running') throw new AppError('CONFLICT', 'This job is running: cancel it first.')
  const effect = job.finishedAt === null ? over(tx, job, context) : NO_EFFECT
  deleteJob(tx, job.seq)
  return effect
}

export function requireJob(reads: Pick<Tx, 'all' | 'get'>, id: string): Job {
  const job = findJob(reads, id)
  if (job === null) throw new AppError('NOT_FOUND', 'There is no such job, or it is no longer kept.')
  return job
}

function over(tx: Tx, job: Job, { handler, now }: ActionContext): Effect {
  const concurrency = handler(job.name)?.groupConcurrency ?? 1
  const ready = endJob(tx, job, concurrency, { state: 'cancelled', result: null, error: null, now })
  return { ...NO_EFFECT, living: -1, ready }
}

function hasPlace(tx: Tx, { name, group }: Job, { handler }: ActionContext): boolean {
  return group === null || hasFreeSlot(tx, { name, group, concurrency: handler(name)?.groupConcurrency ?? 1 })
}

/** For a job that waited when the project was copied or restored. */
export const HOW_TO_RELEASE = '`koyalite jobs release --copied` lets it run.'

function whyNotNow({ stage }: Job): string {
  switch (stage) {
    case 'held':
      return `This job is held: ${HOW_TO_RELEASE}`
    case 'unhandled':
      return 'No function runs such jobs at the moment.'
    case 'behind':
      return 'This job waits for another one of its group, or with its key.'
    default:
      return 'This job is ready, and runs when it is its turn in the queue.'
  }
}
