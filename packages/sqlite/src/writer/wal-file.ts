import { closeSync, fdatasyncSync, fstatSync, openSync, statSync } from 'node:fs'
import { WalGoneError } from './wal-gone'

/** The write-ahead log, to be synced by this thread. */
export interface WalFile {
  /**
   * Everything that was written to it is on the disk afterwards; returns the milliseconds that it took. What a sync could not write may be gone from the
   * cache: trying again would report success for data that is lost. Throws WalGoneError if the file is no longer at its path.
   */
  sync(): number
  close(): void
}

/** SQLite locks the database and the -shm file, never the -wal file: closing this descriptor drops no lock. */
export function openWal(path: string): WalFile {
  const file = openSync(path, 'r+')
  const { ino } = fstatSync(file)
  return {
    sync() {
      const started = performance.now()
      const found = statSync(path, { throwIfNoEntry: false })
      if (found?.ino !== ino) throw new WalGoneError(`${path} ${found === undefined ? 'is gone' : 'was replaced'}`)
      fdatasyncSync(file)
      return performance.now() - started
    },
    close: () => closeSync(file),
  }
}
