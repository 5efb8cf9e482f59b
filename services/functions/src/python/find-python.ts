import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Variables } from '@koyalite/kernel'

/** A Python of this machine, as far as looking at files tells. */
export interface FoundPython {
  /** The file itself, whatever links led to it: outside of every virtual environment. */
  readonly executable: string
  /** Of this very file: another version, or the same one built anew, has another. */
  readonly id: string
}

const WELL_KNOWN = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']

/** The first on the PATH, or where systems have it. Nothing is started. */
export function findPython({ PATH: path = '', HOME: home }: Variables): FoundPython | null {
  const pyenv = home === undefined ? null : join(home, '.pyenv')
  const folders = [...path.split(':').filter((folder) => folder.startsWith('/')), ...WELL_KNOWN]
  for (const folder of folders) {
    // pyenv's are scripts that look for the chosen version, in an environment that instances do not have.
    const place = basename(folder) === 'shims' ? pyenvFolder(dirname(folder)) : folder
    const found = place === null ? null : pythonAt(join(place, 'python3'))
    if (found !== null) return found
  }
  const own = pyenv === null ? null : pyenvFolder(pyenv)
  return own === null ? null : pythonAt(join(own, 'python3'))
}

/** Of the version that pyenv's own file names. */
function pyenvFolder(root: string): string | null {
  try {
    const version = readFileSync(join(root, 'version'), 'utf8').split(/[\s:]/)[0] ?? ''
    return /^[\w.-]+$/.test(version) ? join(root, 'versions', version, 'bin') : null
  } catch {
    return null
  }
}

function pythonAt(path: string): FoundPython | null {
  if (!existsSync(path)) return null
  const executable = realpathSync(path)
  const { size, mtimeMs } = statSync(executable)
  const id = new Bun.CryptoHasher('sha256').update(`${executable}\0${size}\0${mtimeMs}`).digest('hex').slice(0, 32)
  return { executable, id }
}
