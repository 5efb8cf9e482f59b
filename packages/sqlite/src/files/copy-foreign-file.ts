import { chmodSync, closeSync, copyFileSync, existsSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import { type Connection, loadDriver } from '../driver/driver'
import { isSqliteFailure } from '../driver/sqlite-error'
import { unlock } from '../driver/unlock'
import { requireKeyKind } from './database-key'
import { keyErrorOf } from './idle-file'
import { syncFile } from './sync-folder'

/**
 * Copies a database file of another program, in one state, and leaves it as it is, although that program may be using it. What a crash of that program left
 * beside it (a WAL, a hot journal) is recovered in the copy. Throws DatabaseKeyError, or the driver's error if it is not a database or cannot be read.
 * @param to a file that is not there yet
 * @param key of an encrypted file (SQLCipher 4); the copy has it too
 */
export async function copyForeignFile(from: string, to: string, key?: string): Promise<void> {
  requireKeyKind(from, key)
  try {
    if (isUnusedWal(from)) copyWithLeftovers(from, to, key)
    else await copyByPages(from, to, key)
  } catch (error) {
    throw keyErrorOf(error, from, key)
  }
  syncFile(to)
}

async function copyByPages(from: string, to: string, key: string | undefined): Promise<void> {
  try {
    using source = open(from, { readonly: true, key })
    // The backup API cannot write a file with a key.
    if (key === undefined) await source.connection.backup(to)
    else source.connection.prepare('VACUUM INTO ?').run([to])
  } catch (error) {
    if (!needsRecovery(error)) throw error
    rmSync(to, { force: true })
    copyWithLeftovers(from, to, key)
  }
}

/** A reader cannot recover what a crash left: it would have to write. So nobody is writing, and the files can be copied as they are. */
function needsRecovery(error: unknown): boolean {
  return isSqliteFailure(error) && /^SQLITE_(READONLY|CANTOPEN)/.test(error.code)
}

function copyWithLeftovers(from: string, to: string, key: string | undefined): void {
  for (const suffix of ['', '-wal', '-journal']) {
    if (!existsSync(from + suffix)) continue
    copyFileSync(from + suffix, to + suffix)
    chmodSync(to + suffix, 0o600)
  }
  using copy = open(to, { readonly: false, key })
  copy.connection.pragma('journal_mode = DELETE')
}

function open(path: string, { readonly, key }: { readonly readonly: boolean; readonly key: string | undefined }) {
  const connection: Connection = new (loadDriver())(path, { readonly, fileMustExist: true, timeout: 5000 })
  if (key !== undefined) unlock(connection, key)
  return { connection, [Symbol.dispose]: () => void connection.close() }
}

/**
 * In WAL mode (bytes 18 and 19 of the header say 2) even a reader has to make a file beside the database, `-shm`, unless it is there: then whoever has it open
 * has made it. https://www.sqlite.org/fileformat.html
 */
function isUnusedWal(path: string): boolean {
  if (existsSync(`${path}-shm`)) return false
  if (existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0) return true
  const file = openSync(path, 'r')
  try {
    const header = new Uint8Array(20)
    return readSync(file, header, 0, 20, 0) === 20 && header[18] === 2 && header[19] === 2
  } finally {
    closeSync(file)
  }
}
