import type { Row, Sql, SqlValue, Sync, Tx, TxRun } from '@koyalite/contracts'
import { SELECT_LAST_SEQ } from '../changes/change-log'
import { failureOf } from '../driver/damage'
import type { Connection, Statement } from '../driver/driver'
import type { StatementCache } from '../driver/statement-cache'
import { AfterCommit } from './after-commit'
import { isThenable } from './is-thenable'

export type { Sync, Tx, TxRun, WriteSteps } from '@koyalite/contracts'

/** The one Tx of a writer: reused for every function, so that a write allocates nothing for it. */
export class WriterTx implements Tx {
  readonly #statements: StatementCache
  readonly #connection: Connection
  readonly #lastSeq: Statement
  readonly #savepoint: Statement
  readonly #release: Statement
  readonly #undo: Statement
  #active = false
  #afterCommit: AfterCommit | null = null

  constructor(connection: Connection, statements: StatementCache) {
    this.#connection = connection
    this.#statements = statements
    this.#lastSeq = connection.prepare(SELECT_LAST_SEQ).raw(true)
    this.#savepoint = connection.prepare('SAVEPOINT attempt')
    this.#release = connection.prepare('RELEASE attempt')
    this.#undo = connection.prepare('ROLLBACK TO attempt')
  }

  /** The writer says that a function begins, or continues: then with what it has asked for so far. */
  begin(afterCommit: AfterCommit | null = null): void {
    this.#active = true
    this.#afterCommit = afterCommit
  }

  /** The function has returned; a Tx that it retained is invalid. */
  end(): void {
    this.#active = false
  }

  /** What the function has asked for with `afterCommit`; null if nothing. */
  get requestedAfterCommit(): AfterCommit | null {
    return this.#afterCommit
  }

  run(sql: Sql): TxRun {
    const statement = this.#prepare(sql.text)
    try {
      if (statement.reader) {
        statement.all(sql.params)
        return this.#counts()
      }
      // Rowids beyond 2^53 come as bigint only in a mode that we do not use.
      return statement.run(sql.params) as TxRun
    } catch (error) {
      throw failureOf(this.#connection, error)
    }
  }

  get(sql: Sql): Row | undefined {
    const statement = this.#prepare(sql.text)
    try {
      // A statement that changes rows must run to its end; `get` would stop it after the first.
      return statement.readonly ? statement.get(sql.params) : statement.all(sql.params)[0]
    } catch (error) {
      throw failureOf(this.#connection, error)
    }
  }

  all(sql: Sql): Row[] {
    const statement = this.#prepare(sql.text)
    try {
      return statement.all(sql.params)
    } catch (error) {
      throw failureOf(this.#connection, error)
    }
  }

  exec(text: string): void {
    this.#check()
    try {
      this.#connection.exec(text)
    } catch (error) {
      throw failureOf(this.#connection, error)
    }
  }

  attempt<T>(fn: () => Sync<T>): T {
    this.#check()
    const before = this.#afterCommit?.count ?? 0
    this.#savepoint.run(NO_PARAMS)
    try {
      const value = fn()
      if (isThenable(value)) throw new TypeError('a write function must not be asynchronous')
      this.#release.run(NO_PARAMS)
      return value
    } catch (error) {
      this.#afterCommit?.rollbackTo(before)
      // The error may have ended the whole transaction; the writer notices that.
      if (this.#connection.inTransaction) {
        this.#undo.run(NO_PARAMS)
        this.#release.run(NO_PARAMS)
      }
      throw error
    }
  }

  afterCommit<T>(fn: () => Sync<T>): void {
    this.#check()
    this.#afterCommit ??= new AfterCommit()
    this.#afterCommit.add(fn)
  }

  lastSeq(): number {
    this.#check()
    return (this.#lastSeq.get(NO_PARAMS)?.[0] as number | null) ?? 0
  }

  #prepare(text: string): Statement {
    this.#check()
    try {
      return this.#statements.get(text)
    } catch (error) {
      throw failureOf(this.#connection, error)
    }
  }

  #counts(): TxRun {
    const [changes, rowid] = this.#statements.get('SELECT changes(), last_insert_rowid()').get(NO_PARAMS) ?? []
    return { changes: changes as number, lastInsertRowid: rowid as number }
  }

  #check(): void {
    if (!this.#active) throw new Error('a Tx was used after its write function returned')
  }
}

export const NO_PARAMS: readonly SqlValue[] = []
