import { dirname, join } from 'node:path'
import { type ClientPackage, entriesOf, sourceOf } from './client-packages'
import type { PublicModule } from './public-declarations'
import { publicModulesOf } from './write-modules'

/** Where the reports are, from the root of the repository. */
export const apiReportFile = (packageName: ClientPackage) => `packages/${packageName}/api.md`

/** Generated itself, from the routes. */
const LEFT_OUT = './admin'

/** All that a package offers, without comments: where a line of it changes, the change is one for those who use it. */
export async function apiReport(packageName: ClientPackage): Promise<string> {
  const { name } = sourceOf(packageName)
  const entries = entriesOf(packageName).filter(({ subpath }) => subpath !== LEFT_OUT)
  const modules = await publicModulesOf(
    packageName,
    entries.map(({ place }) => place),
  )
  const lists = entries.map(({ subpath, place }) => {
    const names = exportedNames(place, new Map(modules.map((module) => [module.place, module])))
    return `## ${join(name, subpath)}\n\n${[...names]
      .sort()
      .map((one) => `- \`${one}\``)
      .join('\n')}\n`
  })
  const declarations = modules.flatMap(({ statements }) => statements.map(bare)).sort(byName)
  return [
    `# What ${name} offers\n\nWritten by \`npm run client\`: a change here is a change for those who use it.\n`,
    ...lists,
    `## Declarations\n\n\`\`\`ts\n${declarations.join('\n')}\n\`\`\`\n`,
  ].join('\n')
}

function exportedNames(place: string, modules: ReadonlyMap<string, PublicModule>): ReadonlySet<string> {
  const { imports, statements } = modules.get(place) ?? { imports: [], statements: [] }
  const declared = statements.filter((text) => bare(text).startsWith('export ')).map(nameOf)
  const passedOn = imports
    .filter(({ keyword }) => keyword !== 'import type')
    .flatMap(({ names, specifier }) =>
      names === '*'
        ? [...exportedNames(join(dirname(place), specifier), modules)]
        : names
            .slice(2, -2)
            .split(', ')
            .map((one) => one.replace(/.* as /, '')),
    )
  return new Set([...declared, ...passedOn])
}

function bare(statement: string): string {
  return statement
    .replace(/^ *\/\*\*[\s\S]*?\*\/ *\n/gm, '')
    .replace(/^ +private .*\n/gm, '')
    .trim()
}

function nameOf(statement: string): string {
  return /^(?:export )?(?:declare )?(?:abstract )?\w+ (\w+)/.exec(bare(statement))?.[1] ?? ''
}

function byName(a: string, b: string): number {
  return nameOf(a) < nameOf(b) ? -1 : 1
}
