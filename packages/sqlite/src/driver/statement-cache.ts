import type { Connection, Statement } from './driver'
import { type StatementWatch, WatchedStatement } from './statement-watch'

/**
 * EXPLAIN is recompiled each time: it lists its program without looking whether the schema is still the one that it was compiled for, and would show
 * names that are gone from memory.
 */
const EXPLAIN = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*explain\b/i

export interface StatementCacheOptions {
  /** @default 500 */
  readonly size?: number
  readonly watch?: StatementWatch | null
}

/**
 * Prepared statements by their SQL text, bounded. Two generations instead of a list in order of use: a hit in the young one costs one
 * look-up; when it is full it becomes the old one, and what is not used until the next turn falls out. At most 2 × `size` are held.
 */
export class StatementCache {
  readonly #connection: Connection
  readonly #size: number
  readonly #watch: StatementWatch | null
  #young = new Map<string, Statement>()
  #old = new Map<string, Statement>()

  constructor(connection: Connection, { size = 500, watch = null }: StatementCacheOptions = {}) {
    this.#connection = connection
    this.#size = size
    this.#watch = watch
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** The statement for this text; its rows are arrays. Throws the driver's error if the text is not a single statement. */
  get(text: string): Statement {
    const statement = this.#young.get(text) ?? this.#promote(text)
    const listener = this.#watch?.listener ?? null
    return listener === null ? statement : new WatchedStatement(statement, listener)
  }

  /** Discards all statements: after a change of the schema. */
  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
  }

  #promote(text: string): Statement {
    let statement = this.#old.get(text)
    if (statement === undefined) {
      statement = this.#connection.prepare(text)
      if (statement.reader) statement.raw(true)
      if (EXPLAIN.test(text)) return statement
    } else {
      this.#old.delete(text)
    }
    if (this.#young.size >= this.#size) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(text, statement)
    return statement
  }
}
