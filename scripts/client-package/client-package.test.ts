import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runCommand } from '../release/run-command'
import { buildClientPackage } from './build-client-package'
import { CLIENT_PACKAGES, entriesOf, ROOT, sourceOf } from './client-packages'

// The compiler runs several times.
setDefaultTimeout(60_000)

/** A project in which the package is installed. */
const project = mkdtempSync(join(tmpdir(), 'koyalite-client-package-'))
const installed = join(project, 'node_modules/@koyalite/client')
beforeAll(async () => {
  for (const name of CLIENT_PACKAGES) await buildClientPackage(name, { outdir: join(installed, '..', name) })
  // What applications have of their own.
  for (const [name, owner] of [
    ['react', 'client'],
    ['@tanstack/db', 'tanstack-db'],
    ['@types/react', 'client'],
  ] as const) {
    mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true })
    symlinkSync(join(ROOT, 'packages', owner, 'node_modules', name), join(project, 'node_modules', name))
  }
})
afterAll(() => rmSync(project, { recursive: true }))

function filesOf(folder: string): readonly string[] {
  return readdirSync(join(installed, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
    .sort()
}

describe('what npm publishes', () => {
  test('modules, their declarations, and a folder for each subpath where `exports` is unknown', async () => {
    const packed = JSON.parse(await runCommand(['npm', 'pack', '--dry-run', '--json'], { cwd: installed }))
    const paths: readonly string[] = packed[0].files.map(({ path }: { readonly path: string }) => path)
    const rest = paths.filter((path) => !/^(?:dist\/.*\.js|types\/.*\.d\.ts)$/.test(path))
    const subpaths = entriesOf('client').map(({ subpath }) => join(subpath, 'package.json'))
    expect(rest.sort()).toEqual(['LICENSE', 'README.md', ...subpaths].sort())
    expect(paths.filter((path) => /test|testing/.test(path))).toEqual([])
    expect(packed[0].size).toBeLessThan(100_000)
  })

  test('types are the first condition, and all that package.json names is there', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    for (const { subpath } of entriesOf('client')) {
      const targets: Readonly<Record<string, string>> = manifest.exports[subpath]
      expect(Object.keys(targets)).toEqual(['types', 'react-native', 'default'])
      for (const path of Object.values(targets)) expect(readFileSync(join(installed, path), 'utf8')).not.toBe('')
    }
    expect(manifest.dependencies).toBeUndefined()
    expect(manifest.type).toBe('module')
  })

  test('nothing of Node, nothing that loads later, nothing that waits, and no path without its extension', () => {
    const peers = Object.keys(sourceOf('client').peerDependencies ?? {})
    for (const path of filesOf('dist')) {
      const code = readFileSync(join(installed, path), 'utf8')
      const specifiers = Array.from(code.matchAll(/(?:\bfrom|^import) '([^']+)';$/gm), ([, one = '']) => one)
      const foreign = specifiers.filter((specifier) => !/^\.{1,2}\/.*\.js$/.test(specifier))
      expect(
        foreign.filter((one) => !peers.includes(one.replace(/\/.*/, ''))),
        path,
      ).toEqual([])
      expect(code.match(/\bimport\(|\brequire\(|^await\b|\bprocess\.|\bBuffer\b/m), path).toBeNull()
    }
  })
})

describe('what loads it', () => {
  const RUN = `
const koya = createKoyalite({ collections: { posts: {} } }, { url: 'https://api.example.com' })
koya.posts.filter({ title: 'x' }).where('doc.a == $1', 1).sort('-id').limit(3)
`
  /** Whatever works, or waits, before it is asked to. */
  const NOTHING_WORKS = `
for (const name of ['fetch', 'setTimeout', 'setInterval', 'queueMicrotask', 'WebSocket', 'BroadcastChannel'])
  globalThis[name] = () => { throw new Error(name + ' is used') }
Math.random = globalThis.crypto.getRandomValues = globalThis.crypto.randomUUID = () => { throw new Error('randomness is used') }
`
  const NODE = Bun.which('node') ?? 'node'

  test('Node, as a module: importing it and making a client does nothing', async () => {
    const specifiers = CLIENT_PACKAGES.flatMap((name) =>
      entriesOf(name).map(({ subpath }) => join('@koyalite', name, subpath)),
    )
    const imports = specifiers.map((specifier) => `await import('${specifier}')`)
    const script = `${NOTHING_WORKS}\n${imports.join('\n')}\nconst { createKoyalite } = await import('@koyalite/client')\n${RUN}\nconsole.log('loaded')`
    writeFileSync(join(project, 'run.mjs'), script)
    expect(await runCommand([NODE, 'run.mjs'], { cwd: project })).toBe('loaded\n')
  })

  test('A8 Node ends by itself after calls that were aborted or failed', async () => {
    const script = `import { createKoyalite } from '@koyalite/client'
const koya = createKoyalite({ collections: { posts: {} } }, { url: 'http://127.0.0.1:1' })
const codes = await Promise.all([
  koya.posts.get({ signal: AbortSignal.abort() }).catch(({ code }) => code),
  koya.posts.get({ timeout: 0 }).catch(({ code }) => code),
  koya.posts.subscribe(() => {})(),
])
console.log(codes.join())`
    writeFileSync(join(project, 'ends.mjs'), script)
    expect(await runCommand([NODE, 'ends.mjs'], { cwd: project })).toBe('ABORTED,NETWORK,\n')
  }, 15_000)

  test('Node, by require, from 20.19 on', async () => {
    const [major = 0, minor = 0] = (await runCommand([NODE, '--version'])).slice(1).split('.').map(Number)
    if (major < 20 || (major === 20 && minor < 19)) return
    writeFileSync(
      join(project, 'run.cjs'),
      `const { createKoyalite } = require('@koyalite/client')\n${RUN}\nconsole.log('loaded')`,
    )
    expect(await runCommand([NODE, 'run.cjs'], { cwd: project })).toBe('loaded\n')
  })

  test('Bun', async () => {
    const script = `import { createKoyalite } from '@koyalite/client'\n${RUN}\nconsole.log('loaded')`
    writeFileSync(join(project, 'run.ts'), script)
    expect(await runCommand([process.execPath, 'run.ts'], { cwd: project })).toBe('loaded\n')
  })

  test('what does not know `exports`: the folders lead to the same modules', () => {
    for (const { subpath } of entriesOf('client')) {
      const folder = join(installed, subpath)
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      for (const key of ['main', 'module', 'react-native', 'types']) {
        expect(readFileSync(join(folder, manifest[key]), 'utf8'), `${subpath} ${key}`).not.toBe('')
      }
    }
  })
})

describe('its declarations', () => {
  const PROGRAM = `import { createKoyalite, isKoyaError, type CollectionTypes, type Metadata, type ToOne } from '@koyalite/client'
import { createData } from '@koyalite/client/data'
import { createAdminClient } from '@koyalite/client/admin'
import { useQuery } from '@koyalite/client/react'
interface Posts extends CollectionTypes {
  doc: { id: string; title: string }
  create: { title: string }
  update: { title?: string | undefined }
  key: 'id'
  relations: { parent: ToOne<'posts'> }
}
declare const metadata: Metadata<{ posts: Posts }>
const koya = createKoyalite(metadata, { url: '' })
export const stop: () => void = koya.posts.filter({ title: 'x' }).expand('parent').subscribe(({ docs }) => void docs[0]?.parent?.title)
// @ts-expect-error: no field
koya.posts.filter({ titel: 'x' })
// @ts-expect-error: not in this entry
createData(metadata, { url: '' }).posts.live()
export const titles = (): string[] | undefined => useQuery(koya.posts.limit(3)).data?.map(({ title }) => title)
export const admin: unknown = createAdminClient
export const is: boolean = isKoyaError(null)
`
  test.each([
    ['bundler', 'preserve', 'mts'],
    ['nodenext', 'nodenext', 'mts'],
    ['node16', 'node16', 'mts'],
    ['nodenext', 'nodenext', 'cts'],
  ])('with moduleResolution %s and module %s, in .%s', async (moduleResolution, module, extension) => {
    await check(PROGRAM, { moduleResolution, module, extension, skipLibCheck: false })
  })

  test('and those of the adapter for TanStack DB, whose own are not checked', async () => {
    const program = `${PROGRAM}
import { koyaCollectionOptions } from '@koyalite/tanstack-db'
export const key: string = koyaCollectionOptions({ query: koya.posts }).getKey({ id: 'x', title: 'y' })
// @ts-expect-error: no document of the collection
koyaCollectionOptions({ query: koya.posts }).getKey({})
`
    await check(program, { moduleResolution: 'bundler', module: 'preserve', extension: 'mts', skipLibCheck: true })
  })
})

interface CheckOptions {
  readonly moduleResolution: string
  readonly module: string
  readonly extension: string
  readonly skipLibCheck: boolean
}

async function check(program: string, { extension, ...options }: CheckOptions): Promise<void> {
  const folder = mkdtempSync(join(project, 'types-'))
  const file = `program.${extension}`
  writeFileSync(join(folder, file), program)
  const compilerOptions = {
    ...{ ...options, target: 'ES2022', lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [], noEmit: true, strict: true },
    ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: extension === 'mts' },
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }))
  await runCommand([join(ROOT, 'node_modules/.bin/tsc'), '-p', '.'], { cwd: folder })
}
