import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A file that only its owner can read, and that has its name when it is complete. */
export interface PrivateOutput {
  write(text: string | Uint8Array): void | Promise<void>
  /** Makes it durable, under its name. */
  finish(): void
  /** Removes what was written. Harmless after `finish`. */
  abandon(): void
}

export function privateOutput(path: string): PrivateOutput {
  const part = `${path}.part`
  rmSync(part, { force: true })
  const file = openSync(part, 'wx', 0o600)
  let open = true
  const close = () => {
    if (open) closeSync(file)
    open = false
  }
  return {
    write(text) {
      const bytes = typeof text === 'string' ? Buffer.from(text) : text
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
    },
    finish() {
      fsyncSync(file)
      close()
      renameSync(part, path)
      syncFolderOf(path)
    },
    abandon() {
      close()
      rmSync(part, { force: true })
    },
  }
}

function syncFolderOf(path: string): void {
  // Windows neither can nor needs to sync a folder.
  if (process.platform === 'win32') return
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
