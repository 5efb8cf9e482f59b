import type { Sql, SqlValue } from './sql'

/** The result of a function that is not asynchronous: one that returns a Promise, or may return one, does not compile where this stands. */
export type Sync<T> = T & (MayBePromise<T> extends true ? never : unknown)

type MayBePromise<T> = IsAny<T> extends true ? false : [Extract<T, PromiseLike<unknown>>] extends [never] ? false : true
type IsAny<T> = 0 extends 1 & T ? true : false

export interface TxRun {
  /** Rows that the statement itself changed, not counting triggers and cascades. */
  readonly changes: number
  readonly lastInsertRowid: number
}

/** Values in the order of the columns. */
export type Row = SqlValue[]

/** Where rows can be read: the database, which has what is committed, or a write, which sees what it has done so far too. */
export interface Reads {
  /** The first row. */
  get(sql: Sql): Row | undefined
  all(sql: Sql): Row[]
}

/** What a write function may do. It is valid only while the function runs. */
export interface Tx extends Reads {
  /** Runs a statement for its effect. Throws ConstraintError, or AppError UNAVAILABLE. */
  run(sql: Sql): TxRun
  /** Runs any number of statements without parameters, uncached: for DDL. */
  exec(text: string): void
  /** Runs `fn` so that, if it throws, only its own changes are undone; the error propagates to the caller. May be nested. */
  attempt<T>(fn: () => Sync<T>): T
  /**
   * Runs `fn` once the write is durable, before its promise resolves: to wake what waits for it, to invalidate what was cached. Not called if the write
   * fails, or the `attempt` around this call is undone. An error in `fn` is logged; it undoes nothing and stops no other callback.
   */
  afterCommit<T>(fn: () => Sync<T>): void
  /** The sequence number of the last change so far: of this function, or of one before it. */
  lastSeq(): number
}

/**
 * A write function in steps: between two of them (`yield`) the event loop may be given to others. What it has changed so far nobody sees before it is
 * committed, and nobody else writes meanwhile.
 */
export type WriteSteps<T> = (tx: Tx) => Generator<void, Sync<T>, void>

export interface WriteResult<T> {
  readonly value: T
  /** The number of the last change that the function made; where it made none, of the last one before it. */
  readonly seq: number
}
