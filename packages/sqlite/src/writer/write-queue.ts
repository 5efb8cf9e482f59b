import type { WriteResult } from '@koyalite/contracts'
import type { Log } from '../log'
import type { AfterCommit } from './after-commit'
import type { Tx } from './tx'

export type { WriteResult } from '@koyalite/contracts'

/** Functions that were committed together, or failed on their own. */
export interface CommittedBatch {
  readonly jobs: readonly CommittedJob[]
  /** The last change of the batch, and of the database at that moment. */
  readonly lastSeq: number
}

export interface CommittedJob {
  acknowledge(): void
  refuse(error: unknown): void
}

/** What waits in the writer's queue. */
export type QueueItem = Job | Barrier

export interface JobOptions {
  readonly inSteps: boolean
  readonly resolve: (result: WriteResult<unknown>) => void
  readonly reject: (error: unknown) => void
  readonly log: Log
}

/** A write function and those who wait for it. */
export class Job implements CommittedJob {
  readonly fn: (tx: Tx) => unknown
  /** `fn` returns the value itself, or the steps that produce it. */
  readonly inSteps: boolean
  /** The steps, once the first has begun. */
  running: Generator<void, unknown, void> | null = null
  readonly #resolve: (result: WriteResult<unknown>) => void
  readonly #reject: (error: unknown) => void
  readonly #log: Log
  value: unknown
  seq = 0
  error: unknown
  afterCommit: AfterCommit | null = null
  /** Runs a part of it in the asynchronous context of whoever has asked for it, where that matters. */
  within: <T>(part: () => T) => T = here
  /** Since when it has waited for the holder of the writer; null if there is none. */
  waitingSince: number | null = null
  /** It runs in a transaction of its own: the batch that it was in could not be committed, perhaps because of it. */
  alone = false

  constructor(fn: (tx: Tx) => unknown, { inSteps, resolve, reject, log }: JobOptions) {
    this.fn = fn
    this.inSteps = inSteps
    this.#log = log
    this.#resolve = resolve
    this.#reject = reject
  }

  runAgainAlone(): void {
    this.alone = true
    this.running = null
    this.afterCommit = null
  }

  acknowledge(): void {
    this.afterCommit?.run(this.#log)
    this.#resolve({ value: this.value, seq: this.seq })
  }

  refuse(error: unknown): void {
    this.#reject(error)
  }
}

function here<T>(part: () => T): T {
  return part()
}

export interface BarrierOptions {
  /** What waits for its end longer than this is refused; without it, everything waits. */
  readonly patienceMs?: number
  /** A transaction of somebody who holds the writer: one of many callers, where other work is the database's own. */
  readonly isHold?: boolean
}

/** Asynchronous work that no batch may overlap. */
export class Barrier {
  readonly run: () => Promise<void>
  readonly refuse: (error: unknown) => void
  readonly patienceMs: number | undefined
  readonly isHold: boolean
  waitingSince: number | null = null

  constructor(run: () => Promise<void>, refuse: (error: unknown) => void, options: BarrierOptions = {}) {
    this.run = run
    this.refuse = refuse
    this.patienceMs = options.patienceMs
    this.isHold = options.isHold ?? false
  }
}
