import { AppError, type Sql } from '@koyalite/contracts'
import type { Subprocess } from 'bun'
import { damaged, isDamage } from '../driver/damage'
import { translateSqliteError } from '../driver/sqlite-error'
import type { Log } from '../log'
import type { QueryRun, ReaderReply, ReaderRequest } from './reader-protocol'
import { ReadOnlyError } from './run-query'

export interface ReaderPoolOptions {
  readonly command: readonly string[]
  readonly path: string
  readonly key?: string | undefined
  readonly log: Log
  readonly maxProcesses?: number
  /** A process that had nothing to do for so long is ended. */
  readonly idleMs?: number
}

export interface PoolQuery {
  /** To be read in one state of the database. */
  readonly statements: readonly Sql[]
  readonly timeoutMs: number
  readonly maxRows: number
  /** Others go first, and one process is left to them; its time begins when it runs. */
  readonly isBackground: boolean
  readonly signal?: AbortSignal | undefined
}

export interface PoolStats {
  readonly processes: number
  readonly waiting: number
  readonly queries: number
  readonly timeouts: number
  readonly crashes: number
}

const MAX_PROCESSES = 2
/** Consecutive processes that exit without any result: then the command is considered broken for a while. */
const MAX_STILLBORN = 3
const BROKEN_MS = 5_000

/** Runs queries in separate processes, which can be killed: one query at a time each, started on demand, reused for a while. */
export class ReaderPool {
  readonly #options: ReaderPoolOptions
  readonly #processes = new Set<ReaderProcess>()
  readonly #waiting: PoolRequest[] = []
  #closed = false
  #stillborn = 0
  #brokenUntil = 0
  #queries = 0
  #timeouts = 0
  #crashes = 0

  constructor(options: ReaderPoolOptions) {
    this.#options = options
  }

  /** Returns what each statement returned. Rejects with QUERY_TIMEOUT, UNAVAILABLE, INVALID_REQUEST where its signal is aborted, or what is wrong with a statement. */
  query(query: PoolQuery): Promise<readonly QueryRun[]> {
    this.#queries++
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new AppError('UNAVAILABLE', 'the server is shutting down'))
      if (performance.now() < this.#brokenUntil) return reject(brokenReader())
      const { signal } = query
      if (signal?.aborted) return reject(abandoned())
      const request: PoolRequest = { query, resolve, reject, timer: null, settled: () => {} }
      if (signal !== undefined) {
        const abandon = () => this.#giveUpOn(request, abandoned())
        signal.addEventListener('abort', abandon)
        request.settled = () => signal.removeEventListener('abort', abandon)
      }
      if (!query.isBackground) this.#startTimer(request)
      this.#waiting.push(request)
      this.#dispatch()
    })
  }

  stats(): PoolStats {
    return {
      processes: this.#processes.size,
      waiting: this.#waiting.length,
      queries: this.#queries,
      timeouts: this.#timeouts,
      crashes: this.#crashes,
    }
  }

  /** Ends all processes: after a change of the schema, or before the database is closed. */
  async restart(): Promise<void> {
    const ended = [...this.#processes].filter((process) => process.request === null)
    await Promise.all(ended.map((process) => process.end()))
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const request of this.#waiting.splice(0)) {
      settle(request, () => request.reject(new AppError('UNAVAILABLE', 'the server is shutting down')))
    }
    await Promise.all([...this.#processes].map((process) => process.end()))
  }

  #dispatch(): void {
    for (let request = this.#next(); request !== undefined; request = this.#next()) {
      const process = [...this.#processes].find(({ request, ended }) => request === null && !ended) ?? this.#spawn()
      if (process === null) return
      this.#waiting.splice(this.#waiting.indexOf(request), 1)
      if (request.timer === null) this.#startTimer(request)
      process.run(request)
    }
  }

  #next(): PoolRequest | undefined {
    const [first] = this.#waiting
    const urgent = this.#waiting.find(({ query }) => !query.isBackground)
    if (urgent !== undefined || first === undefined) return urgent
    const { maxProcesses = MAX_PROCESSES } = this.#options
    const running = [...this.#processes].filter(({ request }) => request?.query.isBackground).length
    return running < Math.max(1, maxProcesses - 1) ? first : undefined
  }

  #startTimer(request: PoolRequest): void {
    request.timer = setTimeout(() => this.#expire(request), request.query.timeoutMs)
  }

  #spawn(): ReaderProcess | null {
    const { command, path, key, maxProcesses = MAX_PROCESSES, idleMs = 30_000, log } = this.#options
    if (this.#processes.size >= maxProcesses) return null
    try {
      const process = new ReaderProcess({
        command,
        open: { type: 'open', path, key },
        idleMs,
        onIdle: () => {
          this.#stillborn = 0
          this.#dispatch()
        },
        onExit: (exited) => this.#exited(exited),
      })
      this.#processes.add(process)
      return process
    } catch (error) {
      log.error({ err: error, command }, 'the reader process could not be started')
      // Those that run will be free again.
      if (this.#processes.size === 0) this.#giveUp()
      return null
    }
  }

  #exited(process: ReaderProcess): void {
    this.#processes.delete(process)
    const { request } = process
    if (request !== null) {
      this.#crashes++
      settle(request, () => request.reject(brokenReader()))
    }
    if (!process.killed && !process.answered) {
      this.#stillborn++
      this.#options.log.error({ command: this.#options.command }, 'a reader process exited before it responded')
      if (this.#stillborn >= MAX_STILLBORN) this.#giveUp()
    }
    this.#dispatch()
  }

  #giveUp(): void {
    this.#stillborn = 0
    this.#brokenUntil = performance.now() + BROKEN_MS
    for (const request of this.#waiting.splice(0)) settle(request, () => request.reject(brokenReader()))
  }

  #expire(request: PoolRequest): void {
    this.#timeouts++
    this.#giveUpOn(request, new AppError('QUERY_TIMEOUT', `the query took longer than ${request.query.timeoutMs} ms`))
  }

  #giveUpOn(request: PoolRequest, error: AppError): void {
    const index = this.#waiting.indexOf(request)
    if (index >= 0) this.#waiting.splice(index, 1)
    const running = [...this.#processes].find((process) => process.request === request)
    if (running !== undefined) {
      running.request = null
      void running.end()
    }
    settle(request, () => request.reject(error))
  }
}

interface PoolRequest {
  readonly query: PoolQuery
  readonly resolve: (runs: readonly QueryRun[]) => void
  readonly reject: (error: unknown) => void
  /** Null until its time begins. */
  timer: ReturnType<typeof setTimeout> | null
  /** Called when the request has its result. */
  settled: () => void
}

interface ReaderProcessOptions {
  readonly command: readonly string[]
  readonly open: ReaderRequest
  readonly idleMs: number
  readonly onIdle: () => void
  readonly onExit: (process: ReaderProcess) => void
}

class ReaderProcess {
  request: PoolRequest | null = null
  answered = false
  /** We ended it, so that its end says nothing about its health. */
  killed = false
  ended = false
  readonly #child: Subprocess<'pipe', 'ignore', 'inherit'>
  readonly #options: ReaderProcessOptions
  #lastId = 0
  #idle: ReturnType<typeof setTimeout> | null = null

  constructor(options: ReaderProcessOptions) {
    this.#options = options
    this.#child = Bun.spawn([...options.command], {
      // Never written to; its end tells the child that we are gone.
      stdin: 'pipe',
      stdout: 'ignore',
      stderr: 'inherit',
      serialization: 'advanced',
      ipc: (reply: ReaderReply) => this.#answer(reply),
      onExit: () => {
        this.ended = true
        this.#clearIdle()
        options.onExit(this)
      },
    })
    this.#child.unref()
    this.#send(options.open)
  }

  run(request: PoolRequest): void {
    this.#clearIdle()
    this.request = request
    const { statements, maxRows } = request.query
    this.#send({ type: 'query', id: ++this.#lastId, statements, maxRows })
  }

  async end(): Promise<void> {
    if (this.ended) return
    this.killed = true
    this.ended = true
    // A reader has nothing to lose: the system releases its locks.
    this.#child.kill('SIGKILL')
    await this.#child.exited
  }

  #answer(reply: ReaderReply): void {
    const { request } = this
    // A reply to a request that timed out while the response was on its way.
    if (request === null || reply.id !== this.#lastId) return
    this.request = null
    this.answered = true
    settle(request, () => {
      if (reply.type === 'rows') request.resolve(reply.runs)
      else request.reject(asError(reply))
    })
    this.#idle = setTimeout(() => void this.end(), this.#options.idleMs)
    this.#idle.unref()
    this.#options.onIdle()
  }

  #send(message: ReaderRequest): void {
    try {
      this.#child.send(message)
    } catch {
      // The channel is closed: the child is ending, and its exit settles the request.
      this.#child.kill('SIGKILL')
    }
  }

  #clearIdle(): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = null
  }
}

function settle(request: PoolRequest, how: () => void): void {
  if (request.timer !== null) clearTimeout(request.timer)
  request.settled()
  how()
}

function asError({ message, code }: ReaderReply & { type: 'error' }): unknown {
  if (code === READ_ONLY) return new ReadOnlyError()
  const failure = Object.assign(new Error(message), code === null ? {} : { code })
  return isDamage(failure) ? damaged(failure) : translateSqliteError(failure)
}

const READ_ONLY = new ReadOnlyError().code

/** Of no fault of the server's: nobody reads it, and it is not logged as one. */
function abandoned(): AppError {
  return new AppError('INVALID_REQUEST', 'the caller has gone away')
}

function brokenReader(): AppError {
  return new AppError('UNAVAILABLE', 'long queries cannot run at the moment')
}
