import { readFileSync } from 'node:fs'
import { AppError } from '@koyalite/contracts'
import type { Subprocess } from 'bun'
import type { SqlAsk, SqlReply, SqlRequest } from './sql-protocol'

export interface SqlLimits {
  /** How long the statements may compute, without the time in which nobody takes their rows. Milliseconds. */
  readonly computeMs: number
  readonly memoryBytes: number
}

const MEMORY_CHECK_MS = 200
const NO_LIMITS: SqlLimits = { computeMs: 0, memoryBytes: 0 }

/** A process that runs the statements of one request. */
export class SqlChild {
  readonly #child: Subprocess<'pipe', 'ignore', 'inherit'>
  #limits = NO_LIMITS
  #left = 0
  #waiting: PromiseWithResolvers<SqlReply> | null = null
  #end: AppError | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setInterval> | undefined

  /** Throws where the system starts no process. */
  constructor(command: readonly string[]) {
    this.#child = Bun.spawn([...command], {
      // Never written to; its end tells the child that we are gone.
      stdin: 'pipe',
      stdout: 'ignore',
      stderr: 'inherit',
      serialization: 'advanced',
      ipc: (reply: SqlReply) => this.#waiting?.resolve(reply),
      onExit: () =>
        this.#stop(new AppError('UNAVAILABLE', 'The process of the statement has ended: it may need too much memory.')),
    })
  }

  /** To be called before it begins. */
  limit(limits: SqlLimits): void {
    this.#limits = limits
    this.#left = limits.computeMs
    this.#watch = setInterval(() => this.#checkMemory(), MEMORY_CHECK_MS)
    this.#watch.unref()
  }

  /** Resolves when the process is gone. */
  get exited(): Promise<unknown> {
    return this.#child.exited
  }

  begin(request: SqlRequest): Promise<SqlReply> {
    return this.#ask({ type: 'begin', request })
  }

  more(): Promise<SqlReply> {
    return this.#ask({ type: 'more' })
  }

  /** Ends it, whatever it does; what it has not committed is rolled back. @param reason what a request that still waits gets */
  kill(reason = new AppError('INVALID_REQUEST', 'The statement was stopped.')): void {
    this.#stop(reason)
    this.#child.kill('SIGKILL')
  }

  /** Rejects with QUERY_TIMEOUT, or why the process was ended. */
  async #ask(ask: SqlAsk): Promise<SqlReply> {
    if (this.#end !== null) throw this.#end
    clearTimeout(this.#timer)
    const { computeMs } = this.#limits
    const asked = performance.now()
    this.#timer = setTimeout(() => this.kill(timeout(computeMs)), this.#left)
    this.#waiting = Promise.withResolvers<SqlReply>()
    this.#child.send(ask)
    const reply = await this.#waiting.promise
    this.#waiting = null
    clearTimeout(this.#timer)
    this.#left = Math.max(1, this.#left - (performance.now() - asked))
    return reply
  }

  #stop(reason: AppError): void {
    clearTimeout(this.#timer)
    clearInterval(this.#watch)
    this.#end ??= reason
    this.#waiting?.reject(this.#end)
    this.#waiting = null
  }

  #checkMemory(): void {
    const { memoryBytes } = this.#limits
    if (residentBytes(this.#child.pid) <= memoryBytes) return
    const mb = Math.round(memoryBytes / 1024 / 1024)
    this.kill(new AppError('OUT_OF_RANGE', `The statement was stopped: it needed more than ${mb} MB of memory.`))
  }
}

function timeout(ms: number): AppError {
  return new AppError('QUERY_TIMEOUT', `The statement was stopped after ${ms / 1000} s, the limit of sql.timeout.`)
}

/** Where the system does not tell: 0. */
function residentBytes(pid: number): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
    return Number(pages) * 4096
  } catch {
    return 0
  }
}
