import { closeSync, openSync } from 'node:fs'

/**
 * Creates an empty file that only its owner can read, unless it exists. SQLite treats it as an empty database, and creates the WAL with the same
 * rights. A file that is there is not even opened: closing it would drop the locks that this process may have on it.
 */
export function createPrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
