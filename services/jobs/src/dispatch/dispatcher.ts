import type { JobError, JobHandler, JobLease, JobOutcome, Tx } from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import type { JobsSettings } from '../jobs-settings'
import { type EndContext, endRun, LOST } from '../operations/end-of-run'
import {
  claimJobs,
  nextDue,
  selectLost,
  selectReady,
  selectReadyQueues,
  selectUnhandledNames,
  setHandled,
  setStage,
  setUnhandled,
  takeDue,
  takeSlot,
} from '../store/claim-jobs'
import { findLeased, setProgress } from '../store/end-run'
import { hasFreeSlot } from '../store/groups'
import type { Job } from '../store/jobs-table'
import { pausedQueues } from '../store/operators'
import { QueueState } from './queue-state'
import { JobRun, type RunContext } from './run-job'

export interface DispatcherOptions {
  readonly database: Database
  readonly log: Log
  settings(): JobsSettings
  handler(name: string): JobHandler | null
  onDead(tx: Tx, job: Job, error: JobError): void
  /** A run ended, and what the job came to by it. */
  onEnd(job: Job, state: Job['state']): void
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds of a clock that never goes back. */
  monotonic(): number
  timer(ms: number, then: () => void): () => void
  random(): number
}

interface Finished {
  readonly run: JobRun
  readonly outcome: JobOutcome
}

const MAX_DUE = 500
/** The wall clock may be set meanwhile: that is noticed so late at most. */
const LONGEST_WAIT_MS = 60_000
const RETRY_WRITE_MS = 1_000

/**
 * Claims jobs and runs them, in the process that writes. Nothing is polled: it is woken by commits, by the end of runs, and by one timer for what is due.
 * What has ended and what begins next share one transaction.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #boot = Bun.randomUUIDv7()
  readonly #queues = new Map<string, QueueState>()
  /** Queues that may have something to run. */
  readonly #ready = new Set<string>()
  readonly #runs = new Map<string, JobRun>()
  /** Runs whose job was completed in a transaction of theirs: it may be due again before they have ended. */
  readonly #completed = new Set<string>()
  #finished: Finished[] = []
  #state: 'new' | 'running' | 'stopping' | 'closed' = 'new'
  #pumping: Promise<void> | null = null
  #isAskedAgain = false
  #haveHandlersChanged = true
  #nextDue: number | null = null
  #cancelTimer: (() => void) | null = null
  #onIdle: (() => void)[] = []

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  get runningCount(): number {
    return this.#runs.size
  }

  /** What ran in a process that is gone is decided about first. */
  async start(): Promise<void> {
    if (this.#state !== 'new') return
    const { database } = this.#options
    const { value } = await database.write((tx) => {
      for (const job of selectLost(tx, this.#boot)) this.#end(tx, job, LOST)
      return { queues: selectReadyQueues(tx), due: nextDue(tx), paused: [...pausedQueues(tx)] }
    })
    for (const [name, at] of value.paused) this.queue(name).pausedAt = at
    for (const name of value.queues) this.#ready.add(name)
    this.#nextDue = value.due
    this.#state = 'running'
    this.wake()
  }

  /** Queues have something to run, or something waits for a time. */
  pushed({ ready, dueAt }: { readonly ready: readonly string[]; readonly dueAt: number | null }): void {
    for (const name of ready) this.#ready.add(name)
    if (dueAt !== null && (this.#nextDue === null || dueAt < this.#nextDue)) this.#nextDue = dueAt
    this.wake()
  }

  /** Jobs that waited may be over, or wait for another time: what is due next, and what holds up others, is looked for again. */
  waitingChanged(): void {
    for (const queue of this.#queues.values()) queue.isBlocked = false
    this.#nextDue = nextDue(this.#options.database)
    this.wake()
  }

  handlersChanged(): void {
    this.#haveHandlersChanged = true
    this.wake()
  }

  queue(name: string): QueueState {
    const known = this.#queues.get(name)
    if (known !== undefined) return known
    const added = new QueueState(name)
    this.#queues.set(name, added)
    return added
  }

  setPaused(name: string, at: number | null): void {
    this.queue(name).pausedAt = at
    this.wake()
  }

  /** A run in this process. */
  run(id: string): JobRun | null {
    return this.#runs.get(id) ?? null
  }

  wake(): void {
    if (this.#state !== 'running' && this.#finished.length === 0) return
    this.#isAskedAgain = true
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = null
      if (this.#isAskedAgain) this.wake()
    })
  }

  /** Begins nothing more. What runs may end within the grace; what does not is told to, and runs again when the project is served again. */
  async stop(graceMs: number): Promise<void> {
    if (this.#state === 'stopping' || this.#state === 'closed') return
    this.#state = 'stopping'
    this.#cancelTimer?.()
    await this.#idleWithin(graceMs)
    for (const run of this.#runs.values()) run.end('stop')
    await this.#idleWithin(STOP_MS)
  }

  async close(): Promise<void> {
    await this.stop(0)
    await this.#pumping
    this.#state = 'closed'
    this.#cancelTimer?.()
  }

  /** Decides about a run's end in its transaction: null where its lease was lost. */
  finish(tx: Tx, lease: JobLease, outcome: JobOutcome): { readonly job: Job; readonly state: Job['state'] } | null {
    const job = findLeased(tx, lease)
    if (job === null) return null
    const end = this.#end(tx, job, outcome)
    tx.afterCommit(() => {
      if (this.#runs.has(job.id)) this.#completed.add(job.id)
      for (const name of end.ready) this.#ready.add(name)
      this.#options.onEnd(job, end.state)
      this.wake()
    })
    return { job, state: end.state }
  }

  #end(tx: Tx, job: Job, outcome: JobOutcome) {
    const { handler, now, random, onDead } = this.#options
    const context: EndContext = { handler: handler(job.name), now: now(), random, onDead }
    return endRun(tx, job, outcome, context)
  }

  async #pump(): Promise<void> {
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false
      if (!this.#hasWork()) break
      const finished = this.#finished.splice(0)
      try {
        const { value: claimed } = await this.#options.database.write((tx) => this.#turn(tx, finished))
        for (const job of claimed) this.#begin(job)
      } catch (error) {
        // What has ended is not lost: it is written again.
        this.#finished.unshift(...finished)
        this.#isAskedAgain = false
        this.#options.log.error({ err: error }, 'jobs could not be claimed or ended; it is tried again')
        this.#wakeIn(RETRY_WRITE_MS)
        return
      }
    }
    this.#settleIdle()
    this.#setTimer()
  }

  #hasWork(): boolean {
    if (this.#finished.length > 0) return true
    if (this.#state !== 'running') return false
    const isDue = this.#nextDue !== null && this.#nextDue <= this.#options.now()
    return isDue || this.#haveHandlersChanged || this.#claimable().length > 0
  }

  #claimable(): readonly QueueState[] {
    const settings = this.#options.settings()
    const monotonic = this.#options.monotonic()
    return [...this.#ready].map((name) => this.queue(name)).filter((queue) => queue.free(settings, monotonic) > 0)
  }

  /** One transaction: what has ended, what is due, what begins. */
  #turn(tx: Tx, finished: readonly Finished[]): Job[] {
    for (const { run, outcome } of finished) this.finish(tx, run.lease, outcome)
    if (this.#state !== 'running') return []
    if (this.#haveHandlersChanged) this.#handleAgain(tx)
    const now = this.#options.now()
    const ready = new Set(this.#ready)
    const isDue = this.#nextDue !== null && this.#nextDue <= now
    if (isDue) for (const name of this.#takeDue(tx, now)) ready.add(name)
    const due = isDue || finished.length > 0 ? { at: nextDue(tx) } : null
    const settings = this.#options.settings()
    const monotonic = this.#options.monotonic()
    const exhausted: string[] = []
    const claimed = [...ready].flatMap((name) => {
      const queue = this.queue(name)
      const limit = queue.free(settings, monotonic)
      if (limit === 0) return []
      const { jobs, isExhausted } = this.#claim(tx, queue, limit)
      if (isExhausted) exhausted.push(name)
      return jobs
    })
    tx.afterCommit(() => {
      for (const name of ready) this.#ready.add(name)
      // What was pushed since has not been committed before this, and notes itself afterwards.
      for (const name of exhausted) this.#ready.delete(name)
      if (due !== null) this.#nextDue = due.at
      this.#isAskedAgain = true
    })
    return claimed
  }

  /** Jobs that nobody ran wait for their turn again where somebody does now. */
  #handleAgain(tx: Tx): void {
    for (const name of selectUnhandledNames(tx)) if (this.#options.handler(name) !== null) setHandled(tx, name)
    const queues = selectReadyQueues(tx)
    tx.afterCommit(() => {
      this.#haveHandlersChanged = false
      for (const name of queues) this.#ready.add(name)
    })
  }

  #takeDue(tx: Tx, now: number): readonly string[] {
    const { queues, grouped } = takeDue(tx, now, MAX_DUE)
    const placed = grouped.filter(({ seq, name, group }) => {
      const concurrency = this.#options.handler(name)?.groupConcurrency ?? 1
      const isPlaced = group === null || hasFreeSlot(tx, { name, group, concurrency })
      if (isPlaced) takeSlot(tx, seq)
      else setStage(tx, [seq], 'behind')
      return isPlaced
    })
    return [...queues, ...placed.map(({ queue }) => queue)]
  }

  #claim(tx: Tx, queue: QueueState, limit: number): { readonly jobs: Job[]; readonly isExhausted: boolean } {
    const found = selectReady(tx, { queue: queue.name, limit, without: [...this.#completed] })
    const unhandled = found.filter(({ name }) => this.#options.handler(name) === null)
    for (const { seq } of unhandled) setUnhandled(tx, seq)
    const handled = found.filter((one) => !unhandled.includes(one))
    const crashed = handled.findIndex(({ crashes }) => crashes > 0)
    // One that has crashed runs alone: first what is before it, then nothing until the queue is empty.
    const isBlocked = crashed > 0 || (crashed === 0 && queue.running > 0)
    const seqs = (crashed === -1 ? handled : handled.slice(0, crashed === 0 && !isBlocked ? 1 : crashed)).map(
      ({ seq }) => seq,
    )
    queue.isBlocked = isBlocked && seqs.length === 0
    const jobs = seqs.length === 0 ? [] : claimJobs(tx, seqs, { boot: this.#boot, now: this.#options.now() })
    return { jobs, isExhausted: found.length < limit && unhandled.length === 0 && crashed === -1 }
  }

  #begin(job: Job): void {
    const { handler: find, log } = this.#options
    const queue = this.queue(job.queue)
    const handler = find(job.name)
    const run = new JobRun(job, this.#runContext())
    this.#runs.set(job.id, run)
    if (handler !== null) queue.ofHandler = handler.concurrency
    queue.began()
    if (job.crashes > 0) queue.isAlone = true
    const running = handler === null ? Promise.resolve<JobOutcome>({ kind: 'interrupted' }) : run.run(handler)
    void running.then((outcome) => {
      this.#runs.delete(job.id)
      queue.ended()
      this.#completed.delete(job.id)
      if (job.crashes > 0) queue.isAlone = false
      this.#ready.add(queue.name)
      this.#finished.push({ run, outcome })
      if (outcome.kind === 'failed' || outcome.kind === 'crashed')
        log.debug({ job: job.id, name: job.name, error: outcome.error }, 'a run of a job failed')
      this.wake()
    })
  }

  #runContext(): RunContext {
    const { database, monotonic, timer } = this.#options
    return {
      monotonic,
      timer,
      storeProgress: async (lease, fraction) => (await database.write((tx) => setProgress(tx, lease, fraction))).value,
    }
  }

  #setTimer(): void {
    if (this.#state !== 'running') return
    const { now, monotonic, settings } = this.#options
    const waits = [...this.#ready].flatMap((name) => {
      const queue = this.queue(name)
      const wait = queue.pausedAt === null ? queue.rateWait(settings(), monotonic()) : 0
      return wait > 0 ? [wait] : []
    })
    if (this.#nextDue !== null) waits.push(Math.max(0, this.#nextDue - now()))
    if (waits.length > 0) this.#wakeIn(Math.min(LONGEST_WAIT_MS, ...waits))
  }

  #wakeIn(ms: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#options.timer(ms, () => this.wake())
  }

  async #idleWithin(ms: number): Promise<void> {
    if (this.#isIdle()) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onIdle.push(resolve)
    const cancel = this.#options.timer(ms, resolve)
    await promise
    cancel()
  }

  #isIdle(): boolean {
    return this.#runs.size === 0 && this.#finished.length === 0 && this.#pumping === null
  }

  #settleIdle(): void {
    if (this.#runs.size > 0 || this.#finished.length > 0) return
    for (const resolve of this.#onIdle.splice(0)) resolve()
  }
}

/** After its grace a run has so long to return. */
const STOP_MS = 3_000
