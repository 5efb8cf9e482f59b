import { closeSync, openSync } from 'node:fs'

/**
 * Makes an empty file that only its owner can read, where there is none yet. SQLite takes it for an empty database, and gives the WAL the same
 * rights. A file that is there is not even opened: closing it would drop the locks that this process may have on it.
 */
export function createPrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
