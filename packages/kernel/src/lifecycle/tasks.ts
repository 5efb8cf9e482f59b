import type { Log } from '../log/log'
import type { MetricSource, Metrics } from '../metrics/metrics'
import type { TaskSchedule } from './task-schedule'

/** Background work of a service. It runs in the process that writes; workers have no tasks. */
export interface Task {
  /** `audit.prune`: the service, then what it does. */
  readonly name: string
  /** One line for operators. */
  readonly summary: string
  readonly schedule: TaskSchedule
  /** Returns what there is to say of the run, if anything. Long ones stop between two steps when the signal is aborted. */
  run(signal: AbortSignal): Promise<string | undefined>
}

export interface TaskRun {
  /** ISO. */
  readonly at: string
  readonly ok: boolean
  /** What the run said, or why it failed. */
  readonly message: string | null
  readonly durationMs: number
}

export interface TaskStatus {
  readonly name: string
  readonly summary: string
  readonly schedule: string | null
  readonly isRunning: boolean
  /** ISO; null: not by itself, or not before the server listens. */
  readonly next: string | null
  /** Since the server started. */
  readonly last: TaskRun | null
  readonly lastFailure: TaskRun | null
  readonly runs: number
  readonly failures: number
}

/** A task that was added, for the service that owns it. */
export interface OwnTask {
  /** Runs now; where it runs already, once more after that. Never rejects: failures are logged and in the status. */
  run(): Promise<void>
  /** The schedule has changed. */
  reschedule(): void
  status(): TaskStatus
}

/** The one owner of background work. */
export interface Tasks {
  /** Throws where there is one of that name. */
  add(task: Task): OwnTask
  find(name: string): OwnTask | null
  list(): readonly TaskStatus[]
  /** Schedules run from now on: a server listens. Commands never start them. */
  start(): void
  /** Starts nothing more; resolves when what runs has ended. */
  close(): Promise<void>
}

export interface TasksOptions {
  readonly log: Pick<Log, 'debug' | 'error'>
  readonly metrics: Pick<Metrics, 'register'>
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Calls back once, unless the returned function is called before. */
  readonly timer?: (ms: number, then: () => void) => () => void
}

/** Timers cannot be longer than about 24 days, and the clock may be set. */
const LONGEST_WAIT_MS = 3_600_000
/** A task that fails again and again waits longer and longer. */
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 300_000

export function createTasks(options: TasksOptions): Tasks {
  const { log, metrics, now = Date.now, timer = processTimer } = options
  const tasks = new Map<string, ManagedTask>()
  const closing = new AbortController()
  let isStarted = false
  metrics.register(...taskMetrics(() => [...tasks.values()].map((task) => task.status())))
  return {
    add(task) {
      if (tasks.has(task.name)) throw new Error(`two tasks named ${task.name}`)
      const added = new ManagedTask(task, { log, now, timer, signal: closing.signal })
      tasks.set(task.name, added)
      if (isStarted) added.start()
      return added
    },
    find: (name) => tasks.get(name) ?? null,
    list: () => [...tasks.values()].map((task) => task.status()),
    start() {
      if (isStarted) return
      isStarted = true
      for (const task of tasks.values()) task.start()
    },
    async close() {
      closing.abort()
      await Promise.all([...tasks.values()].map((task) => task.close()))
    },
  }
}

type Surroundings = Required<Pick<TasksOptions, 'log' | 'now' | 'timer'>> & { readonly signal: AbortSignal }

class ManagedTask implements OwnTask {
  readonly #task: Task
  readonly #around: Surroundings
  #isStarted = false
  #running: Promise<void> | null = null
  #isAskedAgain = false
  #cancelTimer: (() => void) | null = null
  #next: number | null = null
  #lastBegan: number | null = null
  #last: TaskRun | null = null
  #lastFailure: TaskRun | null = null
  #runs = 0
  #failures = 0
  #failuresInARow = 0

  constructor(task: Task, around: Surroundings) {
    this.#task = task
    this.#around = around
  }

  start(): void {
    this.#isStarted = true
    this.reschedule()
  }

  run(): Promise<void> {
    if (this.#around.signal.aborted) return Promise.resolve()
    if (this.#running !== null) {
      this.#isAskedAgain = true
      return this.#running
    }
    this.#running = this.#runAsOftenAsAsked().finally(() => {
      this.#running = null
      this.reschedule()
    })
    return this.#running
  }

  reschedule(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    this.#next = null
    const { now, timer, signal } = this.#around
    if (!this.#isStarted || this.#running !== null || signal.aborted) return
    this.#next = this.#nextTime()
    if (this.#next === null) return
    const wait = Math.min(LONGEST_WAIT_MS, Math.max(0, this.#next - now()))
    this.#cancelTimer = timer(wait, () => {
      if (this.#next !== null && now() >= this.#next) void this.run()
      else this.reschedule()
    })
  }

  status(): TaskStatus {
    const { name, summary, schedule } = this.#task
    return {
      name,
      summary,
      schedule: schedule.describe(),
      isRunning: this.#running !== null,
      next: this.#next === null ? null : new Date(this.#next).toISOString(),
      last: this.#last,
      lastFailure: this.#lastFailure,
      runs: this.#runs,
      failures: this.#failures,
    }
  }

  async close(): Promise<void> {
    this.#cancelTimer?.()
    this.#next = null
    await this.#running
  }

  #nextTime(): number | null {
    const { log, now } = this.#around
    const retry = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failuresInARow - 1))
    const earliest = this.#failuresInARow === 0 ? 0 : now() + retry
    try {
      const next = this.#task.schedule.next(now(), this.#lastBegan)
      return next === null ? null : Math.max(next, earliest)
    } catch (error) {
      log.error({ err: error, task: this.#task.name }, 'could not determine when a task is due; it is tried again')
      return now() + LONGEST_RETRY_MS
    }
  }

  async #runAsOftenAsAsked(): Promise<void> {
    do {
      this.#isAskedAgain = false
      await this.#runOnce()
    } while (this.#isAskedAgain && !this.#around.signal.aborted)
  }

  async #runOnce(): Promise<void> {
    const { log, now, signal } = this.#around
    const { name } = this.#task
    const began = now()
    const started = performance.now()
    this.#lastBegan = began
    const ended = (ok: boolean, message: string | null): TaskRun => {
      const durationMs = Math.round(performance.now() - started)
      this.#runs++
      this.#last = { at: new Date(began).toISOString(), ok, message, durationMs }
      return this.#last
    }
    try {
      const { durationMs } = ended(true, (await this.#task.run(signal)) ?? null)
      this.#failuresInARow = 0
      log.debug({ task: name, durationMs }, 'task completed')
    } catch (error) {
      // What fails because the server stops is not missed.
      if (signal.aborted) return
      this.#lastFailure = ended(false, error instanceof Error ? error.message : String(error))
      this.#failures++
      this.#failuresInARow++
      log.error({ err: error, task: name }, 'task failed')
    }
  }
}

/** Calls back once, unless the returned function is called before. Does not keep the process alive. */
export function processTimer(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms)
  timer.unref()
  return () => clearTimeout(timer)
}

function taskMetrics(list: () => readonly TaskStatus[]): readonly MetricSource[] {
  const perTask = (value: (task: TaskStatus) => number | null) => () =>
    list().flatMap((task) => {
      const read = value(task)
      return read === null ? [] : [{ labels: { task: task.name }, value: read }]
    })
  return [
    { name: 'task_runs_total', help: 'Runs of background tasks.', kind: 'counter', read: perTask(({ runs }) => runs) },
    {
      name: 'task_failures_total',
      help: 'Runs of background tasks that failed.',
      kind: 'counter',
      read: perTask(({ failures }) => failures),
    },
    {
      name: 'task_last_run_timestamp_seconds',
      help: 'Time of the last run of a background task.',
      kind: 'gauge',
      read: perTask(({ last }) => (last === null ? null : Date.parse(last.at) / 1000)),
    },
    {
      name: 'task_last_duration_seconds',
      help: 'Duration of the last run of a background task.',
      kind: 'gauge',
      read: perTask(({ last }) => (last === null ? null : last.durationMs / 1000)),
    },
  ]
}
