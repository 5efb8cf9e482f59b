import type { PlanStep, Sql, SqlValue } from '@koyalite/contracts'
import { connect, type SqlFunction } from '../driver/connection'
import type { Connection, Row, StatementColumn } from '../driver/driver'
import { StatementCache } from '../driver/statement-cache'
import { stepsOf } from '../readers/planner'
import type { Tx } from '../writer/tx'
import { NO_PARAMS, WriterTx } from '../writer/tx'

/** An instruction of a compiled statement, as EXPLAIN shows it. */
export interface Instruction {
  readonly opcode: string
  readonly p1: number
  readonly p2: number
  readonly p3: number
  readonly p4: string
  readonly p5: number
}

/** A compiled statement; values are bound to nothing. */
export interface ConsoleStatement {
  /** Empty where it returns no rows. */
  readonly columns: readonly StatementColumn[]
  /** It changes no database file, says SQLite. */
  readonly isReadonly: boolean
  /** Integers are bigint. */
  rows(): IterableIterator<Row>
  /** Runs one without rows to its end. Returns how many rows it changed itself: triggers and cascades are not counted. */
  run(): number
}

export interface SqlConsoleOptions {
  readonly path: string
  readonly key?: string | undefined
  /** `read`: the file is opened for reading only, and nothing can make it otherwise. */
  readonly mode: 'read' | 'write'
  readonly functions: readonly SqlFunction[]
}

/**
 * A connection for statements that people write: for a process of its own, which can be killed. It says of a statement what it would do before
 * anything runs; what is allowed is for the caller to decide. Methods throw the driver's errors.
 */
export interface SqlConsole {
  /** Throws where the text is not exactly one statement. A PRAGMA may take effect here already: these must be kept away. */
  prepare(text: string): ConsoleStatement
  /** The program of a statement, and those of the triggers and cascades that it may start; each begins with `Init`, the statement's own is the first. */
  programs(text: string): readonly (readonly Instruction[])[]
  plan(text: string): readonly PlanStep[]
  all(sql: Sql): Row[]
  exec(text: string): void
  /** For what takes a write handle: valid within a transaction, which the caller begins and ends. */
  readonly tx: Tx
  close(): void
}

export function openConsole({ path, key, mode, functions }: SqlConsoleOptions): SqlConsole {
  const connection = connect({ path, mode, key, functions })
  const statements = new StatementCache(connection, { size: 50 })
  const tx = mode === 'write' ? new WriterTx(connection, statements) : null
  tx?.begin()
  return {
    prepare: (text) => prepare(connection, text),
    programs: (text) => programsOf(connection.prepare(`EXPLAIN ${text}`).raw(true).all(NO_PARAMS)),
    plan: (text) => stepsOf(connection.prepare(`EXPLAIN QUERY PLAN ${text}`).raw(true).all(NO_PARAMS)),
    all: ({ text, params }) => statements.get(text).all(params),
    exec: (text) => void connection.exec(text),
    get tx() {
      if (tx === null) throw new Error('a console for reading has no write handle')
      return tx
    },
    close: () => void connection.close(),
  }
}

function prepare(connection: Connection, text: string): ConsoleStatement {
  const statement = connection.prepare(text).safeIntegers(true)
  const { reader, readonly: isReadonly } = statement
  const raw = reader ? statement.raw(true) : statement
  return {
    columns: reader ? raw.columns() : [],
    isReadonly,
    rows: () => raw.iterate(NO_PARAMS),
    run: () => Number(raw.run(NO_PARAMS).changes),
  }
}

function programsOf(rows: readonly Row[]): readonly (readonly Instruction[])[] {
  const programs: Instruction[][] = []
  for (const [address, opcode, p1, p2, p3, p4, p5] of rows) {
    if (address === 0) programs.push([])
    const text = (value: SqlValue | undefined) => (value === null || value === undefined ? '' : String(value))
    programs.at(-1)?.push({
      opcode: String(opcode),
      p1: Number(p1),
      p2: Number(p2),
      p3: Number(p3),
      p4: text(p4),
      p5: Number(p5),
    })
  }
  return programs
}
