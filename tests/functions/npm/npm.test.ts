import { afterAll, describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { hasSandbox } from '../../security/has-sandbox'
import { denoFolder } from '../deno-folder'
import { settledFunction } from '../settled-function'
import { startRegistry } from './fake-registry'

const noDeno = denoFolder === null ? ' (Deno is not installed)' : hasSandbox ? '' : ' (bubblewrap does not work here)'

const registry = startRegistry([
  {
    ...{ name: 'modern', version: '1.0.0' },
    manifest: {
      type: 'module',
      exports: { '.': './main.js', './sub': { bun: './sub.js', node: './sub-node.js' } },
    },
    files: {
      'main.js': "import { old } from 'old'\nexport const modern = (text) => 'modern ' + old(text)\n",
      'sub.js': "export default 'sub'\n",
      'sub-node.js': "export default 'sub of node'\n",
    },
  },
  {
    name: 'modern',
    version: '1.1.0',
    manifest: { exports: './main.js' },
    files: { 'main.js': 'export const modern = () => "newer"\n' },
  },
  { name: 'old', version: '2.0.0', files: { 'index.js': 'exports.old = (text) => `old ${text}`\n' } },
  {
    ...{
      name: 'scripted',
      version: '1.0.0',
      manifest: { scripts: { postinstall: `echo "module.exports = '$BUILD_WORD'" > made.js` } },
    },
    files: {
      'index.js': "let made = 'none'\ntry { made = require('./made.js') } catch {}\nexports.made = made\n",
      'made.js': "module.exports = 'unmade'\n",
    },
  },
  {
    name: 'slips',
    version: '1.0.0',
    files: { 'index.js': 'exports.x = 1\n', 'evil.js': 'planted\n' },
    rename: 's,evil,../../../../planted,',
  },
  { name: 'climbs', version: '1.0.0', manifest: { main: '../../../../../.env' }, files: { 'other.js': '' } },
])
afterAll(() => registry.stop())

const SETTINGS = `functions: { registries: { npm: "${registry.url}" } }\noutbound: { allow: [127.0.0.1] }\n`
const handler = (imports: string, value: string) =>
  `import { defineFunction } from '@koyalite/functions'\n${imports}\nexport default defineFunction({ config: { access: 'true' }, handler: () => ${value} })\n`
const SCHEMA = 'version: 1\ncollections: {}\n'
const FROM_MODERN = handler(
  "import { modern } from 'modern'\nimport sub from 'modern/sub'\nimport * as old from 'old'",
  "[modern('x'), sub, old.old('y')]",
)
const PACKAGE = JSON.stringify({ dependencies: { modern: '1.0.0', old: '^2.0.0' }, devDependencies: { scripted: '*' } })

describe('packages of npm', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: SETTINGS,
    command: 'dev',
    env: denoFolder === null ? {} : { PATH: `${denoFolder}:${process.env.PATH}` },
    files: {
      'functions/package.json': PACKAGE,
      'functions/modern.ts': FROM_MODERN,
      'functions/node.ts': FROM_MODERN,
      'functions/node.yaml': 'runtime: node\n',
      'functions/edge.ts': `${FROM_MODERN.replaceAll("'modern", "'npm:modern@1.0.0")}`,
      'functions/edge.yaml': 'runtime: deno\n',
      'functions/mapped/index.ts': handler(
        "import { modern } from 'named'\nimport sub from 'parts/sub'\nimport { shared } from '~/shared.ts'",
        "[modern('x'), sub, shared]",
      ),
      'functions/mapped/deno.json':
        '{ // as Deno has it\n"imports": { "named": "npm:modern@1", "parts/": "npm:/modern@1/", "~/": "../_shared/" } }',
      'functions/_shared/shared.ts': "export const shared = 'shared'\n",
      'functions/mapped.yaml': 'runtime: deno\naccess: "true"\n',
      'functions/own.ts': handler("import { modern } from 'modern'", 'modern()'),
      'functions/own.yaml': 'dependencies: { modern: ">=1.1" }\n',
      'functions/scripted.ts': handler("import { made } from 'scripted'", 'made'),
      'functions/scripted.yaml': 'dependencies: [scripted]\n',
      'functions/trusted.ts': handler("import { made } from 'scripted'", 'made'),
      'functions/trusted.yaml':
        'dependencies: [scripted@1.0.0]\ntrusted: [scripted]\nbuild_env: { BUILD_WORD: "a-word" }\n',
      'functions/slips.ts': handler("import { x } from 'slips'", 'x'),
      'functions/slips.yaml': 'dependencies: [slips]\n',
      'functions/climbs.ts': handler("import x from 'climbs'", 'x'),
      'functions/climbs.yaml': 'dependencies: [climbs]\n',
      'functions/missing.ts': handler("import x from 'nowhere'", 'x'),
      'functions/missing.yaml': 'dependencies: { nowhere: "1" }\n',
      '.env': 'SECRET=of the server\n',
      '.npmrc': 'registry=http://127.0.0.1:9/\n',
    },
  })
  const output = async (name: string) => {
    const state = await settled(name)
    expect(state.problems).toEqual([])
    // A lockfile that was just written loads functions once more.
    const response = await until(async () => {
      const called = await server.anonymous.post(`/api/functions/${name}`, {})
      return called.status === 503 ? undefined : called
    })
    return expectStatus(response, 200).body
  }
  const settled = (name: string) => settledFunction(server, name)

  test('are those of functions/package.json, with all that they have', async () => {
    expect(await output('modern')).toEqual(['modern old x', 'sub', 'old y'])
    // Under the conditions of the runtime.
    expect(await output('node')).toEqual(['modern old x', 'sub of node', 'old y'])
  })

  test.skipIf(noDeno !== '')(`are what npm: stands for${noDeno}`, async () => {
    expect(await output('edge')).toEqual(['modern old x', 'sub of node', 'old y'])
  })

  test.skipIf(noDeno !== '')(`are what imports of deno.json name${noDeno}`, async () => {
    expect(await output('mapped')).toEqual(['modern old x', 'sub of node', 'shared'])
  })

  test('have a lockfile, which dev writes; what it says is installed once', async () => {
    await settled('modern')
    expect(readFileSync(server.project.path('functions/bun.lock'), 'utf8')).toContain('"modern@1.0.0"')
    const count = () => registry.asked.filter((path) => path === '/modern/-/modern-1.0.0.tgz').length
    expect(count()).toBe(1)
    await server.restart()
    expect(await output('modern')).toEqual(['modern old x', 'sub', 'old y'])
    expect(count()).toBe(1)
  })

  test('may be those of one function', async () => {
    expect(await output('own')).toBe('newer')
    expect(existsSync(server.project.path('functions/_locks/own.lock'))).toBe(true)
  })

  test('run no scripts but those of packages that are trusted', async () => {
    expect(await output('scripted')).toBe('unmade')
    expect(await output('trusted')).toBe('a-word')
  })

  test('write and read nothing outside of their folder', async () => {
    await settled('slips')
    const found = readdirSync(server.project.dir, { recursive: true, encoding: 'utf8' })
    expect(found.filter((path) => path.includes('planted') && !path.includes('node_modules'))).toEqual([])
    const { problems } = await settled('climbs')
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.join()).not.toContain('of the server')
  })

  test('that are not there are named', async () => {
    const { problems } = await settled('missing')
    expect(problems.join()).toContain('functions/missing.ts packages could not be installed (exit code 1)')
    expect(problems.join()).toContain('nowhere')
  })
})

describe('a lockfile', () => {
  const server = useServer({
    ...{ schema: SCHEMA, settings: SETTINGS },
    files: {
      'functions/package.json': JSON.stringify({ dependencies: { old: '^2.0.0' } }),
      'functions/old.ts': handler("import { old } from 'old'", "old('x')"),
    },
  })
  const problem = async () => (await settledFunction(server, 'old')).problems.join()

  test('is needed under start, and nothing but what it says is installed', async () => {
    expect(await problem()).toBe(
      'functions/bun.lock is not there: functions/package.json needs it. koyalite dev writes it; commit it with the functions',
    )
    const forged = `["old@2.0.0", "", {}, "sha512-${'A'.repeat(86)}=="]`
    const workspaces = '{ "": { "dependencies": { "old": "^2.0.0" } } }'
    server.project.write(
      'functions/bun.lock',
      `{ "lockfileVersion": 1, "workspaces": ${workspaces}, "packages": { "old": ${forged} } }`,
    )
    await server.restart()
    expect(await problem()).toMatch(/functions\/package.json packages could not be installed .*[Ii]ntegrity/)
  })
})
