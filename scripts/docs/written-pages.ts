import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { commandsPage } from './commands-page'
import { errorsPage } from './errors-page'
import { limitsPage } from './limits-page'
import { settingsPage } from './settings-page'
import { withSpeedTable } from './speed-table'

const root = resolve(import.meta.dir, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** What the code and the benchmarks' results write, by path; of the README only its figures. */
export async function writtenPages(): Promise<Readonly<Record<string, string>>> {
  return {
    'docs/commands.md': await commandsPage(),
    'docs/errors.md': errorsPage(),
    'docs/limits.md': limitsPage(),
    'docs/settings.md': settingsPage(),
    'README.md': withSpeedTable(read('README.md'), read('bench/results/reference.md')),
  }
}
