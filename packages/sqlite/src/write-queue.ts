import type { Tx } from './tx'

export interface WriteResult<T> {
  readonly value: T
  /** The number of the last change that the function made; where it made none, of the last one before it. */
  readonly seq: number
}

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

/** A write function and those who wait for it. */
export class Job implements CommittedJob {
  readonly fn: (tx: Tx) => unknown
  readonly #resolve: (result: WriteResult<unknown>) => void
  readonly #reject: (error: unknown) => void
  value: unknown
  seq = 0
  error: unknown

  constructor(
    fn: (tx: Tx) => unknown,
    resolve: (result: WriteResult<unknown>) => void,
    reject: (error: unknown) => void,
  ) {
    this.fn = fn
    this.#resolve = resolve
    this.#reject = reject
  }

  acknowledge(): void {
    this.#resolve({ value: this.value, seq: this.seq })
  }

  refuse(error: unknown): void {
    this.#reject(error)
  }
}

/** Asynchronous work that no batch may overlap. */
export class Barrier {
  readonly run: () => Promise<void>
  readonly refuse: (error: unknown) => void

  constructor(run: () => Promise<void>, refuse: (error: unknown) => void) {
    this.run = run
    this.refuse = refuse
  }
}
