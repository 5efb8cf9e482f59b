import { readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Files of a project that its server writes itself, so that whoever follows them can tell these changes from others. */
export interface OwnWrites {
  /** Puts a text in the place of a file, whole or not at all; null removes it. @param file relative to the project's folder */
  write(file: string, text: string | null): Promise<void>
  /** Whether a file, or the folder of migrations, is as it was written here last. */
  isOwn(file: string): boolean
}

export function ownWrites(dir: string): OwnWrites {
  const written = new Map<string, string | null>()
  const isAsWritten = (file: string) => written.has(file) && written.get(file) === textOf(join(dir, file))
  return {
    async write(file, text) {
      written.set(file, text)
      const path = join(dir, file)
      if (text === null) return rm(path, { force: true })
      await mkdir(dirname(path), { recursive: true })
      const part = join(dir, `.${file.replaceAll('/', '-')}.part`)
      await writeFile(part, text)
      await rename(part, path)
    },
    isOwn(file) {
      if (file !== 'migrations') return isAsWritten(file)
      const inFolder = [...written.keys()].filter((one) => one.startsWith('migrations/'))
      return inFolder.length > 0 && inFolder.every(isAsWritten)
    },
  }
}

/** Null where it is not there. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
