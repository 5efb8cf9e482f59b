import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@koyalite/contracts'
import { z } from 'zod'
import { type FoundBackup, findBackup } from '../backup-place'
import { backupsFolder } from '../backups-folder'
import { isFull, isMissing, publish, writePrivately } from '../durable-files'
import { verifyBackup } from '../operations/verify-backup'
import type { OperationsContext } from '../operations-context'
import { inTurn } from './in-turn'

/** A backup file that arrives in pieces. */
export interface BackupUpload {
  readonly id: string
  /** The name it will have. */
  readonly name: string
  /** Of the whole file. */
  readonly bytes: number
  /** How many of them are here, on the disk: the next piece begins there. */
  readonly received: number
}

/** `.part-`: not taken for a backup. */
const FOLDER = '.uploads.part-'
const DECLARED = z.object({ name: z.string(), bytes: z.int() })
/** Left where nobody goes on with it. */
const ABANDONED_MS = 7 * 86_400_000

/** Throws CONFLICT where there is a backup of this name, UNAVAILABLE where the disk has no room for it. */
export async function beginUpload(
  context: OperationsContext,
  { name, bytes }: Pick<BackupUpload, 'name' | 'bytes'>,
): Promise<BackupUpload> {
  const folder = folderOf(context)
  if (existsSync(join(backupsFolder(context), name))) {
    throw new AppError('CONFLICT', `There is a backup '${name}' already. Give the file another name.`)
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await removeAbandoned(folder)
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < bytes) {
    throw new AppError(
      'UNAVAILABLE',
      `${backupsFolder(context)} has room for ${bavail * bsize} bytes, not for ${bytes}.`,
    )
  }
  const id = randomBytes(12).toString('hex')
  await writePrivately(join(folder, id), '')
  await writePrivately(join(folder, `${id}.json`), JSON.stringify({ name, bytes }))
  return { id, name, bytes, received: 0 }
}

/** Throws NOT_FOUND. */
export async function findUpload(context: OperationsContext, id: string): Promise<BackupUpload> {
  const path = join(folderOf(context), id)
  try {
    if (!/^[0-9a-f]{24}$/.test(id)) throw noUpload(id)
    const { name, bytes } = DECLARED.parse(JSON.parse(await readFile(`${path}.json`, 'utf8')))
    return { id, name, bytes, received: (await stat(path)).size }
  } catch (error) {
    throw isMissing(error) ? noUpload(id) : error
  }
}

/**
 * Appends a piece, durably. Throws CONFLICT where it does not begin at the end of what is here, INVALID_REQUEST where there is more than was declared,
 * UNAVAILABLE where the disk is full.
 */
export function appendPiece(
  context: OperationsContext,
  id: string,
  piece: { readonly offset: number; readonly bytes: Uint8Array },
): Promise<BackupUpload> {
  return inTurn(join(folderOf(context), id), async () => append(context, await findUpload(context, id), piece))
}

async function append(
  context: OperationsContext,
  upload: BackupUpload,
  { offset, bytes: piece }: { readonly offset: number; readonly bytes: Uint8Array },
): Promise<BackupUpload> {
  const { id, received, bytes } = upload
  if (offset !== received) {
    throw new AppError('CONFLICT', `The next piece begins at ${received}, not at ${offset}.`)
  }
  if (received + piece.length > bytes) {
    throw new AppError('INVALID_REQUEST', `The file was declared to have ${bytes} bytes.`)
  }
  const file = await open(join(folderOf(context), id), 'r+')
  try {
    await file.write(piece, 0, piece.length, offset)
    await file.sync()
  } catch (error) {
    // What is whole stays: the next try begins there.
    await file.truncate(received)
    throw isFull(error) ? new AppError('UNAVAILABLE', 'The disk of the backups is full.', { cause: error }) : error
  } finally {
    await file.close()
  }
  return { ...upload, received: received + piece.length }
}

/** Verifies what has arrived, and gives it its name among the backups. Throws CONFLICT, or INVALID_REQUEST that says what is wrong with the file. */
export function finishUpload(context: OperationsContext, id: string): Promise<FoundBackup> {
  return inTurn(join(folderOf(context), id), async () => finish(context, await findUpload(context, id)))
}

async function finish(context: OperationsContext, upload: BackupUpload): Promise<FoundBackup> {
  const { id, name, received, bytes } = upload
  if (received < bytes) throw new AppError('CONFLICT', `${received} of ${bytes} bytes are here.`)
  const path = join(folderOf(context), id)
  const checked = `${path}.tar`
  await publish(path, checked)
  try {
    const key = context.settings.database.encryption_key ?? undefined
    const { problems } = await verifyBackup(checked, { key, scratch: join(context.dir, 'data') }).catch(
      (error: unknown) => {
        if (!(error instanceof AppError)) throw error
        return { problems: ['it is not a complete backup: a .tar file as it is downloaded here'] }
      },
    )
    if (problems.length > 0) {
      throw new AppError('INVALID_REQUEST', `${name} cannot be used: ${problems.slice(0, 3).join('; ')}.`)
    }
    const target = join(backupsFolder(context), name)
    // Two files of one name may be ready at once.
    await inTurn(target, async () => {
      if (existsSync(target)) throw new AppError('CONFLICT', `There is a backup '${name}' already.`)
      await publish(checked, target)
    })
    return await findBackup(target)
  } finally {
    await removeFiles(context, id)
  }
}

/** Throws NOT_FOUND. */
export function cancelUpload(context: OperationsContext, id: string): Promise<void> {
  return inTurn(join(folderOf(context), id), async () => {
    await findUpload(context, id)
    await removeFiles(context, id)
  })
}

async function removeFiles(context: OperationsContext, id: string): Promise<void> {
  for (const suffix of ['.json', '', '.tar']) await rm(join(folderOf(context), `${id}${suffix}`), { force: true })
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const found = await stat(join(folder, name)).catch(() => null)
    if (found !== null && found.mtimeMs < Date.now() - ABANDONED_MS) await rm(join(folder, name), { force: true })
  }
}

function folderOf(context: OperationsContext): string {
  return join(backupsFolder(context), FOLDER)
}

function noUpload(id: string): AppError {
  return new AppError('NOT_FOUND', `There is no upload '${id}': begin another.`)
}
