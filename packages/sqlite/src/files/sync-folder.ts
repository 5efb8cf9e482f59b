import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes the names of new files in the folder of `path` durable: a synced WAL that no directory entry leads to after a power loss is lost. SQLite
 * does this at its own syncs only.
 */
export function syncFolder(path: string): void {
  // Windows neither can nor needs to sync a folder.
  if (process.platform !== 'win32') syncPath(dirname(path), 'r')
}

/** Makes a finished file durable. Not for a database that is open in this process: closing it would drop its locks. */
export function syncFile(path: string): void {
  syncPath(path, 'r+')
}

function syncPath(path: string, flags: string): void {
  const descriptor = openSync(path, flags)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
