import { closeSync, openSync, readSync } from 'node:fs'

/** `opaque`: encrypted, or no database at all; without the key nobody can tell. */
export type DatabaseFileKind = 'absent' | 'empty' | 'plain' | 'opaque'

/** Why a file cannot be opened with the key that was given, or without one. Nothing of the file was touched. */
export class DatabaseKeyError extends Error {
  override readonly name = 'DatabaseKeyError'
  readonly reason: 'key_missing' | 'key_wrong' | 'not_encrypted'

  constructor(path: string, reason: DatabaseKeyError['reason']) {
    super(`${path} ${MESSAGES[reason]}`)
    this.reason = reason
  }
}

const MESSAGES = {
  key_missing: 'is encrypted (or not a SQLite database), and no key is set',
  key_wrong: 'cannot be read with this key: the key is wrong, or the file is not a database',
  not_encrypted: 'is not encrypted, but a key is set',
} as const

const MAGIC = 'SQLite format 3\0'

/** What a database file is, by its first bytes. Not for one that this process has open: closing it would drop its locks. */
export function databaseFileKind(path: string): DatabaseFileKind {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent'
    throw error
  }
  try {
    const head = Buffer.alloc(MAGIC.length)
    const length = readSync(descriptor, head, 0, head.length, 0)
    if (length === 0) return 'empty'
    return head.toString('latin1') === MAGIC ? 'plain' : 'opaque'
  } finally {
    closeSync(descriptor)
  }
}

/** Throws a DatabaseKeyError where key and file cannot belong together. An encrypted file opened without its key could even be written to. */
export function requireKeyKind(path: string, key: string | undefined): void {
  const kind = databaseFileKind(path)
  if (kind === 'plain' && key !== undefined) throw new DatabaseKeyError(path, 'not_encrypted')
  if (kind === 'opaque' && key === undefined) throw new DatabaseKeyError(path, 'key_missing')
}
