import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes the names of new files in the folder of `path` durable: a synced WAL that no directory entry leads to after a power loss is lost. SQLite
 * does this at its own syncs only.
 */
export function syncFolder(path: string): void {
  // Windows neither can nor needs to sync a folder.
  if (process.platform === 'win32') return
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
