import { afterEach, describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { bundlerBench, removeBenches } from '../testing/bundler-bench'

afterEach(removeBenches)

describe('hostile projects', () => {
  test.each([
    [
      "import x from '../../secret.txt' with { type: 'text' }",
      "imports '../../secret.txt', which is outside of the project's folder",
    ],
    ["import x from '../../secret'", "imports '../../secret', which is outside of the project's folder"],
    [
      "import x from '/etc/hostname' with { type: 'text' }",
      "imports '/etc/hostname', which is outside of the project's folder",
    ],
    [
      "const x = await import('../../secret.ts')",
      "imports '../../secret.ts', which is outside of the project's folder",
    ],
    ["const x = require('../../secret.ts')", "imports '../../secret.ts', which is outside of the project's folder"],
    ["export { default as x } from '../../secret'", "imports '../../secret', which is outside of the project's folder"],
    ["import x from './_shared/link'", "imports './_shared/link', which is outside of the project's folder"],
    ["import x from './_shared/up/secret'", "imports './_shared/up/secret', which is outside of the project's folder"],
    ["import x from 'climber'", "imports 'climber', which is outside of the project's folder"],
    ["import x from '@alias'", "imports '@alias', which is outside of the project's folder"],
    [
      "import x from '../.env' with { type: 'text' }",
      "imports '../.env', which is hidden: values of .env come by the key env of the manifest",
    ],
    [
      "import x from '../.ssh/id.json'",
      "imports '../.ssh/id.json', which is hidden: values of .env come by the key env of the manifest",
    ],
    ["import x from '../data/instance.json'", "imports '../data/instance.json', which belongs to the server"],
    [
      "import x from '../koyalite.yaml' with { type: 'text' }",
      "imports '../koyalite.yaml', which is not code: move it into functions/",
    ],
  ])('%s', async (source, expected) => {
    const { build, project } = bundlerBench({
      'functions/a.ts': `${source}\nexport default () => typeof x`,
      'functions/_shared/y.ts': '',
      '.env': 'SECRET=hunter2',
      '.ssh/id.json': '{}',
      'data/instance.json': '{}',
      'koyalite.yaml': 'name: x',
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@alias": ["../secret.ts"] } } }',
      'node_modules/climber/package.json': '{"name":"climber","main":"../../../secret.ts"}',
    })
    symlinkSync('../../../secret.ts', project.path('app/functions/_shared/link.ts'))
    symlinkSync('../../..', project.path('app/functions/_shared/up'))
    expect(await build('functions/a.ts')).toEqual([`functions/a.ts ${expected}`])
    expect(readdirSync(project.path('app/data/functions/code'))).toEqual([])
  })

  test('what files outside say is in no message', async () => {
    const problems = await bundlerBench({ 'functions/a.ts': "import x from '../../broken'\nexport default x" }).build(
      'functions/a.ts',
    )
    expect(problems).toEqual(['functions/a.ts imports a file outside of the project that cannot be read'])
  })

  const MACRO =
    'import { writeFileSync } from "node:fs"\nexport function run() { writeFileSync(process.env.HOME + "/../../../../../ran", "x"); return "ran" }'
  test.each([
    ["import { run } from './_shared/m' with { type: 'macro' }"],
    ["import { run } from 'macro:./_shared/m'"],
    ['import { run } from "./_shared/m" with { "type": "ma\\u0063ro" }'],
    ["import { run } from 'mapped'"],
  ])('macros do not run: %s', async (source) => {
    const { build, project } = bundlerBench({
      'functions/a.ts': `${source}\nexport default () => run()`,
      'functions/_shared/m.ts': MACRO,
      'package.json': '{"bun":{"macros":{"mapped":{"run":"./functions/_shared/m.ts"}}}}',
      'functions/package.json': '{"bun":{"macros":{"mapped":{"run":"./_shared/m.ts"}}}}',
      'bunfig.toml': '[macros]\n"mapped" = { run = "./functions/_shared/m.ts" }\n',
    })
    const [problem = ''] = await build('functions/a.ts')
    expect(problem).toMatch(/^functions\/a\.ts:\d+:\d+ (macros are not available|Could not resolve: "mapped")/)
    expect(existsSync(project.path('ran'))).toBe(false)
  })

  test('no file in the project runs while it is bundled', async () => {
    const evil = 'require("fs").writeFileSync(process.cwd() + "/ran", "x"); module.exports = { name: "x", setup() {} }'
    const { run, project } = bundlerBench({
      'functions/a.ts': 'export default () => 1',
      'evil.js': evil,
      'bunfig.toml':
        'preload = ["./evil.js"]\n[serve.static]\nplugins = ["./evil.js"]\n[bundle]\nplugins = ["./evil.js"]\n',
      'functions/bunfig.toml': 'preload = ["../evil.js"]\n',
      '.env': 'BUN_OPTIONS=--preload=./evil.js\nNODE_OPTIONS=--require=./evil.js\n',
      'package.json': '{"scripts":{"preinstall":"touch ran","build":"touch ran"}}',
      '.npmrc': 'registry=http://127.0.0.1:1/\n',
    })
    expect(await run('functions/a.ts')).toBe(1)
    expect(existsSync(project.path('app/ran'))).toBe(false)
  })

  test('source that the bundler chokes on is a problem of that function', async () => {
    const { build } = bundlerBench({
      'functions/deep.ts': `export default ${'['.repeat(200_000)}`,
      'functions/nul.ts': 'export default "\0\uffff" + \0',
      'functions/ok.ts': 'export default 1',
    })
    const problems = await Promise.all(['functions/deep.ts', 'functions/nul.ts', 'functions/ok.ts'].map(build))
    expect(problems.map(({ length }) => length > 0)).toEqual([true, true, false])
    for (const [problem = ''] of problems.slice(0, 2)) expect(problem.length).toBeLessThan(300)
  })

  test('tsconfig.json may be nonsense', async () => {
    for (const text of [
      '{',
      '[]',
      'null',
      '{"compilerOptions":1}',
      '{"compilerOptions":{"paths":1,"baseUrl":2}}',
      '{"extends":"./tsconfig.json"}',
      '{"extends":"/etc/passwd"}',
      `${'['.repeat(90_000)}`,
    ]) {
      expect(
        await bundlerBench({ 'functions/a.ts': 'export default 1', 'tsconfig.json': text }).build('functions/a.ts'),
      ).toEqual([])
    }
  })

  test('a bundle has nothing of what files say but code', async () => {
    const { build, project } = bundlerBench({ 'functions/a.ts': '/* a comment, sk_live_1 */\nexport default () => 1' })
    expect(await build('functions/a.ts')).toEqual([])
    const [name = ''] = readdirSync(project.path('app/data/functions/code'))
    const text = readFileSync(join(project.path('app/data/functions/code'), name), 'utf8')
    expect(text).not.toContain('sk_live_1')
    expect(Buffer.from(text.slice(text.lastIndexOf(',') + 1), 'base64').toString()).not.toContain('sk_live_1')
  })
})
