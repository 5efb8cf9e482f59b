import { existsSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { hasGenerated } from '@koyalite/codegen'
import { generate, type Target } from './client-files'
import { projectTarget } from './project-target'

/** In the folder of functions. */
const FILE = 'tsconfig.json'

/**
 * Lets editors understand functions with nothing installed: writes the types of what they import, and `functions/tsconfig.json`, which says where they are. A file
 * that is there already is its author's; so is a project that generates no TypeScript. Returns what was written, by its path from the project.
 */
export async function writeEditorConfig(dir: string): Promise<readonly string[]> {
  const path = join(dir, 'functions', FILE)
  if (existsSync(path)) return []
  const target = await projectTarget(dir)
  if (!target.languages.includes('typescript')) return []
  if (!hasGenerated(target.folder)) generate(target)
  writeFileSync(path, configText(dir, target))
  return [`functions/${FILE}`]
}

function configText(dir: string, { folder }: Target): string {
  const generated = relative(join(dir, 'functions'), folder).replaceAll('\\', '/')
  const types = (path: string) => [`${generated}/types/${path}.d.ts`]
  const config = {
    compilerOptions: {
      target: 'ESNext',
      lib: ['ESNext', 'DOM', 'DOM.Iterable'],
      module: 'Preserve',
      moduleResolution: 'Bundler',
      ...{ strict: true, skipLibCheck: true, noEmit: true, allowImportingTsExtensions: true },
      paths: {
        '@koyalite/functions': types('functions/index'),
        '@koyalite/functions/testing': types('functions/testing'),
        '@koyalite/client': types('client/index'),
        '@koyalite/client/data': types('client/data'),
        'bun:test': types('bun-test'),
      },
    },
    include: ['**/*', `${generated}/functions.d.ts`],
  }
  return `${JSON.stringify(config, null, 2)}\n`
}
