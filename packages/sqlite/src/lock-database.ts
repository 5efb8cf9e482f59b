import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Connection, loadDriver } from './driver'
import { createPrivateFile } from './private-file'
import { isBusy } from './sqlite-error'

/** Another process serves the database. `pid` is null where it could not be read. */
export class DatabaseInUseError extends Error {
  override readonly name = 'DatabaseInUseError'
  readonly pid: number | null

  constructor(path: string, pid: number | null) {
    super(`${path} is already served by ${pid === null ? 'another process' : `process ${pid}`}; stop that one first`)
    this.pid = pid
  }
}

export interface DatabaseLock {
  release(): void
}

/**
 * Makes this process the only one that serves the database, until it releases the lock or ends in whatever way: the lock is one of the operating
 * system, on `<path>.lock`. Programs that open the database itself are not hindered. Throws DatabaseInUseError.
 */
export function lockDatabase(path: string): DatabaseLock {
  // A database in memory is this process's anyway.
  if (path === ':memory:') return { release() {} }
  // Two names of one file must lead to one lock.
  const lockPath = `${existsSync(path) ? realpathSync(path) : resolve(path)}.lock`
  if (held.has(lockPath)) throw new DatabaseInUseError(path, process.pid)
  createPrivateFile(lockPath)
  const connection = new (loadDriver())(lockPath, { timeout: 0 })
  try {
    connection.pragma('journal_mode = MEMORY')
    connection.pragma('synchronous = OFF')
    connection.pragma('locking_mode = EXCLUSIVE')
    // Taking the lock and saying who has it is one step; in this locking mode the lock stays after the commit.
    connection.pragma(`user_version = ${process.pid}`)
  } catch (error) {
    connection.close()
    if (isBusy(error)) throw new DatabaseInUseError(path, holder(lockPath))
    throw error
  }
  held.add(lockPath)
  return { release: () => releaseLock(lockPath, connection) }
}

/** The locks of this process: to look into one of their files as `holder` does would drop them. */
const held = new Set<string>()

function releaseLock(lockPath: string, connection: Connection): void {
  if (!connection.open) return
  connection.close()
  held.delete(lockPath)
}

const USER_VERSION_OFFSET = 60

/** SQLite cannot read the file while it is locked. Reading it plainly drops locks of this process only, and it has none on it. */
function holder(lockPath: string): number | null {
  const header = readFileSync(lockPath)
  return header.length < USER_VERSION_OFFSET + 4 ? null : header.readUInt32BE(USER_VERSION_OFFSET) || null
}
