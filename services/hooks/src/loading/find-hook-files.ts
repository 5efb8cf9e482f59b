import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of hooks in a project. */
const HOOKS_FOLDER = 'hooks'

/** Files of hooks in a project's folder, from there and in the order in which they run: that of their names. Those that begin with `_` are for them to import. */
export function findHookFiles(dir: string): readonly string[] {
  const folder = join(dir, HOOKS_FOLDER)
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[^._].*\.m?[jt]s$/.test(entry.name) && !NO_HOOKS.test(entry.name))
    .map(({ name }) => `${HOOKS_FOLDER}/${name}`)
    .sort()
}

const NO_HOOKS = /\.(d|test|spec)\.m?[jt]s$/
