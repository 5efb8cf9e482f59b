import { type Sql, withWorkBudget } from '@koyalite/contracts'
import { failureOf } from '../driver/damage'
import type { Connection, Row, Statement } from '../driver/driver'
import { StatementCache } from '../driver/statement-cache'
import type { StatementWatch } from '../driver/statement-watch'
import { NO_PARAMS } from '../writer/tx'
import { type Consistently, directly } from './read-state'

/** Reads what is committed, on the calling thread. Rows are arrays of the columns' values, in order. */
export class Reader {
  readonly statements: StatementCache
  readonly #connection: Connection
  readonly #consistently: Consistently

  /** @param consistently how a statement is run so that what is known of the state is of the one that it read */
  constructor(connection: Connection, watch: StatementWatch, consistently: Consistently = directly) {
    this.statements = new StatementCache(connection, { watch })
    this.#connection = connection
    this.#consistently = consistently
  }

  get(sql: Sql): Row | undefined {
    try {
      const statement = this.#prepare(sql.text)
      return withWorkBudget(() => this.#consistently(() => statement.get(sql.params)))
    } catch (error) {
      throw this.failure(error)
    }
  }

  all(sql: Sql): Row[] {
    try {
      const statement = this.#prepare(sql.text)
      return withWorkBudget(() => this.#consistently(() => statement.all(sql.params)))
    } catch (error) {
      throw this.failure(error)
    }
  }

  /** The public error for what a statement of `statements` threw. */
  failure(error: unknown): unknown {
    return failureOf(this.#connection, error)
  }

  /** Runs statements that all see one state of the database; `read` may run twice. */
  together<T>(read: () => T): T {
    return this.#consistently(() => this.#inTransaction(read))
  }

  /** The same for a single statement, which sees one state by itself. */
  alone<T>(read: () => T): T {
    return this.#consistently(read)
  }

  #inTransaction<T>(read: () => T): T {
    // It may have begun: to look up the state, or in memory mode by the writer, whose connection this is.
    if (this.#connection.inTransaction) return read()
    this.statements.get('BEGIN').run(NO_PARAMS)
    try {
      return read()
    } finally {
      if (this.#connection.inTransaction) this.statements.get('COMMIT').run(NO_PARAMS)
    }
  }

  #prepare(text: string): Statement {
    const statement = this.statements.get(text)
    // In memory mode the connection is the writer's: nothing else would stop it.
    if (!statement.readonly) throw new Error('a write statement was passed to a read connection')
    return statement
  }
}
