import { AppError, type Sql, withWorkBudget } from '@koyalite/contracts'
import { failureOf } from '../driver/damage'
import type { Connection, Row } from '../driver/driver'
import type { AfterCommit } from './after-commit'
import type { Sync, Tx, TxRun, WriterTx } from './tx'
import type { WriteResult } from './write-queue'

/** For how long a holder may keep the writer, in milliseconds. */
export interface Lease {
  /** Without a statement. Time in which the event loop was blocked does not count. */
  readonly idleMs: number
  /** In all, from the moment that the writer is its own. */
  readonly totalMs: number
}

/**
 * A transaction of its own that lives over turns of the event loop, while every other write waits: for code that reads, decides elsewhere, and writes.
 * It is rolled back when its lease is over. Every method throws HeldTxEndedError once it has ended.
 */
export interface HeldTx {
  run(sql: Sql): TxRun
  /** The first row, its values in the order of the columns. */
  get(sql: Sql): Row | undefined
  all(sql: Sql): Row[]
  /** The sequence number of the last change so far: of this transaction, or of a write before it. */
  lastSeq(): number
  /** Runs a write function as one step of the transaction: if it throws, only its own changes are undone. */
  write<T>(fn: (tx: Tx) => Sync<T>): T
  /** A point to go back to. Points nest: to release one, or to go back to it, ends those within it. */
  savepoint(): Savepoint
  /** As in a write: runs once the transaction is durable, before `commit` resolves. */
  afterCommit<T>(fn: () => Sync<T>): void
  /** Commits, and lets the next write begin; resolves when what was written is durable. Throws CONFLICT for a deferred reference that points nowhere. */
  commit(): Promise<WriteResult<undefined>>
  /** Undoes everything. Does nothing where it has ended: for `finally`. */
  rollback(): void
  /** Resolves when the writer is free again, with how it has ended. */
  readonly ended: Promise<HeldTxEnd>
}

export interface Savepoint {
  release(): void
  rollback(): void
}

export type HeldTxEnd = 'committed' | 'rolled_back' | 'idle' | 'total' | 'lost'

/** A held transaction was used after its end. `lastStatement` helps to tell which part of a program took too long. */
export class HeldTxEndedError extends AppError {
  readonly reason: HeldTxEnd
  readonly lastStatement: string | null
  readonly lease: Lease

  constructor(
    message: string,
    { reason, lastStatement, lease }: Pick<HeldTxEndedError, 'reason' | 'lastStatement' | 'lease'>,
  ) {
    super('UNAVAILABLE', message)
    this.reason = reason
    this.lastStatement = lastStatement
    this.lease = lease
  }
}

export interface HeldTransactionOptions {
  readonly connection: Connection
  /** The writer's, between two of its functions. */
  readonly tx: WriterTx
  readonly lease: Lease
  /** COMMIT is done: settles the promise when what was written is durable. */
  readonly onCommit: (committed: {
    readonly seq: number
    readonly afterCommit: AfterCommit | null
  }) => Promise<WriteResult<undefined>>
  /** The connection is free again. Called once. */
  readonly onEnd: () => void
}

/** A timer that fires later than this was delayed by a blocked event loop. */
const LATE_MS = 20

/** Begins where the writer has begun a transaction for it. SPEC.md, section W. */
export class HeldTransaction implements HeldTx {
  readonly #options: HeldTransactionOptions
  readonly #until: number
  #usedAt: number
  #timer: ReturnType<typeof setTimeout>
  #afterCommit: AfterCommit | null = null
  #savepoints = 0
  #end: HeldTxEnd | null = null
  #lastStatement: string | null = null
  readonly #ending = Promise.withResolvers<HeldTxEnd>()
  readonly ended = this.#ending.promise

  constructor(options: HeldTransactionOptions) {
    this.#options = options
    this.#usedAt = performance.now()
    this.#until = this.#usedAt + options.lease.totalMs
    this.#timer = this.#watch()
  }

  run(sql: Sql): TxRun {
    return this.#use(sql.text, (tx) => tx.run(sql))
  }

  get(sql: Sql): Row | undefined {
    return this.#use(sql.text, (tx) => tx.get(sql))
  }

  all(sql: Sql): Row[] {
    return this.#use(sql.text, (tx) => tx.all(sql))
  }

  lastSeq(): number {
    return this.#use(null, (tx) => tx.lastSeq())
  }

  write<T>(fn: (tx: Tx) => Sync<T>): T {
    return this.#use(null, (tx) => tx.attempt(() => fn(tx)))
  }

  savepoint(): Savepoint {
    const level = ++this.#savepoints
    const name = `held_${level}`
    const before = this.#afterCommit?.count ?? 0
    this.#use(null, (tx) => tx.exec(`SAVEPOINT ${name}`))
    const end = (text: string): void => {
      if (level > this.#savepoints) throw new Error('the savepoint has already been released or rolled back')
      this.#use(null, (tx) => tx.exec(text))
      this.#savepoints = level - 1
    }
    return {
      release: () => end(`RELEASE ${name}`),
      rollback: () => {
        end(`ROLLBACK TO ${name}; RELEASE ${name}`)
        this.#afterCommit?.rollbackTo(before)
      },
    }
  }

  afterCommit<T>(fn: () => Sync<T>): void {
    this.#use(null, (tx) => tx.afterCommit(fn))
  }

  async commit(): Promise<WriteResult<undefined>> {
    const seq = this.lastSeq()
    try {
      this.#options.connection.exec('COMMIT')
    } catch (error) {
      this.#finish('rolled_back')
      throw failureOf(this.#options.connection, error)
    }
    const committed = this.#options.onCommit({ seq, afterCommit: this.#afterCommit })
    this.#finish('committed')
    return committed
  }

  rollback(): void {
    if (this.#end === null) this.#finish('rolled_back')
  }

  #use<T>(text: string | null, work: (tx: WriterTx) => T): T {
    const { tx, connection } = this.#options
    if (this.#end === null && performance.now() >= this.#until) this.#finish('total')
    if (this.#end !== null) throw this.#ended(this.#end)
    this.#lastStatement = text ?? this.#lastStatement
    tx.begin(this.#afterCommit)
    try {
      const value = withWorkBudget(() => work(tx))
      if (!connection.inTransaction) throw this.#ended('lost')
      return value
    } finally {
      this.#afterCommit = tx.requestedAfterCommit
      tx.end()
      this.#usedAt = performance.now()
      if (!connection.inTransaction) this.#finish('lost')
    }
  }

  #finish(end: HeldTxEnd): void {
    const { connection, onEnd } = this.#options
    this.#end = end
    clearTimeout(this.#timer)
    if (connection.inTransaction) connection.exec('ROLLBACK')
    onEnd()
    this.#ending.resolve(end)
  }

  /** Looks when the lease may be over. */
  #watch(): ReturnType<typeof setTimeout> {
    const { idleMs } = this.#options.lease
    const due = Math.min(this.#usedAt + idleMs, this.#until)
    return setTimeout(
      () => {
        const now = performance.now()
        // The holder could not do anything meanwhile.
        if (now - due > LATE_MS) this.#usedAt += now - due
        if (now >= this.#until) this.#finish('total')
        else if (now >= this.#usedAt + idleMs) this.#finish('idle')
        else this.#timer = this.#watch()
      },
      Math.max(1, due - performance.now()),
    ).unref()
  }

  #ended(end: HeldTxEnd): HeldTxEndedError {
    const { lease } = this.#options
    const { idleMs, totalMs } = lease
    const messages: Readonly<Record<HeldTxEnd, string>> = {
      committed: 'the transaction has already been committed',
      rolled_back: 'the transaction has already been rolled back',
      idle: `the transaction was rolled back after ${idleMs} ms without a statement; do slow work before or after it`,
      total: `the transaction was rolled back because it took longer than ${totalMs} ms; do less work in it`,
      lost: 'a statement ended the transaction; earlier writes in it may be lost',
    }
    return new HeldTxEndedError(messages[end], { reason: end, lastStatement: this.#lastStatement, lease })
  }
}
