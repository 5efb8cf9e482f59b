import { failureOf } from '../driver/damage'
import type { Connection } from '../driver/driver'
import { retryWhileBusy } from '../driver/retry-while-busy'
import { brokenReferences, newlyBroken } from '../files/broken-references'
import type { AfterCommit } from './after-commit'
import type { Sync, Tx } from './tx'
import type { WriteResult } from './write-queue'
import type { Writer } from './writer'

export interface MigrateOptions {
  readonly connection: Connection
  /** Another connection, which sees what was committed before; the same one for a database in memory. */
  readonly committed: Connection
  readonly writer: Writer
  /** What sorts may not reach the disk as: an index of a large table is then made in memory. */
  readonly encrypted: boolean
  readonly busyTimeoutMs: number
}

/**
 * Runs `fn` in a transaction of its own with foreign keys unenforced, so that tables can be rebuilt, and commits only if no reference is broken that was
 * not before. To be called inside `writer.exclusive`: the pragma has no effect inside a transaction.
 */
export async function migrateAlone<T>(
  options: MigrateOptions,
  fn: (tx: Tx) => Sync<T>,
): Promise<WriteResult<T> & { readonly afterCommit: AfterCommit | null }> {
  const { connection, committed, writer, busyTimeoutMs, encrypted } = options
  connection.pragma('foreign_keys = OFF')
  if (!encrypted) connection.pragma('temp_store = FILE')
  try {
    await retryWhileBusy(busyTimeoutMs, () => connection.exec('BEGIN IMMEDIATE'))
    const before = committed === connection ? brokenReferences(connection) : null
    const result = writer.runAlone(fn)
    if (!connection.inTransaction) throw new Error('a statement ended the transaction of the migration')
    const after = brokenReferences(connection)
    const broken = after.size === 0 ? [] : newlyBroken(before ?? brokenReferences(committed), after)
    if (broken.length > 0) {
      throw new Error(`the migration would leave references to missing documents: ${broken.slice(0, 5).join(', ')}`)
    }
    connection.exec('COMMIT')
    return result
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK')
    throw failureOf(connection, error)
  } finally {
    // Steps of a migration set the second one; like the first it outlives a ROLLBACK.
    connection.pragma('legacy_alter_table = OFF')
    connection.pragma('foreign_keys = ON')
    connection.pragma('temp_store = MEMORY')
    writer.statements.clear()
  }
}
