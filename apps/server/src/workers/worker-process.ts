import type { Call, CallHandlers } from '@koyalite/kernel'
import { serializeSchema } from '@koyalite/schema'
import type { Subprocess } from 'bun'
import type { Loaded } from '../load-project'
import { type CallChannel, createCallChannel } from './call-channel'
import { startHeartbeat } from './heartbeat'
import { workerCommand } from './worker-command'
import type { AskedOrder, ServedByWorkers, StartWorker, WorkerOrder, WorkerReport } from './worker-protocol'

export interface WorkerProcessOptions {
  readonly start: StartWorker
  onLog(lines: string): void
  /** Answers what its services ask. */
  readonly calls: CallHandlers
  /** It no longer takes messages, and is killed. */
  onHung(worker: WorkerProcess): void
  onExit(worker: WorkerProcess): void
}

/** A worker has said itself why it cannot serve; it would say so again. */
export class WorkerFailed extends Error {}

/** Orders take a worker milliseconds; one that is just starting obeys when it is ready. */
const ANSWER_TIMEOUT = 10_000
/** Requests for metrics do not wait for a worker that is busy or hangs. */
const INQUIRY_TIMEOUT = 500

/** A worker as the main process sees it. */
export class WorkerProcess {
  /** Resolves when it serves; rejects if it ends before. */
  readonly listening: Promise<void>
  readonly startedAt = performance.now()
  readonly #child: Subprocess<'ignore', 'inherit', 'inherit'>
  readonly #ready = Promise.withResolvers<void>()
  readonly #asked = new Map<number, () => void>()
  readonly #calls: CallChannel
  #lastId = 0
  #ended = false
  #isListening = false

  constructor({ start, onLog, calls, onHung, onExit }: WorkerProcessOptions) {
    this.#calls = createCallChannel((message) => this.send(message), calls.handle)
    const heartbeat = startHeartbeat({
      beat: () => this.send({ type: 'beat' }),
      hung: () => {
        onHung(this)
        this.#child.kill('SIGKILL')
      },
    })
    this.listening = this.#ready.promise
    // Callers that do not wait for it still see its exit.
    this.listening.catch(() => {})
    this.#child = Bun.spawn(workerCommand(), {
      stdin: 'ignore',
      stdout: 'inherit',
      stderr: 'inherit',
      serialization: 'advanced',
      ipc: (report: WorkerReport) => {
        if (report.type === 'alive') heartbeat.answered()
        else if (report.type === 'log') onLog(report.lines)
        else if (report.type === 'call' || report.type === 'returned' || report.type === 'threw')
          this.#calls.receive(report)
        else {
          if (report.type === 'listening') {
            this.#isListening = true
            heartbeat.expectSoon()
          }
          this.#reported(report)
        }
      },
      onExit: (_, code, signal) => {
        this.#ended = true
        heartbeat.stop()
        this.#ready.reject(new Error(`a worker exited (${signal ?? code}) before it was ready`))
        this.#calls.close()
        for (const settle of [...this.#asked.values()]) settle()
        onExit(this)
      },
    })
    this.send(start)
  }

  get isListening(): boolean {
    return this.#isListening
  }

  get pid(): number {
    return this.#child.pid
  }

  send(order: WorkerOrder): void {
    if (this.#ended) return
    try {
      this.#child.send(order)
    } catch {
      // The channel is closed: it is ending, and its exit settles what was asked.
      this.#child.kill('SIGKILL')
    }
  }

  /** Resolves when it has obeyed, or has ended. One that hangs is ended: the others must not wait for it. */
  ask(order: (id: number) => AskedOrder): Promise<void> {
    if (this.#ended) return Promise.resolve()
    const id = ++this.#lastId
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), ANSWER_TIMEOUT)
      this.#asked.set(id, () => {
        clearTimeout(timer)
        this.#asked.delete(id)
        resolve()
      })
      this.send(order(id))
    })
  }

  /** Calls a service in the worker. Resolves to null if it does not respond in time. */
  async inquire<Input, Output>(call: Call<Input, Output>, input: Input): Promise<Output | null> {
    if (this.#ended) return null
    const late = Promise.withResolvers<null>()
    const timer = setTimeout(() => late.resolve(null), INQUIRY_TIMEOUT)
    const response = this.#calls.call(call, input).catch(() => null)
    return Promise.race([response, late.promise]).finally(() => clearTimeout(timer))
  }

  /** Lets it finish its requests; ends it if it has not after `timeout` milliseconds. */
  async stop(timeout: number): Promise<void> {
    this.send({ type: 'stop' })
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), timeout)
    await this.#child.exited
    clearTimeout(timer)
  }

  #reported(report: Exclude<WorkerReport, { type: 'log' | 'call' | 'returned' | 'threw' | 'alive' }>): void {
    if (report.type === 'listening') this.#ready.resolve()
    else if (report.type === 'failed') this.#ready.reject(new WorkerFailed(report.message))
    else this.#asked.get(report.id)?.()
  }
}

/** What the workers serve when this is loaded. */
export function servedOf(
  { settings, environment, schema }: Loaded,
  addresses: Pick<ServedByWorkers, 'publicUrl' | 'studioUrl' | 'studioPlace'>,
): ServedByWorkers {
  return { settings, environment, schema: serializeSchema(schema), ...addresses }
}
