import type { Sql } from '@koyalite/contracts'
import type { Statement } from './driver'
import type { QueryBounds } from './query-bounds'
import { type Consistently, directly } from './read-state'
import type { Reader } from './reader'
import type { ReaderPool } from './reader-pool'
import type { QueryRows } from './reader-protocol'
import { checkReads, takeRows } from './run-query'
import { translateSqliteError } from './sqlite-error'

export interface QueryOptions {
  readonly timeoutMs: number
  /** More rows than these are not read. */
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
  /** How a statement is run so that `lastSeq` is of the state it read. */
  readonly consistently?: Consistently
}

/** Runs a query where it cannot hold anybody up. SPEC.md, section Q. */
export class QueryRunner {
  readonly #options: QueryRunnerOptions

  constructor(options: QueryRunnerOptions) {
    this.#options = options
  }

  async query(sql: Sql, { timeoutMs, maxRows = Number.POSITIVE_INFINITY, where }: QueryOptions): Promise<QueryRows> {
    const { pool, bounds } = this.#options
    try {
      if (pool === null || where === 'here') return this.#here(sql, maxRows)
      if (where === undefined && bounds.isBounded(sql)) {
        const started = performance.now()
        const result = this.#here(sql, maxRows)
        bounds.learn(sql.text, performance.now() - started)
        return result
      }
    } catch (error) {
      throw translateSqliteError(error)
    }
    const { result, ms } = await pool.query({ sql, timeoutMs, maxRows })
    if (where === undefined) bounds.learn(sql.text, ms)
    return result
  }

  #here(sql: Sql, maxRows: number): QueryRows {
    const statement = this.#options.reader.statements.get(sql.text)
    checkReads(statement)
    const { lastSeq, consistently = directly } = this.#options
    const { rows, truncated } = consistently(() => takeRows(statement, sql.params, maxRows))
    return {
      rows,
      truncated,
      seq: lastSeq(),
      columns: columnNames(statement),
    }
  }
}

const names = new WeakMap<Statement, readonly string[]>()

function columnNames(statement: Statement): readonly string[] {
  let known = names.get(statement)
  if (known === undefined) {
    known = statement.columns().map(({ name }) => name)
    names.set(statement, known)
  }
  return known
}
