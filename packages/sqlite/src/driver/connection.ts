import type { SqlValue } from '@koyalite/contracts'
import { type Connection, loadDriver } from './driver'
import { unlock } from './unlock'

/** A function of the application that SQL may call. It must depend on its arguments alone. */
export interface SqlFunction {
  readonly name: string
  readonly arity: number
  readonly fn: (...args: SqlValue[]) => SqlValue
}

export interface ConnectOptions {
  readonly path: string
  readonly mode: 'write' | 'read'
  /** Passphrase of an encrypted file (SQLCipher 4 format), or the key derived from it. */
  readonly key?: string | undefined
  readonly functions?: readonly SqlFunction[]
  /** Upper bound of this connection's page cache. (Mapping the file into memory instead was measured to be slower, and is not possible with a key.) */
  readonly cacheBytes?: number
}

const DEFAULT_CACHE_BYTES = 8 * 1024 * 1024

/**
 * Opens a connection with the settings that every connection of ours has. Throws the driver's error if the file is not a database, or the
 * key is not its key.
 */
export function connect(options: ConnectOptions): Connection {
  const { path, mode } = options
  const Driver = loadDriver()
  // Timeout 0: a sleeping busy handler would block the event loop. Callers that need to wait retry asynchronously.
  const connection = new Driver(path, { timeout: 0, readonly: mode === 'read', fileMustExist: mode === 'read' })
  try {
    if (options.key !== undefined) unlock(connection, options.key)
    // Sorts and temporary tables of an encrypted database must not reach the disk in the clear. A writer keeps the pages that a savepoint may have to
    // put back there too: as a file, they cost each write a third more, though they never reach the disk.
    if (options.key !== undefined || mode === 'write') connection.pragma('temp_store = MEMORY')
    if (mode === 'write' && path !== ':memory:') {
      connection.pragma('journal_mode = WAL')
      connection.pragma('wal_autocheckpoint = 0')
    }
    connection.pragma('synchronous = NORMAL')
    connection.pragma('foreign_keys = ON')
    // REPLACE deletes rows; without this their delete triggers do not fire and the change log would miss them.
    connection.pragma('recursive_triggers = ON')
    // Names in views, triggers and defaults of an adopted file cannot call our functions.
    connection.pragma('trusted_schema = OFF')
    connection.pragma('cell_size_check = ON')
    connection.pragma(`cache_size = -${Math.round((options.cacheBytes ?? DEFAULT_CACHE_BYTES) / 1024)}`)
    if (mode === 'read') connection.pragma('query_only = ON')
    for (const { name, arity, fn } of options.functions ?? []) defineFunction(connection, { name, arity, fn })
    // Reads the first page: a file that is not a database, or a wrong key, fails here and not in the first request.
    connection.pragma('schema_version')
  } catch (error) {
    connection.close()
    throw error
  }
  return connection
}

function defineFunction(connection: Connection, { name, arity, fn }: SqlFunction): void {
  // The driver takes the number of arguments from the function's length.
  const exact = Object.defineProperty((...args: SqlValue[]) => fn(...args), 'length', { value: arity })
  connection.function(name, { deterministic: true, directOnly: true }, exact)
}
