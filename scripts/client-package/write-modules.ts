import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { ERROR_STATUS } from '@koyalite/contracts'
import { runCommand } from '../release/run-command'
import { type ClientPackage, entriesOf, ROOT } from './client-packages'
import { type PublicModule, publicDeclarations } from './public-declarations'

/** What packages of this repository declare for each other, and nobody else installs. */
const CONTRACTS = '@koyalite/contracts'

/** Compiled, a file for each one of the source. */
interface Compiled {
  readonly folder: string
  remove(): void
}

async function compile(packageName: string): Promise<Compiled> {
  const out = mkdtempSync(join(tmpdir(), 'koyalite-modules-'))
  const compilerOptions = {
    ...{ noEmit: false, allowImportingTsExtensions: false, declaration: true, target: 'ES2022' },
    ...{ rootDir: join(ROOT, 'packages'), outDir: out, typeRoots: [join(ROOT, 'node_modules/@types')] },
  }
  const source = join(ROOT, 'packages', packageName, 'src')
  const places = entriesOf(packageName).flatMap(({ place, nativePlace }) => [place, nativePlace])
  const isCompiled = (path: string) => path.endsWith('.d.ts') || places.includes(path.replace(/\.tsx?$/, ''))
  const files = (readdirSync(source, { recursive: true }) as string[])
    .filter(isCompiled)
    .map((path) => join(source, path))
  const config = join(out, 'tsconfig.json')
  writeFileSync(config, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: [], files }))
  await runCommand([join(ROOT, 'node_modules/.bin/tsc'), '-p', config])
  return { folder: join(out, packageName, 'src'), remove: () => rmSync(out, { recursive: true }) }
}

/** What the declarations of some entries say to those who use them. */
export async function publicModulesOf(
  packageName: string,
  places: readonly string[],
): Promise<readonly PublicModule[]> {
  const compiled = await compile(packageName)
  const modules = publicDeclarations(compiled.folder, places)
  compiled.remove()
  return modules
}

/**
 * Writes `dist` and `types`, one file for each module: bundlers take what is needed, and a query is of the same type whichever
 * entry it comes from.
 */
export async function writeModules(packageName: ClientPackage, outdir: string): Promise<void> {
  const compiled = await compile(packageName)
  const entries = entriesOf(packageName)
  const done = new Set<string>()
  for (const { place, nativePlace } of entries) for (const one of [place, nativePlace]) writeModule(one)
  const places = entries.map(({ place }) => place)
  for (const module of publicDeclarations(compiled.folder, places)) {
    save(join(outdir, 'types', `${module.place}.d.ts`), declarationText(module))
  }
  save(join(outdir, 'types/contracts.d.ts'), contractsText())
  compiled.remove()

  function writeModule(place: string): void {
    if (done.has(place)) return
    done.add(place)
    const text = readFileSync(join(compiled.folder, `${place}.js`), 'utf8')
    const code = text.replace(/(\bfrom |^import )'(\.[^']+)'/gm, (_, before: string, specifier: string) => {
      const target = join(dirname(place), specifier)
      writeModule(target)
      return `${before}'${pathTo(place, target)}'`
    })
    save(join(outdir, 'dist', `${place}.js`), code)
  }
}

export function declarationText({ place, imports, statements }: PublicModule): string {
  const from = (specifier: string) => {
    if (specifier === CONTRACTS) return pathTo(place, 'contracts')
    return specifier.startsWith('.') ? pathTo(place, join(dirname(place), specifier)) : specifier
  }
  const lines = imports.map(({ keyword, names, specifier }) => `${keyword} ${names} from '${from(specifier)}';`)
  const inlined = statements.map((text) =>
    text.replace(/\bimport\("(\.[^"]+)"\)/g, (_, specifier: string) => `import("${from(specifier)}")`),
  )
  const isModule = statements.some((text) => /^(?:\/\*\*[\s\S]*?\*\/\s*)?export /.test(text))
  return `${[...lines, ...inlined, ...(isModule || lines.length > 0 ? [] : ['export {};'])].join('\n')}\n`
}

/** With the extension, which `moduleResolution: nodenext` asks for. */
function pathTo(from: string, target: string): string {
  const path = relative(dirname(from), target)
  return `${path.startsWith('.') ? '' : './'}${path}.js`
}

/** Of the errors, what clients show. */
export function contractsText(): string {
  const source = readFileSync(join(ROOT, 'packages/contracts/src/errors.ts'), 'utf8')
  const [detail] = /\/\*\* [^\n]*\nexport interface ErrorDetail \{[^}]*\}/.exec(source) ?? []
  if (detail === undefined) throw new Error('errors.ts has no ErrorDetail')
  return `export type ErrorCode =${Object.keys(ERROR_STATUS)
    .map((code) => `\n  | '${code}'`)
    .join('')};\n${detail}\n`
}

function save(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
