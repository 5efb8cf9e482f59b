import { existsSync, statSync } from 'node:fs'
import { chmod, mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { loadSettings, processEnvironment, readSecretReference } from '@koyalite/kernel'
import { adoptSchema } from '@koyalite/migrations'
import { SQL_FUNCTIONS } from '@koyalite/query'
import { adoptDatabase, type Finding } from '@koyalite/schema'
import {
  copyForeignFile,
  DatabaseKeyError,
  databaseFileKind,
  inspectDatabase,
  isSqliteFailure,
  openDatabase,
  removeSystemObjects,
} from '@koyalite/sqlite'
import { SERVICES, SETTINGS } from './compose'
import { ProjectError } from './project-error'

export interface AdoptedProject {
  /** The text of schema.yaml. */
  readonly schema: string
  readonly collections: readonly { readonly name: string; readonly table: string; readonly documents: number }[]
  /** What the schema cannot represent, and what should be known. */
  readonly findings: readonly Finding[]
  readonly encrypted: boolean
}

export interface AdoptionRequest {
  readonly from: string
  readonly dir: string
  /** `env:NAME` or `file:path`: what encrypts the file, where that is not the key of the settings. The copy keeps it. */
  readonly key?: string | undefined
}

/**
 * Copies a database of another program into the data folder of a new project, and makes it one of KoyaLite. The original stays as it is. Throws ProjectError
 * where that cannot be; then nothing is left behind.
 */
export async function adoptProject(request: AdoptionRequest): Promise<AdoptedProject> {
  const { from, dir } = request
  const path = join(dir, 'data', 'koyalite.db')
  if (!existsSync(from)) throw new ProjectError([`no such file: ${from}`])
  if (!statSync(from).isFile()) throw new ProjectError([`${from} is not a file`])
  if (existsSync(path)) throw new ProjectError([`${path} exists already; an existing database is never replaced`])
  const part = `${path}.adopting`
  try {
    const key = keyOf(request)
    await mkdir(dir, { recursive: true })
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await removeParts(part)
    await copyForeignFile(from, part, key)
    await chmod(part, 0o600)
    const found = inspectDatabase(part, key)
    if (found.damage.length > 0) throw new ProjectError([`${from} is damaged:`, ...found.damage, MEND])
    if (found.tables.some(({ name }) => name.toLowerCase() === '_koyalite_schema')) {
      throw new ProjectError([
        `${from} is already a KoyaLite database: copy its project folder with schema.yaml instead`,
      ])
    }
    const { removed, referring, forged } = removeSystemObjects(part, key)
    if (forged.length > 0) {
      throw new ProjectError([
        `${from} has schema entries that SQLite did not write (${forged.join(', ')}) and cannot be adopted`,
      ])
    }
    if (referring.length > 0) {
      const names = referring.join(', ')
      throw new ProjectError([`${from} has references to internal tables of KoyaLite (in ${names}): remove them first`])
    }
    const info = removed.length === 0 ? found : inspectDatabase(part, key)
    if (info.tables.length === 0 && info.views.length === 0) throw new ProjectError([`${from} has no tables`])
    const { text, schema, adopted, findings: others } = adoptDatabase(info)
    const findings = [...removed.map(leftOut), ...others]
    if (adopted.size === 0 && info.tables.length > 0) {
      const reasons = findings
        .filter(({ kind }) => kind === 'left')
        .map(({ subject, message }) => `${subject} ${message}`)
      throw new ProjectError([`${from} has no table that can be adopted:`, ...reasons])
    }
    const database = await openDatabase({ path: part, functions: SQL_FUNCTIONS, ...(key !== undefined && { key }) })
    try {
      await adoptSchema(database, { schema, adopted, systemTables: SERVICES.tables })
    } finally {
      await database.close()
    }
    await rename(part, path)
    const collections = [...schema.collections.values()].flatMap(({ name, table }) => {
      const documents = info.tables.find((candidate) => candidate.name === table)?.rows ?? 0
      return adopted.has(name) ? [{ name, table, documents }] : []
    })
    return { schema: text, collections, findings, encrypted: key !== undefined }
  } catch (error) {
    await removeParts(part)
    // Folders that are empty now are those that were made for it, or as good as those.
    for (const folder of [dirname(path), dir]) await rmdir(folder).catch(() => {})
    throw error instanceof ProjectError ? error : new ProjectError(reasons(from, error))
  }
}

/** Who made the file could otherwise be an operator here, or become one by a trigger. */
function leftOut({ type, name }: { readonly type: string; readonly name: string }): Finding {
  return {
    kind: 'left',
    subject: name,
    message: `is ${type === 'index' ? 'an' : 'a'} ${type} that belongs to KoyaLite or refers to its internal tables: it is skipped`,
  }
}

/** The key of the file: that which was named, or that of the settings if the file has one at all. */
function keyOf({ from, dir, key }: AdoptionRequest): string | undefined {
  const env = processEnvironment()
  if (key !== undefined) {
    const read = readSecretReference(key, { dir: process.cwd(), env })
    if ('problem' in read) throw new ProjectError([read.problem])
    return read.text
  }
  if (databaseFileKind(from) !== 'opaque') return undefined
  const loaded = loadSettings({ declaration: SETTINGS, dir, env, overrides: {} })
  return (loaded.ok && loaded.settings.database.encryption_key) || undefined
}

const MEND = 'Recover what you can with the SQLite shell: sqlite3 damaged.db .recover | sqlite3 saved.db'

const ADVICE: readonly { readonly prefix: string; readonly says: string; readonly advice?: string }[] = [
  { prefix: 'SQLITE_NOTADB', says: 'is not a SQLite database' },
  { prefix: 'SQLITE_CORRUPT', says: 'is damaged', advice: MEND },
  { prefix: 'SQLITE_BUSY', says: 'is locked by another program', advice: 'Try again when its transaction has ended.' },
  { prefix: 'SQLITE_CANTOPEN', says: 'cannot be read: this user may not open it' },
  { prefix: 'EACCES', says: 'cannot be read: this user may not open it' },
  { prefix: 'SQLITE_FULL', says: 'cannot be copied: the disk is full' },
  { prefix: 'ENOSPC', says: 'cannot be copied: the disk is full' },
]

function reasons(from: string, error: unknown): readonly string[] {
  if (error instanceof DatabaseKeyError) return [error.message, KEY_ADVICE[error.reason]]
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known =
    isSqliteFailure(error) || /^E[A-Z]+$/.test(code) ? ADVICE.find(({ prefix }) => code.startsWith(prefix)) : undefined
  if (!known) return [`${from} cannot be adopted: ${message}`]
  return [`${from} ${known.says} (${message})`, ...(known.advice === undefined ? [] : [known.advice])]
}

const KEY_ADVICE = {
  key_missing: 'If it is a SQLCipher 4 file, pass its key: --key env:NAME or --key file:/path/to/key.',
  key_wrong: 'Pass its key (--key env:NAME or --key file:/path/to/key). Only the SQLCipher 4 format is supported.',
  not_encrypted: 'Adopt it without a key, then encrypt the database of the project: koyalite db encrypt',
} as const

async function removeParts(part: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${part}${suffix}`, { force: true })
}
