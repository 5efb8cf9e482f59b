import { statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cronProblem } from '@koyalite/kernel'
import { finishRestore, removeLeftovers } from '@koyalite/operations'
import {
  DatabaseInUseError,
  DatabaseKeyError,
  type DatabaseLock,
  isSqliteFailure,
  type LockHolder,
  lockDatabase,
} from '@koyalite/sqlite'
import type { Settings } from './compose'
import { ProjectError } from './project-error'

/** Makes this process the one that has the project's database. Throws ProjectError that says who else has it. */
export async function lockProject(
  databasePath: string,
  purpose: Pick<LockHolder, 'command' | 'serves'>,
): Promise<DatabaseLock> {
  const deadline = performance.now() + WAIT_MS
  for (;;) {
    try {
      return lockDatabase(databasePath, purpose)
    } catch (error) {
      // A server stays; a command ends by itself, mostly at once.
      const isWorthWaiting = error instanceof DatabaseInUseError && error.holder?.serves !== true && !isOurs(error)
      if (!isWorthWaiting || performance.now() >= deadline) throw openingError(error, databasePath)
      await Bun.sleep(RETRY_MS)
    }
  }
}

const WAIT_MS = 5_000
const RETRY_MS = 50

function isOurs({ pid }: DatabaseInUseError): boolean {
  return pid === process.pid
}

/** The folders that a project's files are in. Throws ProjectError. */
export async function makeFolders(dir: string, databasePath: string): Promise<void> {
  try {
    await mkdir(join(dir, 'data'), { recursive: true, mode: 0o700 })
    if (databasePath !== ':memory:') await mkdir(dirname(databasePath), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw openingError(error, databasePath)
  }
}

/** Finishes a restore or a change of key that was cut short. To be called with the lock, before the database is opened. */
export async function finishFiles(dir: string, databasePath: string): Promise<void> {
  if (databasePath === ':memory:') return
  await finishRestore({ dir, databasePath })
  await removeLeftovers(databasePath)
}

/** What is wrong with settings that only a service can judge. */
export function settingsProblems({ backups }: Settings): readonly string[] {
  const problem = backups.schedule === null ? null : cronProblem(backups.schedule)
  if (problem === null) return []
  return [`backups.schedule: ${problem}`]
}

/** A failure to open a database, with what to do about it. Anything else comes back as it is. */
export function openingError(error: unknown, databasePath: string): unknown {
  if (error instanceof DatabaseKeyError) return new ProjectError([error.message, KEY_ADVICE[error.reason]])
  if (error instanceof DatabaseInUseError) {
    const { holder } = error
    if (holder !== null && !holder.serves) {
      return new ProjectError([
        `${databasePath} is in use by '${holder.command}' (process ${holder.pid}, since ${holder.since}).`,
        'Try again when that command has finished.',
      ])
    }
    const who = error.pid === null ? 'another process' : `process ${error.pid}`
    const kill = error.pid === null ? '' : ` (Ctrl-C there, or: kill ${error.pid})`
    return new ProjectError([
      `${databasePath} is already served by ${who}.`,
      `Stop it first${kill}. Commands like koyalite db and koyalite keys work beside a running server.`,
    ])
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EISDIR' && isFolder(databasePath)) {
    return new ProjectError([
      `database.path is a folder, ${databasePath}: set it to a file, such as ${join(databasePath, 'koyalite.db')}`,
    ])
  }
  const bytes = Buffer.byteLength(databasePath)
  if (code === 'ENAMETOOLONG' || (bytes > MAX_PATH_BYTES && code === 'SQLITE_CANTOPEN')) {
    return new ProjectError([
      `The path of the database is too long (${bytes} bytes; SQLite takes ${MAX_PATH_BYTES}): ${databasePath}`,
      'Move the project to a shorter path, or set database.path to a shorter one.',
    ])
  }
  const advice = ADVICE.find(({ prefix }) => code.startsWith(prefix))
  const isOurs = isSqliteFailure(error) || code === 'EROFS' || code === 'EACCES' || code === 'ENOSPC'
  if (advice === undefined || !isOurs) return error
  return new ProjectError([`${databasePath} cannot be opened: ${(error as Error).message}`, advice.text])
}

/** Of SQLite's 512 what the names of its journals and of the lock need. */
const MAX_PATH_BYTES = 490

const KEY_ADVICE = {
  key_missing:
    'Set database.encryption_key (as ${VAR} or file:path in koyalite.yaml) or KOYALITE_DATABASE_ENCRYPTION_KEY to its key.',
  key_wrong:
    'Nothing was changed. Set database.encryption_key to the key the database was encrypted with. To change the key, run koyalite db rekey before changing the setting.',
  not_encrypted:
    "Encrypt it with 'koyalite db encrypt', or remove database.encryption_key (KOYALITE_DATABASE_ENCRYPTION_KEY).",
} as const

const READ_ONLY =
  'The file or its folder is not writable by this user, or the file system is mounted read-only. Nothing was changed.'
const ADVICE = [
  {
    prefix: 'SQLITE_CORRUPT',
    text: "The file is damaged. Keep a copy of the folder data/, run 'koyalite doctor', and restore a backup: koyalite db restore <backup>.",
  },
  {
    prefix: 'SQLITE_NOTADB',
    text: 'The file is not a database. Keep a copy of it, and restore a backup: koyalite db restore <backup>.',
  },
  { prefix: 'SQLITE_READONLY', text: READ_ONLY },
  { prefix: 'SQLITE_CANTOPEN', text: READ_ONLY },
  { prefix: 'EROFS', text: READ_ONLY },
  { prefix: 'EACCES', text: READ_ONLY },
  { prefix: 'SQLITE_FULL', text: 'The disk is full: free some space. No acknowledged write is lost.' },
  { prefix: 'SQLITE_IOERR', text: 'Reading or writing failed: check for a full or failing disk in the system log.' },
  { prefix: 'ENOSPC', text: 'The disk is full: free some space. No acknowledged write is lost.' },
] as const

/** `koyalite db import`: the words before the first option or path, never what may be a secret. */
export function ownCommandName(): string {
  const words = process.argv.slice(2, 4).filter((word) => /^[a-z][a-z-]*$/.test(word))
  return ['koyalite', ...words].join(' ')
}

/** Other files of a project can be folders too. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
