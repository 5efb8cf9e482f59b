import { existsSync } from 'node:fs'
import { basename, join, relative } from 'node:path'

/** How the person at the terminal calls this command in a folder: where it is installed by its name, elsewhere by its path. */
export function commandName(folder = '.'): string {
  if (Bun.which('koyalite') !== null) return 'koyalite'
  const inClone = join(import.meta.dir, '../../../bin/koyalite')
  const own = existsSync(inClone) ? inClone : process.execPath
  if (!basename(own).startsWith('koyalite')) return 'koyalite'
  const path = relative(folder, own)
  if (path.startsWith('../..')) return own
  return /[\\/]/.test(path) ? path : `./${path}`
}
