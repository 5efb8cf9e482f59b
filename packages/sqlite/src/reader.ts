import type { Sql } from '@koyalite/contracts'
import type { Connection, Row, Statement } from './driver'
import { translateSqliteError } from './sqlite-error'
import { StatementCache } from './statement-cache'

/** Reads what is committed, on the calling thread. Rows are arrays of the columns' values, in order. */
export class Reader {
  readonly statements: StatementCache

  constructor(connection: Connection) {
    this.statements = new StatementCache(connection)
  }

  get(sql: Sql): Row | undefined {
    try {
      return this.#prepare(sql.text).get(sql.params)
    } catch (error) {
      throw translateSqliteError(error)
    }
  }

  all(sql: Sql): Row[] {
    try {
      return this.#prepare(sql.text).all(sql.params)
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
