import { existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Connection, loadDriver } from '../driver/driver'
import { isBusy } from '../driver/sqlite-error'
import { createPrivateFile } from './private-file'

/** Who has a database, as it said itself. */
export interface LockHolder {
  readonly pid: number
  /** `koyalite start` */
  readonly command: string
  /** It serves until somebody stops it; anything else ends by itself. */
  readonly serves: boolean
  /** ISO time. */
  readonly since: string
}

/** Another process has the database. `holder` is null where it did not say who it is, or has just ended. */
export class DatabaseInUseError extends Error {
  override readonly name = 'DatabaseInUseError'
  readonly pid: number | null
  readonly holder: LockHolder | null

  constructor(path: string, pid: number | null, holder: LockHolder | null) {
    const process = pid === null ? 'another process' : `process ${pid}`
    super(`${path} is in use by ${holder === null ? process : `'${holder.command}' (${process})`}`)
    this.pid = pid
    this.holder = holder
  }
}

export interface DatabaseLock {
  release(): void
}

/**
 * Makes this process the only one that uses the database, until it releases the lock or ends in whatever way: the lock is one of the operating
 * system, on `<path>.lock`. Programs that open the database itself are not hindered. Throws DatabaseInUseError.
 */
export function lockDatabase(path: string, purpose: Pick<LockHolder, 'command' | 'serves'> = UNNAMED): DatabaseLock {
  // A database in memory is this process's anyway.
  if (path === ':memory:') return { release() {} }
  // Two names of one file must lead to one lock.
  const lockPath = `${existsSync(path) ? realpathSync(path) : resolve(path)}.lock`
  if (held.has(lockPath)) throw new DatabaseInUseError(path, process.pid, holderOf(lockPath, process.pid))
  createPrivateFile(lockPath)
  const connection = new (loadDriver())(lockPath, { timeout: 0 })
  try {
    connection.pragma('journal_mode = MEMORY')
    connection.pragma('synchronous = OFF')
    connection.pragma('locking_mode = EXCLUSIVE')
    // Taking the lock and saying who has it is one step; in this locking mode the lock stays after the commit.
    connection.pragma(`user_version = ${process.pid}`)
    writeHolder(lockPath, { pid: process.pid, ...purpose, since: new Date().toISOString() })
  } catch (error) {
    connection.close()
    if (!isBusy(error)) throw error
    const pid = pidIn(lockPath)
    throw new DatabaseInUseError(path, pid, holderOf(lockPath, pid))
  }
  held.add(lockPath)
  return { release: () => releaseLock(lockPath, connection) }
}

const UNNAMED = { command: 'koyalite', serves: false } as const

/** The locks of this process: to look into one of their files as `pidIn` does would drop them. */
const held = new Set<string>()

function releaseLock(lockPath: string, connection: Connection): void {
  if (!connection.open) return
  rmSync(infoPath(lockPath), { force: true })
  connection.close()
  held.delete(lockPath)
}

const USER_VERSION_OFFSET = 60

/** SQLite cannot read the file while it is locked. Reading it plainly drops locks of this process only, and it has none on it. */
function pidIn(lockPath: string): number | null {
  const header = readFileSync(lockPath)
  return header.length < USER_VERSION_OFFSET + 4 ? null : header.readUInt32BE(USER_VERSION_OFFSET) || null
}

/** Beside the lock, whose own file must not be opened. It says nothing by itself: only of the process that has the lock it is true. */
function infoPath(lockPath: string): string {
  return `${lockPath}.json`
}

function writeHolder(lockPath: string, holder: LockHolder): void {
  const draft = `${infoPath(lockPath)}.${process.pid}`
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 })
  renameSync(draft, infoPath(lockPath))
}

function holderOf(lockPath: string, pid: number | null): LockHolder | null {
  try {
    const holder = JSON.parse(readFileSync(infoPath(lockPath), 'utf8')) as LockHolder
    const isWhole = typeof holder.command === 'string' && typeof holder.since === 'string'
    return isWhole && holder.pid === pid ? holder : null
  } catch {
    // It has just begun, or just ended.
    return null
  }
}
