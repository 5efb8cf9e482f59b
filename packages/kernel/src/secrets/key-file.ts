import { randomUUID } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Keys in a file of `data/keys`, newest first, readable by their owner only.
 * @param dir null: there is no such folder, and nothing is stored
 * @typeParam T how one is written as JSON
 */
export interface KeyFile<T> {
  /** Empty where there is no file yet. */
  read(): Promise<readonly T[]>
  /** Whole or not at all: half a file would be as good as none. Resolves when it is on the disk. */
  write(keys: readonly T[]): Promise<void>
}

export function createKeyFile<T>(dir: string | null, name: string): KeyFile<T> {
  if (dir === null) return { read: async () => [], write: async () => {} }
  return {
    async read() {
      try {
        return (JSON.parse(await readFile(join(dir, name), 'utf8')) as { readonly keys: T[] }).keys
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
        throw error
      }
    },
    async write(keys) {
      await mkdir(dir, { recursive: true, mode: 0o700 })
      await chmod(dir, 0o700)
      const draft = join(dir, `.${name}.${randomUUID()}`)
      const file = await open(draft, 'wx', 0o600)
      try {
        await file.writeFile(`${JSON.stringify({ keys }, null, 2)}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(draft, join(dir, name))
      // Windows neither can nor needs to sync a folder.
      if (process.platform !== 'win32') await syncFolder(dir)
    },
  }
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
