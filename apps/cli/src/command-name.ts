import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'

/** How the person at the terminal calls this command in a folder: from a clone by its path, where it is installed by its name. */
export function commandName(folder = '.'): string {
  const inClone = join(import.meta.dir, '../../../bin/koyalite')
  if (!existsSync(inClone) || Bun.which('koyalite') !== null) return 'koyalite'
  const path = relative(folder, inClone)
  return path.startsWith('../..') ? inClone : path
}
