import { type Sql, WorkExhaustedError, withWorkBudget } from '@koyalite/contracts'
import type { StatementWatch } from '../driver/statement-watch'
import type { QueryBounds } from './query-bounds'
import type { CachedRows, ReadCache, ReadStatement } from './read-cache'
import type { Reader } from './reader'
import type { ReaderPool } from './reader-pool'
import type { QueryRows, QueryRun } from './reader-protocol'
import { startRun } from './run-cost'
import { checkReads, columnNames, takeRows } from './run-query'

export interface QueryOptions {
  readonly timeoutMs: number
  /** More rows than these are not read, of each statement. */
  readonly maxRows?: number
  /**
   * `process`: in any case where it can be killed (statements that somebody typed). `here`: in any case on the event loop (the caller knows that the
   * statement reads few rows). Otherwise the plan and experience decide.
   */
  readonly where?: 'process' | 'here'
  /** Nobody waits for the result. In a process, other queries come first, and never find all processes occupied. */
  readonly background?: true
  /** Aborted when nobody waits for the result any more: a process that works on it is killed. */
  readonly signal?: AbortSignal
}

export interface QueryRunnerOptions {
  readonly reader: Reader
  readonly bounds: QueryBounds
  /** Null: there is no reader process, and everything runs on the event loop. */
  readonly pool: ReaderPool | null
  readonly lastSeq: () => number
  /** Null: nothing is cached. */
  readonly cache: ReadCache | null
  readonly watch: StatementWatch
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

  /** The result of each statement, all from one snapshot. */
  async readTogether(statements: readonly ReadStatement[], options: QueryOptions): Promise<readonly QueryRows[]> {
    const { pool, bounds } = this.#options
    const { maxRows = Number.POSITIVE_INFINITY, where } = options
    const learns = pool !== null && where === undefined
    try {
      const isHere = (sql: ReadStatement) => this.#cached(sql, maxRows) !== undefined || bounds.isBounded(sql)
      // All are looked at, so that experience is gathered of each.
      const here = learns ? !statements.map(isHere).includes(false) : where !== 'process'
      if (pool === null || here) return withWorkBudget(() => this.#here(statements, maxRows, learns))
    } catch (error) {
      // What our own functions do for each row was too much for here, but not for a process that can be killed.
      const goesOn = error instanceof WorkExhaustedError && pool !== null && where !== 'here'
      if (!goesOn) throw this.#options.reader.failure(error)
      for (const { text } of statements) bounds.exhausted(text)
    }
    return this.#apart(pool, statements, options)
  }

  #here(statements: readonly ReadStatement[], maxRows: number, learns: boolean): readonly QueryRows[] {
    const { reader, lastSeq } = this.#options
    const read = () => statements.map((sql) => this.#cached(sql, maxRows) ?? this.#run(sql, maxRows, learns))
    const isAlone = statements.length === 1 && !statements[0]?.cacheable
    const found = isAlone ? reader.alone(read) : reader.together(read)
    const seq = lastSeq()
    return found.map((rows) => ({ ...rows, seq }))
  }

  #run(sql: ReadStatement, maxRows: number, learns: boolean): CachedRows {
    const { reader, bounds, cache } = this.#options
    const cost = learns ? startRun() : null
    const statement = reader.statements.get(sql.text)
    checkReads(statement)
    const rows = { ...takeRows(statement, sql.params, maxRows), columns: columnNames(statement) }
    if (cost !== null) bounds.learn(sql.text, cost())
    if (sql.cacheable) cache?.set(sql, rows, cache.version())
    return rows
  }

  async #apart(
    pool: ReaderPool,
    statements: readonly ReadStatement[],
    { timeoutMs, maxRows = Number.POSITIVE_INFINITY, where, background, signal }: QueryOptions,
  ): Promise<readonly QueryRows[]> {
    const { bounds, cache, watch } = this.#options
    const before = cache?.version()
    const runs = await pool.query({ statements, timeoutMs, maxRows, isBackground: background === true, signal })
    for (const [index, sql] of statements.entries()) {
      const { result, ms } = runs[index] as QueryRun
      if (where === undefined) bounds.learn(sql.text, ms)
      watch.listener?.({ text: sql.text, ms, rows: result.rows.length })
      // The process read what was committed in between, if anything was.
      if (sql.cacheable && cache?.version() === before) cache?.set(sql, result, before)
    }
    return runs.map(({ result }) => result)
  }

  #cached(sql: ReadStatement, maxRows: number): CachedRows | undefined {
    const rows = sql.cacheable && this.#options.cache?.get(sql)
    return rows && rows.rows.length <= maxRows ? rows : undefined
  }
}
