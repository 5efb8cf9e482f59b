import type { AuditEvent } from '@koyalite/contracts'
import type { Presented } from '@koyalite/realtime'
import { serializeSchema } from '@koyalite/schema'
import type { Subprocess } from 'bun'
import type { Loaded } from '../load-project'
import { startHeartbeat } from './heartbeat'
import { workerCommand } from './worker-command'
import type { AskedOrder, Inquiry, Served, StartWorker, WorkerOrder, WorkerReport } from './worker-protocol'

export interface WorkerProcessOptions {
  readonly start: StartWorker
  onLog(lines: string): void
  /** Resolves when the events are in the audit log. */
  keep(events: readonly AuditEvent[]): Promise<void>
  /** Whom a one-time ticket stands for. Throws UNAUTHENTICATED. */
  redeem(ticket: string): Presented | Promise<Presented>
  /** It takes no messages any more, and is killed. */
  onHung(worker: WorkerProcess): void
  onExit(worker: WorkerProcess): void
}

/** A worker has said itself why it cannot serve; it would say so again. */
export class WorkerFailed extends Error {}

/** Orders take a worker milliseconds; one that is just starting obeys when it is ready. */
const ANSWER_TIMEOUT = 10_000
/** Whoever asks for numbers does not wait for a worker that is busy, or hangs. */
const INQUIRY_TIMEOUT = 500

/** A worker as the main process sees it. */
export class WorkerProcess {
  /** Resolves when it serves; rejects if it ends before. */
  readonly listening: Promise<void>
  readonly startedAt = performance.now()
  readonly #child: Subprocess<'ignore', 'inherit', 'inherit'>
  readonly #ready = Promise.withResolvers<void>()
  readonly #asked = new Map<number, (text: string | null) => void>()
  #lastId = 0
  #ended = false
  #isListening = false

  constructor({ start, onLog, keep, redeem, onHung, onExit }: WorkerProcessOptions) {
    const heartbeat = startHeartbeat({
      beat: () => this.send({ type: 'beat' }),
      hung: () => {
        onHung(this)
        this.#child.kill('SIGKILL')
      },
    })
    this.listening = this.#ready.promise
    // Whoever does not wait for it sees its end.
    this.listening.catch(() => {})
    this.#child = Bun.spawn(workerCommand(), {
      stdin: 'ignore',
      stdout: 'inherit',
      stderr: 'inherit',
      serialization: 'advanced',
      ipc: (report: WorkerReport) => {
        if (report.type === 'alive') heartbeat.answered()
        else if (report.type === 'log') onLog(report.lines)
        else if (report.type === 'keep') this.#keep(report.id, keep(report.events))
        else if (report.type === 'redeem') this.#redeem(report.id, async () => redeem(report.ticket))
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
        for (const settle of [...this.#asked.values()]) settle(null)
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

  /** Gives the answer's text; null if it ends before it answers. One that hangs is ended: the others must not wait for it. */
  ask(order: (id: number) => AskedOrder): Promise<string | null> {
    return this.#ask(order, { ms: ANSWER_TIMEOUT, late: () => this.#child.kill('SIGKILL') })
  }

  /** As `ask`; null too if there is no answer soon. */
  inquire(type: Inquiry['type']): Promise<string | null> {
    return this.#ask((id) => ({ type, id }), { ms: INQUIRY_TIMEOUT, late: (id) => this.#asked.get(id)?.(null) })
  }

  #ask(
    order: (id: number) => AskedOrder | Inquiry,
    { ms, late }: { readonly ms: number; readonly late: (id: number) => void },
  ): Promise<string | null> {
    if (this.#ended) return Promise.resolve(null)
    const id = ++this.#lastId
    return new Promise((resolve) => {
      const timer = setTimeout(() => late(id), ms)
      this.#asked.set(id, (text) => {
        clearTimeout(timer)
        this.#asked.delete(id)
        resolve(text)
      })
      this.send(order(id))
    })
  }

  /** Lets it finish its requests; ends it if it has not after `timeout` milliseconds. */
  async stop(timeout: number): Promise<void> {
    this.send({ type: 'stop' })
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), timeout)
    await this.#child.exited
    clearTimeout(timer)
  }

  #keep(id: number, kept: Promise<void>): void {
    kept.then(
      () => this.send({ type: 'kept', id, failure: null }),
      (error: unknown) => this.send({ type: 'kept', id, failure: String(error) }),
    )
  }

  #redeem(id: number, redeem: () => Promise<Presented>): void {
    redeem().then(
      (presented) => this.send({ type: 'redeemed', id, presented }),
      () => this.send({ type: 'redeemed', id, presented: null }),
    )
  }

  #reported(report: Exclude<WorkerReport, { type: 'log' | 'keep' | 'redeem' | 'alive' }>): void {
    if (report.type === 'listening') this.#ready.resolve()
    else if (report.type === 'failed') this.#ready.reject(new WorkerFailed(report.message))
    else this.#asked.get(report.id)?.(report.text)
  }
}

/** What the workers serve when this is loaded. */
export function servedOf({ settings, schema }: Loaded, publicUrl: string): Served {
  return { settings, schema: serializeSchema(schema), publicUrl }
}
