import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DATABASE_FILE } from '../backup-manifest'
import { isMissing, moveTree, publish, syncPath } from '../durable-files'
import { PROJECT_FOLDERS } from '../operations/create-backup'

/** Where a verified backup waits to be put in place. */
export function stagedAt(databasePath: string): string {
  return `${databasePath}.restore`
}

/** In a staged restore: where to put what is there now. */
export const RESTORE_FILE = 'restore.json'

export interface FinishRestore {
  /** The project's folder. */
  readonly dir: string
  readonly databasePath: string
}

/**
 * Puts a staged restore in place, and the previous data aside; returns the folder of the latter, or null if nothing is staged. Every step can be repeated, so a
 * restore that was cut short is finished here by the process that opens the project next. To be called with the lock, before the database is opened.
 */
export async function finishRestore({ dir, databasePath }: FinishRestore): Promise<string | null> {
  const staged = stagedAt(databasePath)
  await rm(`${staged}.part`, { recursive: true, force: true })
  const aside = await asideOf(staged)
  if (aside === null) {
    // All that a finished restore can leave is an empty folder.
    await rm(staged, { recursive: true, force: true })
    return null
  }
  await mkdir(aside, { recursive: true, mode: 0o700 })
  // While the staged database is still there, what has the database's name is the old one. Its WAL goes with it: beside another
  // database it would destroy that one.
  if (existsSync(join(staged, DATABASE_FILE))) {
    for (const suffix of ['', '-wal'])
      await moveIfThere(`${databasePath}${suffix}`, join(aside, `${basename(databasePath)}${suffix}`))
    for (const suffix of ['-shm', '-journal']) await rm(`${databasePath}${suffix}`, { force: true })
    await syncPath(dirname(databasePath))
    await publish(join(staged, DATABASE_FILE), databasePath)
  }
  for (const name of PROJECT_FOLDERS) {
    const restored = join(staged, name)
    if (!existsSync(restored)) continue
    const current = join(dir, 'data', name)
    await moveIfThere(current, join(aside, name))
    await moveTree(restored, current)
  }
  await rm(staged, { recursive: true })
  await syncPath(dirname(staged))
  return aside
}

async function asideOf(staged: string): Promise<string | null> {
  try {
    const { aside } = JSON.parse(await readFile(join(staged, RESTORE_FILE), 'utf8')) as { aside: string }
    return aside
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function moveIfThere(from: string, to: string): Promise<void> {
  if (existsSync(from)) await moveTree(from, to)
}
