import { type Call, type MetricSource, mergeMetrics } from '@koyalite/kernel'
import type { WorkersHealth } from '@koyalite/operations'
import type { LogPosition } from '@koyalite/sqlite'
import type { Loaded } from '../load-project'
import type { Project } from '../project'
import type { WorkerGroup } from '../worker-group'
import { HUNG_AFTER_MS } from './heartbeat'
import { servedOf, WorkerFailed, WorkerProcess } from './worker-process'
import { METRICS } from './worker-protocol'

export interface WorkerPoolOptions {
  readonly count: number
  readonly host: string
  readonly port: number
  readonly url: string
}

/** Waits before a worker that has ended is replaced; a long life begins them anew. Milliseconds. */
const BACK_OFF = [100, 200, 500, 1_000, 2_000, 5_000]
const LONG_LIFE = 30_000
/** A little more than a worker allows its requests. */
const STOP_TIMEOUT = 15_000
/** Positions of the change log are sent at most this often. Milliseconds. */
const TELL_EVERY = 1

/** Starts the workers of a project; resolves when all of them serve. Rejects, with none left, if one cannot. */
export async function startWorkers(project: Project, options: WorkerPoolOptions): Promise<WorkerPool> {
  const pool = new WorkerPool(project, options)
  // The first one answers before the last one does.
  project.serveWith(pool)
  try {
    await pool.start()
    return pool
  } catch (error) {
    await pool.close()
    throw error
  }
}

/** The worker processes: kept alive, notified of what is durable and of every change of the schema. SPEC.md. */
export class WorkerPool implements WorkerGroup {
  readonly #project: Project
  readonly #options: WorkerPoolOptions
  readonly #slots: Slot[]
  readonly #unsubscribe: () => void
  #isPaused = false
  #replaced = 0
  #hung = 0
  #isClosing = false
  #position: LogPosition | null = null
  #notifyTimer: ReturnType<typeof setTimeout> | null = null

  constructor(project: Project, options: WorkerPoolOptions) {
    this.#project = project
    this.#options = options
    this.#slots = Array.from({ length: options.count }, (_, index) => ({
      index: index + 1,
      name: String(index + 1),
      failures: 0,
    }))
    const unsubscribe = project.database.onDurable((position) => this.#tell(position))
    const unregister = project.metrics.register(...this.#metrics())
    this.#unsubscribe = () => {
      unsubscribe()
      unregister()
    }
  }

  health(): WorkersHealth {
    const serving = this.#slots.filter(({ worker }) => worker?.isListening).length
    return { wanted: this.#slots.length, serving, replaced: this.#replaced, hung: this.#hung }
  }

  #metrics(): readonly MetricSource[] {
    const of = (name: string, kind: MetricSource['kind'], help: string, read: () => number): MetricSource => ({
      name,
      help,
      kind,
      read,
    })
    return [
      of('workers', 'gauge', 'Workers that are serving.', () => this.health().serving),
      of('workers_replaced_total', 'counter', 'Workers that exited and were restarted.', () => this.#replaced),
      of('workers_hung_total', 'counter', 'Workers that stopped responding and were killed.', () => this.#hung),
    ]
  }

  get pids(): readonly number[] {
    return this.#workers().map(({ pid }) => pid)
  }

  async start(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => this.#startFirst(slot)))
  }

  /** From now on all requests reach this process: what is changed meanwhile is seen whole. */
  async pause(): Promise<void> {
    this.#isPaused = true
    await Promise.all(this.#workers().map((worker) => worker.ask((id) => ({ type: 'pause', id }))))
  }

  async resume(loaded: Loaded): Promise<void> {
    this.#isPaused = false
    const served = servedOf(loaded, this.#addresses())
    await Promise.all(this.#workers().map((worker) => worker.ask((id) => ({ type: 'load', id, ...served }))))
  }

  async metricsText(own: string): Promise<string> {
    const asked = this.#slots.map(async ({ name, worker }) => ({
      process: name,
      text: (await worker?.inquire(METRICS, null)) ?? '',
    }))
    return mergeMetrics([{ process: 'main', text: own }, ...(await Promise.all(asked))])
  }

  async ask<Input, Output>(call: Call<Input, Output>, input: Input): Promise<readonly Output[]> {
    const answers = await Promise.all(this.#workers().map((worker) => worker.inquire(call, input)))
    // One that has just ended, or hangs, has none.
    return answers.flatMap((response) => (response === null ? [] : [response]))
  }

  async askOne<Input, Output>(index: number, call: Call<Input, Output>, input: Input): Promise<Output | null> {
    return (await this.#slots[index - 1]?.worker?.inquire(call, input)) ?? null
  }

  /** Lets all finish their requests. */
  async close(): Promise<void> {
    this.#isClosing = true
    for (const { restart } of this.#slots) clearTimeout(restart)
    await Promise.all(this.#workers().map((worker) => worker.stop(STOP_TIMEOUT)))
    this.#unsubscribe()
    if (this.#notifyTimer !== null) clearTimeout(this.#notifyTimer)
  }

  #workers(): WorkerProcess[] {
    return this.#slots.flatMap(({ worker }) => worker ?? [])
  }

  /** Resolves when the slot's worker serves, be it a later one; rejects if one says that it cannot, or they end again and again. */
  async #startFirst(slot: Slot): Promise<void> {
    for (let worker = this.#spawn(slot); ; worker = await this.#nextOf(slot)) {
      try {
        return await worker.listening
      } catch (error) {
        if (error instanceof WorkerFailed || slot.failures >= BACK_OFF.length) throw error
      }
    }
  }

  #nextOf(slot: Slot): Promise<WorkerProcess> {
    return new Promise((resolve) => {
      slot.onRestart = resolve
    })
  }

  #addresses() {
    const { services } = this.#project
    return { publicUrl: this.#options.url, studioUrl: services.studioUrl(), studioPlace: services.studioPlace }
  }

  #spawn(slot: Slot): WorkerProcess {
    const { database, databasePath, keysDir, log, services } = this.#project
    const { host, port } = this.#options
    slot.worker = new WorkerProcess({
      start: {
        type: 'start',
        host,
        port,
        workers: this.#options.count,
        index: slot.index,
        databasePath,
        keysDir,
        durable: database.durablePosition(),
        paused: this.#isPaused,
        ...servedOf(this.#project.current(), this.#addresses()),
      },
      onLog: (lines) => log.lines(lines),
      calls: services.calls,
      onHung: ({ pid }) => {
        this.#hung++
        log.error({ worker: slot.name, pid, ms: HUNG_AFTER_MS }, 'worker is not responding: killing and replacing it')
      },
      onExit: (worker) => this.#ended(slot, worker),
    })
    // What became durable while it started.
    const { worker } = slot
    worker.listening.then(
      () => this.#position !== null && worker.send({ type: 'durable', position: this.#position }),
      (error: unknown) => log.error({ worker: slot.name, err: error }, 'worker cannot serve'),
    )
    return worker
  }

  #ended(slot: Slot, worker: WorkerProcess): void {
    delete slot.worker
    if (this.#isClosing) return
    this.#replaced++
    if (performance.now() - worker.startedAt > LONG_LIFE) slot.failures = 0
    const wait = BACK_OFF[Math.min(slot.failures++, BACK_OFF.length - 1)] ?? 0
    this.#project.log.error({ worker: slot.name, pid: worker.pid, wait }, 'worker exited: restarting it')
    slot.restart = setTimeout(() => {
      const next = this.#spawn(slot)
      slot.onRestart?.(next)
    }, wait)
  }

  /** At once if nothing was sent a moment ago; a burst of commits is reported in steps. */
  #tell(position: LogPosition): void {
    this.#position = position
    if (this.#notifyTimer !== null) return
    this.#notifyNow(position)
    this.#notifyTimer = setTimeout(() => {
      this.#notifyTimer = null
      if (this.#position !== null && this.#position !== position) this.#tell(this.#position)
    }, TELL_EVERY)
  }

  #notifyNow(position: LogPosition): void {
    for (const worker of this.#workers()) worker.send({ type: 'durable', position })
  }
}

interface Slot {
  /** From 1. */
  readonly index: number
  readonly name: string
  worker?: WorkerProcess
  restart?: ReturnType<typeof setTimeout>
  failures: number
  /** Told of the worker that takes the place of one that has ended. */
  onRestart?: (worker: WorkerProcess) => void
}
