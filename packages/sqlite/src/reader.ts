import type { Sql } from '@koyalite/contracts'
import type { Connection, Row, Statement } from './driver'
import { type Consistently, directly } from './read-state'
import { translateSqliteError } from './sqlite-error'
import { StatementCache } from './statement-cache'

/** Reads what is committed, on the calling thread. Rows are arrays of the columns' values, in order. */
export class Reader {
  readonly statements: StatementCache
  readonly #consistently: Consistently

  constructor(connection: Connection, consistently: Consistently = directly) {
    this.statements = new StatementCache(connection)
    this.#consistently = consistently
  }

  get(sql: Sql): Row | undefined {
    try {
      const statement = this.#prepare(sql.text)
      return this.#consistently(() => statement.get(sql.params))
    } catch (error) {
      throw translateSqliteError(error)
    }
  }

  all(sql: Sql): Row[] {
    try {
      const statement = this.#prepare(sql.text)
      return this.#consistently(() => statement.all(sql.params))
    } catch (error) {
      throw translateSqliteError(error)
    }
  }

  #prepare(text: string): Statement {
    const statement = this.statements.get(text)
    // In memory mode the connection is the writer's: nothing else would stop it.
    if (!statement.readonly) throw new Error('a statement that writes was given to the reading side')
    return statement
  }
}
