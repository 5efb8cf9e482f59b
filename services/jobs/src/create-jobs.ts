import {
  AppError,
  type DeadJob,
  type JobError,
  type JobHandler,
  type JobHandlers,
  type JobLease,
  type JobQueue,
  type JsonValue,
  type NewJob,
  type PushedJob,
  type Tx,
} from '@koyalite/contracts'
import { type Log, type Metrics, processTimer } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { Dispatcher } from './dispatch/dispatcher'
import { leaseLost } from './dispatch/run-job'
import { createJobMetrics } from './job-metrics'
import type { JobsSettings } from './jobs-settings'
import { cancelJob, cancelWaiting, type Effect, removeJob, retryNow } from './operations/operator-actions'
import { pushJob } from './operations/push-job'
import { releaseHeldJobs } from './store/hold-jobs'
import { findJob, type Job } from './store/jobs-table'
import { countLiving, deleteOver, setPaused } from './store/operators'

export interface JobsOptions {
  readonly database: Database
  readonly log: Log
  readonly metrics: Pick<Metrics, 'register'>
  readonly settings: JobsSettings
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic?: () => number
  /** Calls back once, unless the returned function is called before. */
  readonly timer?: (ms: number, then: () => void) => () => void
  readonly random?: () => number
}

/** The queue, and what operators do with it. It lives as long as the database is open. */
export interface Jobs extends JobQueue {
  readonly dispatcher: Dispatcher
  readonly settings: () => JobsSettings
  readonly now: () => number
  handler(name: string): JobHandler | null
  /** Names of all handlers. */
  names(): readonly string[]
  /** Resolves when the handler of a name is known, or those that there are. */
  ready(name?: string): Promise<void>
  use(settings: JobsSettings): void
  /** For operators: each throws AppError NOT_FOUND, CONFLICT. */
  cancel(tx: Tx, id: string): void
  retry(tx: Tx, id: string): void
  remove(tx: Tx, id: string): void
  /** Lets jobs run that are held since the project was copied or restored. @returns how many */
  release(tx: Tx): number
  setPaused(tx: Tx, queue: string, isPaused: boolean): void
  /** Jobs run from now on. */
  start(): Promise<void>
  /** Removes what is over and old. @returns how many */
  prune(): Promise<number>
  /** Begins nothing more, and waits for what runs: `shutdown_grace` at most. */
  settle(): Promise<void>
  close(): Promise<void>
}

const PRUNE_AT_ONCE = 1_000

export function createJobs(options: JobsOptions): Jobs {
  const { database, log, now = Date.now, monotonic = () => performance.now() } = options
  const { timer = processTimer, random = Math.random } = options
  let { settings } = options
  const sources: JobHandlers[] = []
  const listeners: ((tx: Tx, job: DeadJob) => void)[] = []
  let living = countLiving(database)
  const handler = (name: string) => {
    for (const source of sources) {
      const found = source.find(name)
      if (found !== null) return found
    }
    return null
  }
  const dispatcher = new Dispatcher({
    ...{ database, log, handler, now, monotonic, timer, random },
    settings: () => settings,
    onDead: (tx, job, error) => notifyDead(tx, job, { error, listeners, log }),
    onEnd(_, state) {
      if (state === 'done' || state === 'dead' || state === 'cancelled') living--
      metrics.ended(state)
    },
  })
  const metrics = createJobMetrics(options.metrics, { living: () => living, running: () => dispatcher.runningCount })

  function push(tx: Tx, job: NewJob): PushedJob {
    const found = handler(job.name)
    if (found === null) throw new AppError('FUNCTION_NOT_FOUND', `Nothing runs jobs named '${job.name}'.`)
    if (living >= settings.max_waiting) {
      const advice = 'see `koyalite jobs queues`, or raise jobs.max_waiting'
      throw new AppError('QUEUE_FULL', `${living} jobs wait or run, and jobs.max_waiting allows no more: ${advice}.`)
    }
    const pushed = pushJob(tx, job, { handler: found, now: now() })
    tx.afterCommit(() => {
      if (pushed.job.created) living++
      if (pushed.ready.length > 0 || pushed.dueAt !== null) dispatcher.pushed(pushed)
      if (!pushed.job.created && pushed.dueAt !== null) dispatcher.waitingChanged()
    })
    return pushed.job
  }

  function apply(tx: Tx, id: string, { living: more, ready, endsRun }: Effect): void {
    tx.afterCommit(() => {
      living += more
      if (endsRun) dispatcher.run(id)?.end('cancel')
      dispatcher.pushed({ ready, dueAt: null })
      dispatcher.waitingChanged()
    })
  }

  return {
    dispatcher,
    settings: () => settings,
    now,
    handler,
    names: () => [...new Set(sources.flatMap((source) => source.names()))],
    async ready(name) {
      await Promise.all(sources.map((source) => source.ready?.(name)))
    },
    push,
    complete(tx: Tx, lease: JobLease, result: JsonValue) {
      if (dispatcher.finish(tx, lease, { kind: 'done', result }) === null) throw leaseLost('this job')
      tx.afterCommit(() => dispatcher.waitingChanged())
    },
    cancelWaiting(tx, id) {
      const effect = cancelWaiting(tx, id, { handler, now: now() })
      if (effect !== null) apply(tx, id, effect)
      return effect !== null
    },
    cancel: (tx, id) => apply(tx, id, cancelJob(tx, id, { handler, now: now() })),
    retry: (tx, id) => apply(tx, id, retryNow(tx, id, { handler, now: now() })),
    remove: (tx, id) => apply(tx, id, removeJob(tx, id, { handler, now: now() })),
    release(tx) {
      const released = releaseHeldJobs(tx)
      tx.afterCommit(() => dispatcher.pushed({ ready: [], dueAt: now() }))
      return released
    },
    setPaused(tx, queue, isPaused) {
      const at = isPaused ? now() : null
      setPaused(tx, queue, at)
      tx.afterCommit(() => dispatcher.setPaused(queue, at))
    },
    isSensitive: (name) => handler(name)?.isSensitive !== false,
    find(reads, id) {
      const found = findJob(reads, id)
      return found === null ? null : { id, state: found.state }
    },
    handledBy(handlers) {
      sources.push(handlers)
      dispatcher.handlersChanged()
      return { changed: () => dispatcher.handlersChanged() }
    },
    onDead: (listener) => void listeners.push(listener),
    use(next) {
      settings = next
      dispatcher.wake()
    },
    start: () => dispatcher.start(),
    async prune() {
      const { done, cancelled, dead } = settings.keep
      let removed = 0
      for (const [state, age] of [
        ['done', done],
        ['cancelled', cancelled],
        ['dead', dead],
      ] as const) {
        for (;;) {
          const { value } = await database.write((tx) => deleteOver(tx, state, now() - age, PRUNE_AT_ONCE))
          removed += value
          if (value < PRUNE_AT_ONCE) break
        }
      }
      return removed
    },
    settle: () => dispatcher.stop(settings.shutdown_grace),
    async close() {
      await dispatcher.close()
      metrics.close()
    },
  }
}

function notifyDead(
  tx: Tx,
  { id, name, attempts, chain }: Job,
  {
    error,
    listeners,
    log,
  }: {
    readonly error: JobError
    readonly listeners: readonly ((tx: Tx, job: DeadJob) => void)[]
    readonly log: Log
  },
): void {
  log.warn({ job: id, name, attempts, error }, `a job of ${name} failed for good: ${error.message}`)
  for (const listener of listeners) {
    try {
      tx.attempt(() => listener(tx, { id, name, attempts, error, chain }))
    } catch (err) {
      // The job is over all the same.
      log.error({ err, job: id }, 'the end of a job could not be told')
    }
  }
}
