import type { Sql } from '@koyalite/contracts'
import { connect } from './driver/connection'
import type { Row } from './driver/driver'
import { StatementCache } from './driver/statement-cache'
import { createPrivateFile } from './files/private-file'

export interface SideDatabaseOptions {
  /** Absolute, or `:memory:`. */
  readonly path: string
  readonly key?: string | undefined
  /** Statements that make its tables where they are not there. */
  readonly tables: readonly string[]
}

/**
 * A small database beside the project's, for what may be lost in a crash of the machine and must not weigh on the writes of users: no change log, no sync
 * for each write, one connection. Its calls are synchronous.
 */
export interface SideDatabase {
  run(sql: Sql): number
  all(sql: Sql): Row[]
  /** All of it or nothing. */
  transaction(work: () => void): void
  /** Bytes of its pages in use. */
  size(): number
  close(): void
}

/** Throws the driver's error where the file is none, or the key is not its key. */
export function openSideDatabase({ path, key, tables }: SideDatabaseOptions): SideDatabase {
  if (path !== ':memory:') createPrivateFile(path)
  const connection = connect({ path, mode: 'write', ...(key !== undefined && { key }), cacheBytes: 2 * 1024 * 1024 })
  const statements = new StatementCache(connection, { size: 50 })
  connection.pragma('wal_autocheckpoint = 1000')
  connection.pragma('auto_vacuum = INCREMENTAL')
  for (const table of tables) connection.exec(table)
  const pragma = (name: string) => Number(connection.pragma(name, { simple: true }))
  return {
    run: ({ text, params }) => statements.get(text).run(params).changes,
    all: ({ text, params }) => statements.get(text).all(params),
    transaction(work) {
      connection.exec('BEGIN IMMEDIATE')
      try {
        work()
        connection.exec('COMMIT')
      } catch (error) {
        connection.exec('ROLLBACK')
        throw error
      }
    },
    size: () => (pragma('page_count') - pragma('freelist_count')) * pragma('page_size'),
    close: () => connection.close(),
  }
}
