import type { JobHandler, JobOutcome, NewJob, PushedJob, RunningJob } from '@koyalite/contracts'
import { createMetrics, NO_LOG } from '@koyalite/kernel'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { createJobs, type Jobs } from '../create-jobs'
import type { JobsSettings } from '../jobs-settings'
import { findJob, JOBS_TABLES, type Job } from '../store/jobs-table'

export const SETTINGS: JobsSettings = {
  concurrency: 10,
  queues: {},
  keep: { done: 86_400_000, cancelled: 86_400_000, dead: 30 * 86_400_000 },
  max_waiting: 1_000_000,
  shutdown_grace: 1_000,
}

export const HANDLER: JobHandler = {
  queue: 'default',
  concurrency: null,
  timeoutMs: 60_000,
  retryAfterMs: (errors) => (errors >= 20 ? null : Math.min(3_600_000, 10_000 * 2 ** (errors - 1))),
  groupConcurrency: 1,
  keyScope: 'enqueuer',
  isSensitive: false,
  showsResult: true,
  problems: () => [],
  run: async () => ({ kind: 'done', result: null }),
}

/** A run that a test holds in its hands. */
export interface HeldRun {
  readonly job: RunningJob
  end(outcome: JobOutcome): void
}

/** Jobs over a real database, with a clock and timers of the test. */
export class JobsBench {
  readonly handlers = new Map<string, JobHandler>()
  readonly clock = { wall: Date.parse('2026-01-01T00:00:00Z'), monotonic: 0 }
  readonly runs: HeldRun[] = []
  readonly dead: string[] = []
  database!: Database
  jobs!: Jobs
  #timers: { at: number; then: () => void }[] = []
  #changed = () => {}

  async open(settings: Partial<JobsSettings> = {}): Promise<void> {
    this.database = await openDatabase({ path: ':memory:' })
    await this.database.migrate((tx) => {
      for (const text of JOBS_TABLES.steps.flat()) tx.exec(text)
    })
    await this.boot(settings)
  }

  /** Another process takes over: what ran is lost. */
  async boot(settings: Partial<JobsSettings> = {}): Promise<void> {
    this.runs.splice(0)
    this.#timers = []
    this.jobs = createJobs({
      database: this.database,
      log: NO_LOG,
      metrics: createMetrics(),
      settings: { ...SETTINGS, ...settings },
      now: () => this.clock.wall,
      monotonic: () => this.clock.monotonic,
      random: () => 0.5,
      timer: (ms, then) => {
        const timer = { at: this.clock.monotonic + ms, then }
        this.#timers.push(timer)
        return () => {
          this.#timers = this.#timers.filter((one) => one !== timer)
        }
      },
    })
    this.jobs.onDead((_, { id }) => void this.dead.push(id))
    const { changed } = this.jobs.handledBy({
      find: (name) => this.handlers.get(name) ?? null,
      names: () => [...this.handlers.keys()],
    })
    this.#changed = changed
    await this.jobs.start()
    await this.settled()
  }

  /** Runs jobs of a name by hand. */
  hold(name: string, handler: Partial<JobHandler> = {}): void {
    const run = (job: RunningJob) =>
      new Promise<JobOutcome>((end) => void this.runs.push({ job, end: (outcome) => end(outcome) }))
    this.handlers.set(name, { ...HANDLER, run, ...handler })
    this.#changed()
  }

  handlersChanged(): void {
    this.#changed()
  }

  async push(job: Partial<NewJob> & { readonly name: string }): Promise<PushedJob> {
    const { value } = await this.database.write((tx) =>
      this.jobs.push(tx, { payload: {}, actor: { kind: 'user', id: 'ann' }, chain: null, ...job }),
    )
    await this.settled()
    return value
  }

  async end(run: HeldRun | undefined, outcome: JobOutcome = { kind: 'done', result: null }): Promise<void> {
    if (run === undefined) throw new Error('there is no such run')
    this.runs.splice(this.runs.indexOf(run), 1)
    run.end(outcome)
    await this.settled()
  }

  running(): readonly string[] {
    return this.runs.map(({ job }) => job.id)
  }

  get(id: string | null): Job {
    const job = findJob(this.database, id ?? '')
    if (job === null) throw new Error('there is no such job')
    return job
  }

  /** Both clocks, and what is due by then. */
  async advance(ms: number): Promise<void> {
    this.clock.wall += ms
    this.clock.monotonic += ms
    await this.fire()
  }

  /** Timers whose time has come. */
  async fire(): Promise<void> {
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= this.clock.monotonic)
      if (due.length === 0) break
      this.#timers = this.#timers.filter((timer) => !due.includes(timer))
      for (const { then } of due) then()
      await this.settled()
    }
    await this.settled()
  }

  get timers(): number {
    return this.#timers.length
  }

  /** Until nothing is written or begun any more. */
  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await this.database.write(() => {})
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async close(): Promise<void> {
    this.handlers.clear()
    while (this.runs.length > 0) await this.end(this.runs[0], { kind: 'done', result: null })
    await this.jobs.close()
    await this.database.close()
  }
}

export const FAILED: JobOutcome = { kind: 'failed', error: { code: 'FUNCTION_ERROR', message: 'it broke' } }
export const CRASHED: JobOutcome = { kind: 'crashed', error: { code: 'FUNCTION_CRASHED', message: 'it is gone' } }
