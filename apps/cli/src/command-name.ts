import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'

/** How the person at the terminal calls this command: in a clone by its path, elsewhere by its name. */
export function commandName(): string {
  const inClone = join(import.meta.dir, '../../../bin/koyalite')
  const path = relative('.', inClone)
  return path.startsWith('..') || !existsSync(inClone) ? 'koyalite' : path
}
