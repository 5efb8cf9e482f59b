import { availableParallelism } from 'node:os'
import { AppError } from '@koyalite/contracts'
import { type HashingThread, startHashingThread } from './hashing-thread'

export interface HashingThreadsOptions {
  readonly concurrency?: number
  readonly maxWaiting?: number
  readonly startThread?: () => HashingThread
}

/** More of them hash no faster than memory allows; each costs 2 MB. */
const MAX_THREADS = 16

/**
 * Threads that hash, and those who wait for one. A thread counts while it lives: one that cannot be started, or ends,
 * leaves nothing taken behind, and the next who needs one tries again.
 */
export class HashingThreads {
  readonly #maxThreads: number
  readonly #maxWaiting: number
  readonly #startThread: () => HashingThread
  readonly #idle: HashingThread[] = []
  readonly #waiting: PromiseWithResolvers<HashingThread>[] = []
  /** Idle ones and busy ones. */
  #alive = 0

  constructor(options: HashingThreadsOptions) {
    this.#maxThreads = options.concurrency ?? Math.min(MAX_THREADS, Math.max(1, availableParallelism() - 1))
    this.#maxWaiting = options.maxWaiting ?? 100
    this.#startThread = options.startThread ?? startHashingThread
  }

  /** Starts as many as there may be. @throws where one cannot be started */
  async start(): Promise<void> {
    const started: HashingThread[] = []
    while (this.#alive < this.#maxThreads) started.push(this.#start())
    await Promise.all(started.map((thread) => thread.ready().finally(() => this.#give(thread))))
  }

  /** @throws AppError UNAVAILABLE where no thread is available, or too many wait for one */
  async run<T>(work: (thread: HashingThread) => Promise<T>): Promise<T> {
    const thread = await this.#take()
    try {
      return await work(thread)
    } catch (error) {
      throw thread.ended ? unavailable(error) : error
    } finally {
      this.#give(thread)
    }
  }

  #take(): HashingThread | Promise<HashingThread> {
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#alive < this.#maxThreads) {
      try {
        return this.#start()
      } catch (error) {
        // Those that live will be free again.
        if (this.#alive === 0) throw unavailable(error)
      }
    }
    if (this.#waiting.length >= this.#maxWaiting) throw tooMany()
    const next = Promise.withResolvers<HashingThread>()
    this.#waiting.push(next)
    return next.promise
  }

  #give(thread: HashingThread): void {
    if (thread.ended) this.#lost()
    else {
      const next = this.#waiting.shift()
      if (next === undefined) this.#idle.push(thread)
      else next.resolve(thread)
    }
  }

  /** A thread has exited: its waiting calls get another one, or an error if there is none. */
  #lost(): void {
    this.#alive--
    if (this.#waiting.length === 0) return
    try {
      const thread = this.#start()
      this.#waiting.shift()?.resolve(thread)
    } catch (error) {
      if (this.#alive > 0) return
      for (const next of this.#waiting.splice(0)) next.reject(unavailable(error))
    }
  }

  #start(): HashingThread {
    const thread = this.#startThread()
    this.#alive++
    return thread
  }
}

function unavailable(cause: unknown): AppError {
  return new AppError('UNAVAILABLE', 'passwords cannot be verified at the moment; try again', {
    cause,
    headers: { 'retry-after': '2' },
  })
}

function tooMany(): AppError {
  return new AppError('UNAVAILABLE', 'Too many sign-ins at the moment. Try again.', {
    headers: { 'retry-after': '2' },
  })
}
