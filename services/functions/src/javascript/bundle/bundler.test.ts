import { afterEach, describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { bundlerBench, removeBenches } from '../testing/bundler-bench'
import { createBundler } from './bundler'

afterEach(removeBenches)

describe('a bundle', () => {
  test('is one file, with what the function imports', async () => {
    const { run } = bundlerBench({
      'functions/hello.ts': `
        import { defineFunction, from } from '@koyalite/functions'
        import { greet } from './_shared/greet'
        import { twice } from 'twice'
        import { once } from 'once'
        import { VERSION } from '../lib/version'
        import data from './data.json'
        import text from './_shared/words.txt' with { type: 'text' }
        interface Input { name: string }
        export default defineFunction({
          async handler(_: Input) { return [from, greet('Ada'), twice(2), once, VERSION, data.n, text, (await import('./_shared/late')).late] },
        })`,
      'functions/_shared/greet.ts': 'export const greet = (name: string): string => `hello ${name}`',
      'functions/_shared/late.ts': 'export const late = true',
      'functions/_shared/words.txt': 'words',
      'functions/data.json': '{"n":1}',
      'lib/version.ts': 'export const VERSION = 7 as number',
      'functions/node_modules/twice/package.json': '{"name":"twice","main":"m.cjs"}',
      'functions/node_modules/twice/m.cjs': 'exports.twice = (n) => n * 2',
      'node_modules/once/package.json': '{"name":"once","type":"module","exports":"./m.js"}',
      'node_modules/once/m.js': 'export const once = 1',
      // What is installed for editors is not what runs.
      'node_modules/@koyalite/functions/package.json': '{"name":"@koyalite/functions","main":"m.js"}',
      'node_modules/@koyalite/functions/m.js':
        'export const from = "installed"; export const defineFunction = (x) => x',
    })
    expect(await run('functions/hello.ts')).toEqual(['server', 'hello Ada', 4, 1, 7, 1, 'words', true])
  })

  test('is named by its content, and says what else it was made of', async () => {
    const { project } = bundlerBench({
      'functions/a.ts': "import { x } from '../lib/x'\nexport default () => x",
      'lib/x.ts': 'export const x = 1',
    })
    const folder = project.path('app/code')
    const bundler = createBundler({
      dir: project.path('app'),
      folder,
      sdk: project.path('server/sdk.js'),
      bun: { executable: process.execPath, env: {} },
    })
    const build = async () => {
      const bundled = await bundler.bundle({ entry: 'functions/a.ts' })
      if (!bundled.ok) throw new Error('it is bundled')
      return bundled
    }
    const first = await build()
    expect(first.path).toBe(bundler.pathOf(first.hash))
    expect(first.sources.map((path) => basename(path))).toEqual(['x.ts'])
    expect(await build()).toEqual(first)
    project.write('app/lib/x.ts', 'export const x = 2')
    const second = await build()
    expect(second.hash).not.toBe(first.hash)
    project.write('app/lib/x.ts', 'export const x = 1')
    expect(await build()).toEqual(first)
    expect(readdirSync(folder).sort()).toEqual([`${first.hash}.js`, `${second.hash}.js`].sort())
    expect(() => bundler.pathOf('../../x')).toThrow('not the hash of a bundle')
  })

  test('is the same wherever the project is', async () => {
    const files = { 'functions/a.ts': 'export default () => 1' }
    const hashes = await Promise.all(
      [bundlerBench(files), bundlerBench(files)].map(async ({ project, build }) => {
        expect(await build('functions/a.ts')).toEqual([])
        return readdirSync(project.path('app/data/functions/code'))
      }),
    )
    expect(hashes[0]).toEqual(hashes[1] as string[])
  })

  test('stacks name files of the project and their lines', async () => {
    const { run } = bundlerBench({
      'functions/pay.ts':
        "import { charge } from './_shared/charge'\n\ninterface X { a: string }\n\nexport default { handler() {\n  const x = charge()\n  return x\n} }\n",
      'functions/_shared/charge.ts':
        'type Y = 1\nexport function charge(): number {\n  throw new Error("declined")\n}\n',
    })
    const { stack } = (await run('functions/pay.ts')) as { readonly stack: string }
    expect(stack).toContain('(/functions/_shared/charge.ts:3:')
    expect(stack).toContain('/functions/pay.ts:6:')
  })

  test('the environment of a build is not in it', async () => {
    const { run } = bundlerBench({
      'functions/env.ts':
        'export default () => [process.env.NODE_ENV ?? null, process.env.SECRET ?? null, process.env.KEY ?? null]',
      '.env': 'SECRET=hunter2\nNODE_ENV=test\n',
    })
    expect(await run('functions/env.ts')).toEqual([null, null, null])
    expect(await run('functions/env.ts', { NODE_ENV: 'production', KEY: 'k' })).toEqual(['production', null, 'k'])
  })

  test.each<[string, Readonly<Record<string, string>>]>([
    [
      'of the project',
      {
        'tsconfig.json':
          '{\n // comments\n "compilerOptions": { "paths": { "@/*": ["./lib/*"], "@koyalite/functions": ["./evil.ts"] }, } }',
      },
    ],
    [
      'of the functions',
      {
        'functions/tsconfig.json': '{ "compilerOptions": { "baseUrl": "..", "paths": { "@/*": ["lib/*"] } } }',
        'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./none/*"] } } }',
      },
    ],
    [
      'that is extended',
      {
        'functions/tsconfig.json': '{ "extends": "../config/base" }',
        'config/base.json': '{ "compilerOptions": { "paths": { "@/*": ["../lib/*"] } } }',
      },
    ],
  ])('aliases of a tsconfig.json %s work, and change nothing else', async (_, files) => {
    const { run } = bundlerBench({
      'functions/a.ts':
        "import { x } from '@/x'\nimport { from } from '@koyalite/functions'\nexport default () => [x, from]",
      'lib/x.ts': 'export const x = 1',
      'evil.ts': 'export const from = "evil"',
      ...files,
    })
    expect(await run('functions/a.ts')).toEqual([1, 'server'])
  })
})

describe('what is wrong is said with file and line, in the words of the bundler', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'syntax',
      { 'functions/a.ts': 'export default {\n  handler( { return 1 }\n' },
      ['functions/a.ts:2:21 Expected "}" but found "1"'],
    ],
    [
      'in a shared file',
      { 'functions/a.ts': "import './_shared/b'", 'functions/_shared/b.ts': '\nconst x: = 4' },
      ['functions/_shared/b.ts:2:10 Unexpected ='],
    ],
    [
      'imports that lead nowhere',
      { 'functions/a.ts': "import a from 'not-installed'\nimport b from './missing'\nexport default () => [a, b]" },
      [
        'functions/a.ts:1:15 Could not resolve: "not-installed". Maybe you need to "bun install"?',
        'functions/a.ts:2:15 Could not resolve: "./missing"',
      ],
    ],
    [
      'a name that is not exported',
      {
        'functions/a.ts': "import { b } from './_shared/b'\nexport default b",
        'functions/_shared/b.ts': 'export const c = 1',
      },
      ['functions/a.ts:1:10 No matching export in "functions/_shared/b.ts" for import "b"'],
    ],
    [
      'files that are no text',
      { 'functions/a.ts': "import a from './_shared/x.node'\nexport default a", 'functions/_shared/x.node': 'x' },
      [
        "functions/a.ts x.node cannot be part of a bundle: it has no native modules, and files only as text (import … with { type: 'text' })",
      ],
    ],
  ])('%s', async (_, files, expected) => {
    const problems = await bundlerBench(files).build('functions/a.ts')
    expect(problems.slice(0, expected.length)).toEqual([...expected])
  })

  test('a file that is gone', async () => {
    expect(await bundlerBench({ 'functions/b.ts': '' }).build('functions/a.ts')).toEqual([
      'functions/a.ts ModuleNotFound resolving "./functions/a.ts" (entry point)',
    ])
  })

  test('a bundle that is too large names its largest parts', async () => {
    const { build } = bundlerBench(
      {
        'functions/a.ts': "import { a } from 'big'\nimport { b } from '@scope/small'\nexport default [a, b]",
        'node_modules/big/index.js': `export const a = '${'a'.repeat(90_000)}'`,
        'node_modules/@scope/small/index.js': `export const b = '${'b'.repeat(20_000)}'`,
      },
      { maxBytes: 100_000 },
    )
    expect(await build('functions/a.ts')).toEqual([
      'functions/a.ts is too large: its bundle has 0.1 MB, at most 0.1 MB are possible. The largest parts: big (0.1 MB), @scope/small (0.0 MB), functions/a.ts (0.0 MB)',
    ])
  })

  test('a build that takes too long is ended', async () => {
    const { build, project } = bundlerBench({ 'functions/a.ts': 'export default 1' }, { timeout: 1 })
    expect(await build('functions/a.ts')).toEqual(['functions/a.ts was not bundled within 0.001 s'])
    expect(readdirSync(project.path('app/data/functions/code'))).toEqual([])
  })

  test('many at once are all built', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `functions/f${i}.ts`)
    const { build } = bundlerBench(Object.fromEntries(names.map((name) => [name, `export default '${name}'`])))
    expect(await Promise.all(names.map(build))).toEqual(names.map(() => []))
  })
})
