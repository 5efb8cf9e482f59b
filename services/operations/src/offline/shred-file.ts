import { randomFillSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncPath } from '../durable-files'

const CHUNK = 1024 * 1024

/**
 * Overwrites a file, then removes it. That is what a program can do: copy-on-write file systems, snapshots and the spare blocks of flash drives may still
 * hold what was there.
 */
export async function shredFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    const chunk = Buffer.alloc(CHUNK)
    for (let position = 0; position < size; position += CHUNK) {
      randomFillSync(chunk)
      await file.write(chunk, 0, Math.min(CHUNK, size - position), position)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  await unlink(path)
  await syncPath(dirname(path))
}

/** What a change of key has left: the old file, and a copy that was never finished. */
export function leftoversOf(databasePath: string): { readonly old: string; readonly copy: string } {
  return { old: `${databasePath}.shred`, copy: `${databasePath}.recoded` }
}

/** Finishes a change of key that was cut short. To be called with the lock, before the database is opened. */
export async function removeLeftovers(databasePath: string): Promise<void> {
  const { old, copy } = leftoversOf(databasePath)
  for (const path of [copy, `${copy}-journal`, `${copy}-wal`]) if (existsSync(path)) await shredFile(path)
  if (!existsSync(old)) return
  const [ofOld, ofDatabase] = await Promise.all([stat(old), stat(databasePath).catch(() => null)])
  // Before the copy had taken its place, this is a second name of the database itself.
  if (ofDatabase === null || ofOld.ino !== ofDatabase.ino) return ofDatabase === null ? undefined : shredFile(old)
  await unlink(old)
  await syncPath(dirname(old))
}
