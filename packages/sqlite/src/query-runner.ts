import type { Sql } from '@koyalite/contracts'
import type { QueryBounds } from './query-bounds'
import type { Reader } from './reader'
import type { ReaderPool } from './reader-pool'
import type { QueryRows } from './reader-protocol'
import { startRun } from './run-cost'
import { checkReads, columnNames, takeRows } from './run-query'
import { translateSqliteError } from './sqlite-error'

export interface QueryOptions {
  readonly timeoutMs: number
  /** More rows than these are not read, of each statement. */
  readonly maxRows?: number
  /**
   * `process`: in any case where it can be killed (statements that somebody typed). `here`: in any case on the event loop (the caller knows that the
   * statement reads few rows). Otherwise the plan and experience decide.
   */
  readonly where?: 'process' | 'here'
}

export interface QueryRunnerOptions {
  readonly reader: Reader
  readonly bounds: QueryBounds
  /** Null: there is no reader process, and everything runs on the event loop. */
  readonly pool: ReaderPool | null
  readonly lastSeq: () => number
}

/** Runs queries where they cannot hold anybody up. SPEC.md, section Q. */
export class QueryRunner {
  readonly #options: QueryRunnerOptions

  constructor(options: QueryRunnerOptions) {
    this.#options = options
  }

  async query(sql: Sql, options: QueryOptions): Promise<QueryRows> {
    const [result] = await this.readTogether([sql], options)
    return result as QueryRows
  }

  /** What each statement gives, all of one state of the database. */
  async readTogether(
    statements: readonly Sql[],
    { timeoutMs, maxRows = Number.POSITIVE_INFINITY, where }: QueryOptions,
  ): Promise<readonly QueryRows[]> {
    const { pool, bounds } = this.#options
    const learns = pool !== null && where === undefined
    try {
      // All are looked at, so that experience is gathered of each.
      const here = learns ? !statements.map((sql) => bounds.isBounded(sql)).includes(false) : where !== 'process'
      if (pool === null || here) return this.#here(statements, maxRows, learns)
    } catch (error) {
      throw translateSqliteError(error)
    }
    const runs = await pool.query({ statements, timeoutMs, maxRows })
    return runs.map(({ result, ms }, index) => {
      if (learns) bounds.learn((statements[index] as Sql).text, ms)
      return result
    })
  }

  #here(statements: readonly Sql[], maxRows: number, learns: boolean): readonly QueryRows[] {
    const { reader, bounds, lastSeq } = this.#options
    const read = () =>
      statements.map(({ text, params }) => {
        const cost = learns ? startRun() : null
        const statement = reader.statements.get(text)
        checkReads(statement)
        const rows = takeRows(statement, params, maxRows)
        if (cost !== null) bounds.learn(text, cost())
        return { ...rows, columns: columnNames(statement) }
      })
    const found = statements.length > 1 ? reader.together(read) : reader.alone(read)
    const seq = lastSeq()
    return found.map((rows) => ({ ...rows, seq }))
  }
}
