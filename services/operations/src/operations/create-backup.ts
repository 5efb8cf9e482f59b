import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '@koyalite/contracts'
import { serializeSchema } from '@koyalite/schema'
import { examineFile, isDamage } from '@koyalite/sqlite'
import { type BackupManifest, DATABASE_FILE, MANIFEST_FILE } from '../backup-manifest'
import { type FoundBackup, formOf, packFolder } from '../backup-place'
import { damagedError } from '../damaged-error'
import {
  checksumOf,
  copyPrivately,
  filesIn,
  isMissing,
  publish,
  syncPath,
  syncTree,
  timestampName,
  writePrivately,
} from '../durable-files'
import type { OperationsContext } from '../operations-context'

export interface CreateBackup {
  /** A folder that exists: the backup gets a name in it. Otherwise the backup itself. Default: a name in `backups.dir`. */
  readonly to?: string
  /** Beginning of names that are made. */
  readonly prefix?: string
}

/** Folders of the project that belong to a backup, beside the database. */
export const PROJECT_FOLDERS = ['keys', 'files'] as const

/** Unfinished backups have this in their name, and are removed by the next one. */
const PART = '.part-'

/** Backups of one process are made one after the other: each removes what a killed one left. */
let queue: Promise<unknown> = Promise.resolve()

/** Copies database, keys and files as they are now, while reads and writes continue. A backup that has its final name is complete and durable. */
export function createBackup(context: OperationsContext, options: CreateBackup = {}): Promise<FoundBackup> {
  const made = queue.then(() => create(context, options))
  queue = made.catch(() => {})
  return made
}

async function create(context: OperationsContext, { to, prefix = 'koyalite' }: CreateBackup): Promise<FoundBackup> {
  try {
    return await createAt(context, await targetOf(context, to, prefix))
  } catch (error) {
    throw storageError(error, resolve(context.dir, to ?? context.settings.backups.dir))
  }
}

async function createAt(context: OperationsContext, target: string): Promise<FoundBackup> {
  const form = formOf(target)
  const part = `${target}${PART}${randomBytes(4).toString('hex')}`
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await removeLeftovers(target)
  try {
    await mkdir(part, { mode: 0o700 })
    const manifest = await fill(part, context, form !== 'database')
    await writePrivately(join(part, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`)
    await syncTree(part)
    if (form === 'folder') await publish(part, target)
    else if (form === 'tar') await publishTar(part, target)
    else await publishDatabase(part, target)
    return { path: target, form, manifest }
  } finally {
    await rm(part, { recursive: true, force: true })
    await rm(`${part}.tar`, { force: true })
  }
}

async function targetOf(context: OperationsContext, to: string | undefined, prefix: string): Promise<string> {
  const wanted = resolve(context.dir, to ?? context.settings.backups.dir)
  const found = await stat(wanted).catch((error: unknown) => {
    if (isMissing(error)) return null
    throw error
  })
  if (to !== undefined && found === null && !to.endsWith('/')) return wanted
  if (found !== null && !found.isDirectory()) {
    throw new AppError('CONFLICT', `${wanted} already exists; backups never overwrite files. Choose another name.`)
  }
  if (found !== null && existsSync(join(wanted, MANIFEST_FILE))) {
    throw new AppError('CONFLICT', `${wanted} is already a backup; backups never overwrite files. Choose another name.`)
  }
  const name = `${prefix}-${timestampName(Date.now())}`
  for (let n = 1; ; n++) {
    const path = join(wanted, n === 1 ? name : `${name}-${n}`)
    if (!existsSync(path)) return path
  }
}

async function fill(folder: string, context: OperationsContext, withFolders: boolean): Promise<BackupManifest> {
  const { database, settings, schema, dir, version } = context
  const file = join(folder, DATABASE_FILE)
  await database.snapshot(file).catch(async (error: unknown) => {
    throw isDamage(error) ? damagedError(await database.verify()) : error
  })
  if (withFolders) for (const name of PROJECT_FOLDERS) await copyPrivately(join(dir, 'data', name), join(folder, name))
  // A copy of a damaged database must not push good backups out of the retention.
  const key = settings.database.encryption_key ?? undefined
  const { epoch, seq, integrity } = await examineFile(file, key)
  if (integrity.length > 0) {
    throw damagedError(integrity)
  }
  const files = []
  for (const path of await filesIn(folder)) files.push({ path, ...(await checksumOf(join(folder, path))) })
  return {
    format: 1,
    version,
    name: settings.name,
    created_at: new Date().toISOString(),
    epoch,
    seq,
    encrypted: key !== undefined,
    schema: new Bun.CryptoHasher('sha256').update(serializeSchema(schema)).digest('hex'),
    files,
  }
}

async function publishTar(part: string, target: string): Promise<void> {
  await packFolder(part, `${part}.tar`)
  await publish(`${part}.tar`, target)
}

async function publishDatabase(part: string, target: string): Promise<void> {
  // A manifest alone is not a backup, so it may come first; a database without one could not be verified.
  await rename(join(part, MANIFEST_FILE), `${target}.json`)
  await publish(join(part, DATABASE_FILE), target)
  await syncPath(dirname(target))
}

async function removeLeftovers(target: string): Promise<void> {
  for (const name of await readdir(dirname(target))) {
    const own =
      name.startsWith(`${basename(target)}${PART}`) || /^(?:koyalite|before-reset)-.*\.part-[0-9a-f]{8}/.test(name)
    if (own) await rm(join(dirname(target), name), { recursive: true, force: true })
  }
}

function storageError(error: unknown, target: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') {
    return new AppError(
      'UNAVAILABLE',
      `Not enough disk space for a backup at ${target}; the partial backup was removed.`,
      {
        cause: error,
      },
    )
  }
  if (
    ['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST', 'ENOENT', 'ELOOP', 'SQLITE_CANTOPEN', 'SQLITE_READONLY'].includes(
      code,
    )
  ) {
    return new AppError('UNAVAILABLE', `Cannot write a backup to ${target} (${code}).`, { cause: error })
  }
  return error
}
