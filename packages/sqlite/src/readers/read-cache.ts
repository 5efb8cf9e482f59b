import type { Sql } from '@koyalite/contracts'
import type { Connection, Statement } from '../driver/driver'
import { NO_PARAMS } from '../writer/tx'
import type { QueryRows } from './reader-protocol'

/** A statement to be read with others. */
export interface ReadStatement extends Sql {
  /** The result is cached until the next commit: for statements that read many rows, return few, and run often. It must depend on rows and values alone. */
  readonly cacheable?: true
}

export type CachedRows = Omit<QueryRows, 'seq'>

const MAX_READS = 1_000
/** Characters of one result: all that are cached are at most a thousand times as many. */
const MAX_TEXT = 16_000

/** What statements gave, as long as the database is in the state that they read. PRAGMA data_version (1 µs) says whether anybody else has committed. */
export class ReadCache {
  readonly #version: Statement
  #at: unknown = null
  #reads = new Map<string, CachedRows>()

  /** @param connection one that never writes: of its own commits it would not hear */
  constructor(connection: Connection) {
    this.#version = connection.prepare('PRAGMA data_version').raw(true)
  }

  /** Of the state that is committed now, or that the connection's transaction reads. */
  version(): unknown {
    return this.#version.get(NO_PARAMS)?.[0]
  }

  get(sql: Sql): CachedRows | undefined {
    const version = this.version()
    if (version !== this.#at) {
      this.#at = version
      this.#reads = new Map()
      return undefined
    }
    return this.#reads.size === 0 ? undefined : this.#reads.get(keyOf(sql))
  }

  /** @param version of the state that was read */
  set(sql: Sql, rows: CachedRows, version: unknown): void {
    if (version !== this.#at || rows.truncated || isLong(rows)) return
    if (this.#reads.size >= MAX_READS) this.#reads = new Map()
    this.#reads.set(keyOf(sql), rows)
  }
}

function isLong({ rows }: CachedRows): boolean {
  let length = 0
  for (const row of rows) {
    for (const value of row) length += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8
    if (length > MAX_TEXT) return true
  }
  return false
}

/** No two statements share one: what one caller may count is not for another. */
function keyOf({ text, params }: Sql): string {
  return JSON.stringify([text, ...params.map((value) => [typeof value, String(value)])])
}
