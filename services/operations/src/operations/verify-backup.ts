import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseKeyError, examineFile } from '@koyalite/sqlite'
import { DATABASE_FILE, MANIFEST_FILE } from '../backup-manifest'
import { type FoundBackup, findBackup, unpackTar } from '../backup-place'
import { checksumOf, filesIn } from '../durable-files'

export interface VerifiedBackup {
  readonly backup: FoundBackup
  /** What is wrong with it; empty where nothing is. */
  readonly problems: readonly string[]
}

export interface VerifyBackup {
  /** What opens its database, if it is encrypted. */
  readonly key: string | undefined
  /** Where a backup in one file may be unpacked. */
  readonly scratch: string
}

/** Reads a backup whole: sizes and checksums of all files, and every page of its database. */
export async function verifyBackup(path: string, { key, scratch }: VerifyBackup): Promise<VerifiedBackup> {
  const backup = await findBackup(path)
  if (backup.form !== 'tar') return { backup, problems: await problemsOf(backup, backup.path, key) }
  const folder = await mkdtemp(join(scratch, 'verify-'))
  try {
    await unpackTar(backup.path, folder)
    return { backup, problems: await problemsOf(backup, folder, key) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** @param root the folder with the files, or the database itself where that is all */
async function problemsOf(backup: FoundBackup, root: string, key: string | undefined): Promise<readonly string[]> {
  const damaged = await damagedFiles(backup, root)
  if (damaged.length > 0) return damaged
  return databaseProblems(backup.form === 'database' ? root : join(root, DATABASE_FILE), key)
}

/** Files that are not as the manifest says. */
export async function damagedFiles({ manifest, form }: FoundBackup, root: string): Promise<readonly string[]> {
  if (manifest === null) return []
  const problems: string[] = []
  // Links are in none: they may lead anywhere, and what restores a backup does not follow them.
  const present = form === 'database' ? null : new Set(await filesIn(root))
  for (const { path, bytes, sha256 } of manifest.files) {
    const isPresent = present === null || present.has(path)
    const found = isPresent ? await checksumOf(present === null ? root : join(root, path)).catch(() => null) : null
    if (found === null) problems.push(`${path} is missing`)
    else if (found.bytes !== bytes) problems.push(`${path} has ${found.bytes} bytes instead of ${bytes}`)
    else if (found.sha256 !== sha256) problems.push(`${path} was changed: its checksum differs`)
  }
  const known = new Set([MANIFEST_FILE, ...manifest.files.map(({ path }) => path)])
  for (const path of present ?? []) if (!known.has(path)) problems.push(`${path} is not part of the backup`)
  return problems
}

export async function databaseProblems(path: string, key: string | undefined): Promise<readonly string[]> {
  try {
    const { integrity } = await examineFile(path, key)
    return integrity.slice(0, 5).map((line) => `the database is damaged: ${line}`)
  } catch (error) {
    if (error instanceof DatabaseKeyError) return [KEY_PROBLEMS[error.reason]]
    return [`the database cannot be read: ${error instanceof Error ? error.message : String(error)}`]
  }
}

const KEY_PROBLEMS = {
  key_missing: 'its database is encrypted, and database.encryption_key is not set',
  key_wrong: 'its database is encrypted with another key (or damaged)',
  not_encrypted: 'its database is not encrypted, but database.encryption_key is set',
} as const
