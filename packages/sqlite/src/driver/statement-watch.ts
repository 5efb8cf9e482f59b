import type { SqlValue } from '@koyalite/contracts'
import type { Row, RunResult, Statement, StatementColumn } from './driver'

/** A statement that has run, as text with parameters in place of values. */
export interface StatementRun {
  readonly text: string
  readonly ms: number
  /** That it returned or changed. */
  readonly rows: number
}

/** Is called where the statement ran, in the asynchronous context of whoever asked for it. */
export type StatementListener = (run: StatementRun) => void

/** Whether somebody wants to know which statements run. While nobody does, this costs each of them one look. */
export class StatementWatch {
  listener: StatementListener | null = null
}

/** A prepared statement that tells how long each run took. */
export class WatchedStatement implements Statement {
  readonly #statement: Statement
  readonly #listener: StatementListener

  constructor(statement: Statement, listener: StatementListener) {
    this.#statement = statement
    this.#listener = listener
  }

  get source(): string {
    return this.#statement.source
  }

  get reader(): boolean {
    return this.#statement.reader
  }

  get readonly(): boolean {
    return this.#statement.readonly
  }

  run(params: readonly SqlValue[]): RunResult {
    return this.#timed(
      () => this.#statement.run(params),
      ({ changes }) => changes,
    )
  }

  get(params: readonly SqlValue[]): Row | undefined {
    return this.#timed(
      () => this.#statement.get(params),
      (row) => (row === undefined ? 0 : 1),
    )
  }

  all(params: readonly SqlValue[]): Row[] {
    return this.#timed(
      () => this.#statement.all(params),
      (rows) => rows.length,
    )
  }

  *iterate(params: readonly SqlValue[]): IterableIterator<Row> {
    const started = performance.now()
    let rows = 0
    try {
      for (const row of this.#statement.iterate(params)) {
        rows++
        yield row
      }
    } finally {
      this.#tell(started, rows)
    }
  }

  raw(on: boolean): Statement {
    return this.#statement.raw(on)
  }

  safeIntegers(on: boolean): Statement {
    return this.#statement.safeIntegers(on)
  }

  columns(): StatementColumn[] {
    return this.#statement.columns()
  }

  #timed<T>(run: () => T, rowsOf: (result: T) => number): T {
    const started = performance.now()
    let rows = 0
    try {
      const result = run()
      rows = rowsOf(result)
      return result
    } finally {
      // One that has failed took its time too.
      this.#tell(started, rows)
    }
  }

  #tell(started: number, rows: number): void {
    const { source, reader, readonly } = this.#statement
    // Beginning and ending a transaction is nobody's question.
    if (!reader && readonly) return
    this.#listener({ text: source, ms: performance.now() - started, rows })
  }
}
