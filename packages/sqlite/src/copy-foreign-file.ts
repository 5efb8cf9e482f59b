import { closeSync, copyFileSync, existsSync, openSync, readSync } from 'node:fs'
import { loadDriver } from './driver'
import { syncFile } from './sync-folder'

/**
 * Copies a database file of another program, page by page, in one state, and leaves it as it is, although that program may be using it. Throws the driver's
 * error if it is no database, or cannot be read.
 * @param to a file that is not there yet
 */
export async function copyForeignFile(from: string, to: string): Promise<void> {
  if (isIdleWal(from)) {
    // Even a reader would have to make files beside one in WAL mode. Nobody has it open: the WAL goes with the last one who had.
    copyFileSync(from, to)
  } else {
    const connection = new (loadDriver())(from, { readonly: true, fileMustExist: true, timeout: 5000 })
    try {
      await connection.backup(to)
    } finally {
      connection.close()
    }
  }
  syncFile(to)
}

/** Bytes 18 and 19 of the header say 2 in WAL mode. https://www.sqlite.org/fileformat.html */
function isIdleWal(path: string): boolean {
  if (existsSync(`${path}-wal`)) return false
  const file = openSync(path, 'r')
  try {
    const header = new Uint8Array(20)
    return readSync(file, header, 0, 20, 0) === 20 && header[18] === 2 && header[19] === 2
  } finally {
    closeSync(file)
  }
}
