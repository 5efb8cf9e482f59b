import type { Connection } from './driver'
import { retryWhileBusy } from './retry-while-busy'
import { translateSqliteError } from './sqlite-error'
import type { Sync, Tx } from './tx'
import type { WriteResult } from './write-queue'
import type { Writer } from './writer'

export interface MigrateOptions {
  readonly connection: Connection
  readonly writer: Writer
  readonly busyTimeoutMs: number
}

/**
 * Runs `fn` in a transaction of its own with foreign keys unenforced, so that tables can be rebuilt, and commits only if every reference holds
 * afterwards. To be called inside `writer.exclusive`: the pragma has no effect inside a transaction.
 */
export async function migrateAlone<T>(options: MigrateOptions, fn: (tx: Tx) => Sync<T>): Promise<WriteResult<T>> {
  const { connection, writer, busyTimeoutMs } = options
  connection.pragma('foreign_keys = OFF')
  try {
    await retryWhileBusy(busyTimeoutMs, () => connection.exec('BEGIN IMMEDIATE'))
    const result = writer.runAlone(fn)
    if (!connection.inTransaction) throw new Error('a statement ended the transaction of the migration')
    checkReferences(connection)
    connection.exec('COMMIT')
    return result
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK')
    throw translateSqliteError(error)
  } finally {
    connection.pragma('foreign_keys = ON')
    writer.statements.clear()
  }
}

function checkReferences(connection: Connection): void {
  const broken = connection
    .prepare('SELECT "table", rowid, parent FROM pragma_foreign_key_check LIMIT 5')
    .raw(true)
    .all([])
  if (broken.length === 0) return
  const rows = broken.map(([table, rowid, parent]) => `${table} (row ${rowid ?? '?'}) → ${parent}`)
  throw new Error(`the migration would leave references to missing documents: ${rows.join(', ')}`)
}
