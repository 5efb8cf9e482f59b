import { AsyncLocalStorage } from 'node:async_hooks'
import { type AppError, withWorkBudget } from '@koyalite/contracts'
import { failureOf } from '../driver/damage'
import type { Connection, Statement } from '../driver/driver'
import { busyDelay, retryWhileBusy } from '../driver/retry-while-busy'
import { adviceFor, isBusy } from '../driver/sqlite-error'
import { StatementCache } from '../driver/statement-cache'
import type { StatementWatch } from '../driver/statement-watch'
import type { Log } from '../log'
import type { AfterCommit } from './after-commit'
import { isDeferredViolation, TransactionLost, unavailable } from './batch-errors'
import { HeldTransaction, type HeldTransactionOptions, type HeldTx, type Lease } from './held-tx'
import { isThenable } from './is-thenable'
import { partition } from './partition'
import { QueueWait } from './queue-wait'
import { NO_PARAMS, type Sync, type Tx, WriterTx, type WriteSteps } from './tx'
import { Barrier, type CommittedBatch, Job, type QueueItem, type WriteResult } from './write-queue'
import { WriterBusyError } from './writer-busy-error'

export interface WriterOptions {
  readonly connection: Connection
  readonly log: Log
  /** How long BEGIN is tried again while another process holds the lock. Milliseconds. */
  readonly busyTimeoutMs: number
  /** Whether what others read on the event loop is only what is committed, so that it can be given back in the middle of a transaction. */
  readonly isolated: boolean
  /** What may wait while somebody holds the writer; more is refused at once. */
  readonly maxWaiting: number
  readonly watch: StatementWatch
  /** Called right after COMMIT. It acknowledges the batch's jobs, now or when it is durable. */
  readonly onCommit: (batch: CommittedBatch) => void
}

export interface WriterStats {
  readonly queued: number
  readonly batches: number
  readonly writes: number
  readonly failedWrites: number
  readonly largestBatch: number
  readonly busyRetries: number
}

const MAX_BATCH = 256
const MAX_BATCH_MS = 5
/** After so long a write that has further steps lets others have the event loop. */
const MAX_STEPS_MS = 5

const LOOK_FOR_LATE_MS = 250

/** The transaction of a batch that has begun. */
interface OpenBatch {
  /** All of it, in the order of the queue. */
  readonly taken: Job[]
  readonly jobs: Job[]
  readonly failed: Job[]
  seq: number
}

/**
 * Runs write functions in batches: all that were queued in one turn of the event loop in one transaction, each in its own savepoint.
 * SPEC.md, section W.
 */
export class Writer {
  readonly statements: StatementCache
  readonly #connection: Connection
  readonly #log: Log
  readonly #busyTimeoutMs: number
  readonly #onCommit: (batch: CommittedBatch) => void
  readonly #isolated: boolean
  readonly #maxWaiting: number
  readonly #watch: StatementWatch
  readonly #tx: WriterTx
  readonly #begin: Statement
  readonly #commit: Statement
  readonly #rollback: Statement
  readonly #savepoint: Statement
  readonly #release: Statement
  readonly #undo: Statement
  #queue: QueueItem[] = []
  /** Items of #queue before this index are done; a shift per item would cost more. */
  #head = 0
  #scheduled = false
  #held = false
  #busySince: number | null = null
  #refusal: AppError | null = null
  #batches = 0
  #writes = 0
  #failedWrites = 0
  #largestBatch = 0
  #busyRetries = 0
  readonly waits = new QueueWait()

  constructor(options: WriterOptions) {
    const { connection } = options
    this.#connection = connection
    this.#log = options.log
    this.#busyTimeoutMs = options.busyTimeoutMs
    this.#onCommit = options.onCommit
    this.#isolated = options.isolated
    this.#maxWaiting = options.maxWaiting
    this.#watch = options.watch
    this.statements = new StatementCache(connection, { watch: this.#watch })
    this.#tx = new WriterTx(connection, this.statements)
    this.#begin = connection.prepare('BEGIN IMMEDIATE')
    this.#commit = connection.prepare('COMMIT')
    this.#rollback = connection.prepare('ROLLBACK')
    this.#savepoint = connection.prepare('SAVEPOINT write')
    this.#release = connection.prepare('RELEASE write')
    this.#undo = connection.prepare('ROLLBACK TO write')
  }

  /** Queues a function. The promise settles when its batch is acknowledged, or the function failed. */
  write<T>(fn: (tx: Tx) => Sync<T>): Promise<WriteResult<T>> {
    return this.#enqueue(fn, false)
  }

  /** The same for a function that may take long. */
  writeInSteps<T>(steps: WriteSteps<T>): Promise<WriteResult<T>> {
    return this.#enqueue(steps, true)
  }

  #enqueue<T>(fn: (tx: Tx) => unknown, inSteps: boolean): Promise<WriteResult<T>> {
    const refusal = this.#refusal ?? this.#full()
    if (refusal !== null) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      const settle = { resolve: resolve as (result: WriteResult<unknown>) => void, reject }
      const job = new Job(fn, { inSteps, ...settle, log: this.#log })
      // It runs in a turn that another caller has begun.
      if (this.#watch.listener !== null) job.within = AsyncLocalStorage.snapshot()
      this.#push(job)
    })
  }

  /** Lends the writer to one caller for a while, after everything queued before. What waits for it too long is refused. */
  hold(lease: Lease, patienceMs: number): Promise<HeldTx> {
    const refusal = this.#refusal ?? this.#full()
    if (refusal !== null) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      this.#push(new Barrier(() => this.#grant(lease, { resolve, reject }), reject, { patienceMs, isHold: true }))
    })
  }

  async #grant(lease: Lease, caller: { resolve(held: HeldTx): void; reject(error: unknown): void }): Promise<void> {
    try {
      await retryWhileBusy(this.#busyTimeoutMs, () => this.#begin.run(NO_PARAMS))
    } catch (error) {
      caller.reject(unavailable(this.#connection, error))
      return
    }
    const { promise: ended, resolve: onEnd } = Promise.withResolvers<void>()
    const onCommit: HeldTransactionOptions['onCommit'] = ({ seq, afterCommit }) =>
      new Promise((resolve, reject) => {
        this.#count(1, 0)
        const job = new Job(() => undefined, {
          inSteps: false,
          resolve: resolve as (result: WriteResult<unknown>) => void,
          reject,
          log: this.#log,
        })
        job.seq = seq
        job.afterCommit = afterCommit
        this.#onCommit({ jobs: [job], lastSeq: seq })
      })
    caller.resolve(new HeldTransaction({ connection: this.#connection, tx: this.#tx, lease, onCommit, onEnd }))
    await ended
  }

  #push(item: QueueItem): void {
    if (this.#held) item.waitingSince = performance.now()
    this.waits.came()
    this.#queue.push(item)
    this.#schedule()
  }

  #full(): AppError | null {
    if (!this.#held || this.#queue.length - this.#head < this.#maxWaiting) return null
    return new WriterBusyError('too many writes are waiting: try again in a moment')
  }

  /**
   * Runs asynchronous work alone: after everything queued before it (`tail`), or before everything queued (`head`), and no batch begins until
   * it has settled. Functions that wait for that longer than `patienceMs` are refused.
   */
  exclusive<T>(at: 'head' | 'tail', work: () => Promise<T>, patienceMs?: number): Promise<T> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal)
    return new Promise((resolve, reject) => {
      const barrier = new Barrier(
        async () => {
          try {
            resolve(await work())
          } catch (error) {
            reject(error)
          }
        },
        reject,
        patienceMs === undefined ? {} : { patienceMs },
      )
      if (at === 'tail') this.#push(barrier)
      else {
        this.#queue.splice(this.#head, 0, barrier)
        this.#schedule()
      }
    })
  }

  /** From now on every new write is refused; those that are queued still run. */
  refuseNew(error: AppError): void {
    this.#refusal ??= error
  }

  /** From now on every write, queued or new, is refused. */
  refuseAll(error: AppError): void {
    this.#refusal = error
    this.#refuseQueued(error)
  }

  /** One function in one transaction, at once: for work inside `exclusive`. The caller commits or rolls back. */
  runAlone<T>(fn: (tx: Tx) => Sync<T>): WriteResult<T> & { readonly afterCommit: AfterCommit | null } {
    this.#tx.begin()
    try {
      const value = fn(this.#tx)
      if (isThenable(value)) throw new TypeError('a write function must not be asynchronous')
      return { value, seq: this.#tx.lastSeq(), afterCommit: this.#tx.requestedAfterCommit }
    } finally {
      this.#tx.end()
    }
  }

  stats(): WriterStats {
    return {
      queued: this.#queue.length - this.#head,
      batches: this.#batches,
      writes: this.#writes,
      failedWrites: this.#failedWrites,
      largestBatch: this.#largestBatch,
      busyRetries: this.#busyRetries,
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#held) return
    this.#scheduled = true
    // After the I/O of this turn: every request that arrived with it is in the batch.
    setImmediate(this.#turn)
  }

  /** A turn is nobody's: it begins outside of the request that has asked for it. */
  readonly #turn = AsyncLocalStorage.bind((): void => {
    this.#scheduled = false
    const next = this.#queue[this.#head]
    if (this.#held || next === undefined) return
    if (next instanceof Barrier) this.#runBarrier(next)
    else if (this.#beginBatch()) this.#runBatch()
    this.#compact()
    this.waits.turned(this.#head === this.#queue.length)
    if (this.#busySince === null && this.#head < this.#queue.length) this.#schedule()
  })

  #runBarrier(barrier: Barrier): void {
    this.#head++
    this.#held = true
    const stop = barrier.patienceMs === undefined ? null : this.#refuseLate(barrier.patienceMs)
    void barrier.run().then(() => {
      stop?.()
      this.#held = false
      if (barrier.isHold) this.#holdersLast()
      this.#schedule()
    })
  }

  /** Refuses in time what has waited too long for the writer. Returns a function that stops it. */
  #refuseLate(patienceMs: number): () => void {
    const started = performance.now()
    for (const item of this.#queue.slice(this.#head)) item.waitingSince ??= started
    const timer = setInterval(
      () => {
        const before = performance.now() - patienceMs
        // Barriers that are not holds are work of the database itself.
        const isLate = (item: QueueItem) =>
          (item instanceof Job || item.isHold) && item.waitingSince !== null && item.waitingSince <= before
        const [late = [], left = []] = partition(this.#queue.slice(this.#head), isLate)
        if (late.length === 0) return
        this.#queue = left
        this.#head = 0
        this.#failedWrites += late.length
        const error = new WriterBusyError('another write holds the database exclusively: try again later')
        for (const item of late) item.refuse(error)
      },
      Math.max(1, Math.min(LOOK_FOR_LATE_MS, patienceMs / 8)),
    )
    return () => clearInterval(timer)
  }

  /** Everybody else who waits now comes before the next one who holds the writer. */
  #holdersLast(): void {
    const waiting = this.#queue.slice(this.#head)
    const [holders = [], others = []] = partition(waiting, (item) => item instanceof Barrier && item.isHold)
    if (holders.length === 0) return
    this.#queue = [...others, ...holders]
    this.#head = 0
  }

  /** False if the lock is another process's: then a later turn tries again, or the queue has been refused. */
  #beginBatch(): boolean {
    try {
      this.#begin.run(NO_PARAMS)
      this.#busySince = null
      return true
    } catch (error) {
      const now = performance.now()
      this.#busySince ??= now
      const waited = now - this.#busySince
      if (isBusy(error) && waited < this.#busyTimeoutMs) {
        this.#busyRetries++
        this.#scheduled = true
        setTimeout(this.#turn, busyDelay(waited))
        return false
      }
      this.#busySince = null
      this.#log.error({ err: error, advice: adviceFor(error) }, 'could not begin a write transaction')
      this.#refuseQueued(unavailable(this.#connection, error))
      return false
    }
  }

  #runBatch(): void {
    const batch: OpenBatch = { taken: [], jobs: [], failed: [], seq: 0 }
    this.#guarded(batch, () => {
      batch.seq = this.#lastSeq()
      this.#takeJobs(batch)
    })
  }

  /** Runs a part of a batch. Where it cannot continue, all of it is refused. */
  #guarded(batch: OpenBatch, run: () => void): void {
    try {
      run()
    } catch (error) {
      if (isDeferredViolation(error)) this.#separate(batch, error)
      else this.#abandon(batch, error)
    }
  }

  #takeJobs(batch: OpenBatch): void {
    const started = performance.now()
    const { jobs, failed } = batch
    this.waits.began(started)
    while (jobs.length + failed.length < MAX_BATCH) {
      const job = this.#queue[this.#head]
      if (job === undefined || job instanceof Barrier) break
      if (job.alone && batch.taken.length > 0) break
      this.#head++
      batch.taken.push(job)
      // Counted before it runs: whatever ends the batch, this job is settled with it.
      jobs.push(job)
      this.#savepoint.run(NO_PARAMS)
      if (!this.#runJob(job, batch)) {
        this.#goOnLater(job, batch)
        return
      }
      if (job.alone || performance.now() - started >= MAX_BATCH_MS) break
    }
    this.#commitBatch(batch)
  }

  #commitBatch({ jobs, failed, seq }: OpenBatch): void {
    if (jobs.length === 0) this.#rollback.run(NO_PARAMS)
    else this.#commit.run(NO_PARAMS)
    this.#count(jobs.length, failed.length)
    for (const job of failed) job.refuse(job.error)
    if (jobs.length > 0) this.#onCommit({ jobs, lastSeq: seq })
  }

  /** Lets the event loop have a turn between two steps of the last job of a batch, which is committed as soon as that job is done. */
  #goOnLater(job: Job, batch: OpenBatch): void {
    this.#held = true
    setImmediate(() => {
      this.#held = false
      this.#guarded(batch, () => {
        if (this.#runJob(job, batch)) this.#commitBatch(batch)
        else this.#goOnLater(job, batch)
      })
      if (this.#head < this.#queue.length) this.#schedule()
    })
  }

  /** Runs a job from its savepoint on, or continues with it. False if it is to continue later. Throws if the transaction cannot continue. */
  #runJob(job: Job, batch: OpenBatch): boolean {
    this.#tx.begin(job.afterCommit)
    try {
      const isDone = this.#runSteps(job)
      job.afterCommit = this.#tx.requestedAfterCommit
      if (!isDone) return false
      if (isThenable(job.value)) throw new TypeError('a write function must not be asynchronous')
      job.seq = this.#tx.lastSeq()
    } catch (error) {
      job.error = error
      if (!this.#connection.inTransaction) throw new TransactionLost(error)
      this.#undo.run(NO_PARAMS)
      this.#release.run(NO_PARAMS)
      batch.jobs.pop()
      batch.failed.push(job)
      return true
    } finally {
      this.#tx.end()
    }
    if (!this.#connection.inTransaction) throw new TransactionLost(undefined)
    this.#release.run(NO_PARAMS)
    batch.seq = job.seq
    return true
  }

  /** False if there are further steps. Each has a budget of its own, since none holds up the event loop longer than that. */
  #runSteps(job: Job): boolean {
    if (!job.inSteps) {
      job.value = withWorkBudget(() => job.within(() => job.fn(this.#tx)))
      return true
    }
    const started = performance.now()
    job.running ??= job.fn(this.#tx) as Generator<void, unknown, void>
    const { running } = job
    for (;;) {
      const { done, value } = withWorkBudget(() => job.within(() => running.next()))
      if (done) {
        job.value = value
        return true
      }
      if (!this.#connection.inTransaction) throw new TransactionLost(undefined)
      if (this.#isolated && performance.now() - started >= MAX_STEPS_MS) return false
    }
  }

  /**
   * COMMIT found that a deferred reference points nowhere, and does not say which write made it. So all of the batch run again, each in a transaction of
   * its own, where COMMIT fails for the guilty one only.
   */
  #separate({ taken }: OpenBatch, error: unknown): void {
    this.#rollback.run(NO_PARAMS)
    const [job] = taken
    if (job !== undefined && taken.length === 1) {
      this.#count(0, 1)
      job.refuse(failureOf(this.#connection, error))
      return
    }
    for (const job of taken) job.runAgainAlone()
    this.#queue = [...taken, ...this.#queue.slice(this.#head)]
    this.#head = 0
  }

  /** Nothing of the batch was committed. */
  #abandon({ jobs: begun, failed }: OpenBatch, error: unknown): void {
    const jobs = [...begun, ...failed]
    if (this.#connection.inTransaction) this.#rollback.run(NO_PARAMS)
    const cause = error instanceof TransactionLost ? error.cause : error
    this.#log.error({ err: cause, advice: adviceFor(cause), writes: jobs.length }, 'a batch of writes was rolled back')
    this.#count(0, jobs.length)
    const refusal = unavailable(this.#connection, cause)
    for (const job of jobs) job.refuse(refusal)
  }

  #refuseQueued(error: AppError): void {
    const refused = this.#queue.slice(this.#head)
    this.#queue = []
    this.#head = 0
    this.#failedWrites += refused.length
    for (const item of refused) item.refuse(error)
  }

  #lastSeq(): number {
    this.#tx.begin()
    const seq = this.#tx.lastSeq()
    this.#tx.end()
    return seq
  }

  #compact(): void {
    if (this.#head === this.#queue.length) {
      this.#queue = []
      this.#head = 0
    } else if (this.#head > 4096) {
      this.#queue = this.#queue.slice(this.#head)
      this.#head = 0
    }
  }

  #count(succeeded: number, failed: number): void {
    this.#batches++
    this.#writes += succeeded
    this.#failedWrites += failed
    this.#largestBatch = Math.max(this.#largestBatch, succeeded)
  }
}
