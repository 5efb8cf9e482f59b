import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Release, repositoryField } from '../release/npm-packages'
import { type ClientPackage, type Entry, entriesOf, ROOT, type Source, sourceOf } from './client-packages'
import { writeModules } from './write-modules'

/** Writes what `npm publish` takes: modules, their declarations, and how to find them. */
export async function buildClientPackage(
  packageName: ClientPackage,
  { outdir, release }: { readonly outdir: string; readonly release?: Release },
): Promise<void> {
  const source = sourceOf(packageName)
  const entries = entriesOf(packageName)
  rmSync(outdir, { recursive: true, force: true })
  mkdirSync(outdir, { recursive: true })
  await writeModules(packageName, outdir)
  writeJson(join(outdir, 'package.json'), manifest(source, entries, release ?? { version: source.version }))
  for (const entry of entries) if (entry.subpath !== '.') writeStub(join(outdir, entry.subpath), entry)
  cpSync(join(ROOT, 'LICENSE'), join(outdir, 'LICENSE'))
  cpSync(join(ROOT, 'packages', packageName, 'README.md'), join(outdir, 'README.md'))
}

function manifest(source: Source, entries: readonly Entry[], { version, repository }: Release): object {
  const { name, description, peerDependencies, peerDependenciesMeta } = source
  return {
    ...{ name, version, license: 'MIT', description, ...repositoryField(repository) },
    ...{ type: 'module', sideEffects: false },
    // Types come first: the first condition that fits is taken.
    exports: {
      ...Object.fromEntries(entries.map((entry) => [entry.subpath, targets(entry)])),
      './package.json': './package.json',
    },
    // For what does not know `exports`; subpaths have a folder each.
    ...{ main: './dist/index.js', module: './dist/index.js' },
    'react-native': `./dist/${entries.find(({ subpath }) => subpath === '.')?.nativePlace}.js`,
    types: './types/index.d.ts',
    engines: { node: '>=20' },
    ...(peerDependencies && { peerDependencies: published(peerDependencies, version) }),
    ...(peerDependenciesMeta && { peerDependenciesMeta }),
  }
}

/** Packages of this repository are released together. */
function published(dependencies: Readonly<Record<string, string>>, version: string): object {
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, range]) => [name, range.startsWith('workspace:') ? `^${version}` : range]),
  )
}

function targets({ place, nativePlace }: Entry): object {
  const native = `./dist/${nativePlace}.js`
  return { types: `./types/${place}.d.ts`, 'react-native': native, default: `./dist/${place}.js` }
}

function writeStub(folder: string, { place, nativePlace }: Entry): void {
  mkdirSync(folder, { recursive: true })
  const module = `../dist/${place}.js`
  writeJson(join(folder, 'package.json'), {
    ...{ type: 'module', sideEffects: false, main: module, module, 'react-native': `../dist/${nativePlace}.js` },
    types: `../types/${place}.d.ts`,
  })
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
}
