import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { schemaFileSchema } from '@koyalite/schema'
import { commandsPage } from './commands-page'
import { designTokens } from './design-tokens'
import { errorsPage } from './errors-page'
import { functionsManifestPage } from './functions-manifest-page'
import { limitsPage } from './limits-page'
import { settingsPage } from './settings-page'
import { withSpeedTable } from './speed-table'

const root = resolve(import.meta.dir, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** What the code, the studio's stylesheet and the benchmarks' results write, by path; of the README only its figures. */
export async function writtenPages(): Promise<Readonly<Record<string, string>>> {
  return {
    'docs/commands.md': await commandsPage(),
    'docs/errors.md': errorsPage(),
    'docs/functions-manifest.md': functionsManifestPage(),
    'docs/limits.md': limitsPage(),
    'docs/schema.json': `${JSON.stringify(schemaFileSchema(), null, 2)}\n`,
    'docs/settings.md': settingsPage(),
    'packages/kernel/src/http/design-tokens.ts': designTokens(read('apps/studio/src/styles.css')),
    'README.md': withSpeedTable(read('README.md'), read('bench/results/reference.md')),
  }
}
