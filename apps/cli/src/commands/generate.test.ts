import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createKey, createProject, runKoyalite, startServer, type TempProject, until } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const schema = (fields = '', name = 'posts') => `version: 1
collections:
  ${name}:
    fields:
      id: { type: uuid, primary: true, default: auto }
${fields}    rules: { read: "true" }
`
const WITH_TITLE = '      title: { type: string, nullable: true }\n'

const projects: TempProject[] = []
afterAll(() => {
  for (const project of projects) project.remove()
})

function projectWith(text: string, settings = ''): TempProject {
  const project = createProject({ schema: text, ...(settings !== '' && { settings }) })
  projects.push(project)
  return project
}

test('writes, leaves alone what is unchanged, and checks', async () => {
  const project = projectWith(schema(), 'generate: { output: web/clients }\n')
  const run = (...args: readonly string[]) => runKoyalite(['generate', '--dir', project.dir, ...args])
  expect((await run('--check', '--json')).code).toBe(1)
  expect(existsSync(join(project.dir, 'web'))).toBe(false)
  const first = JSON.parse((await run('--json')).stdout)
  expect(first).toEqual({
    written: ['.koyalite.json', 'koyalite/index.ts', 'koyalite/posts.ts', 'koyalite/users.ts'],
    removed: [],
    unchanged: 0,
  })
  expect(JSON.parse((await run('--json')).stdout)).toEqual({ written: [], removed: [], unchanged: 4 })
  expect(JSON.parse((await run('--check', '--json')).stdout)).toEqual({ up_to_date: true, differences: [] })
  project.write('schema.yaml', schema(WITH_TITLE))
  const checked = await run('--check')
  expect([checked.code, checked.stdout]).toEqual([
    1,
    '.koyalite.json is out of date\nkoyalite/posts.ts is out of date\n',
  ])
  expect(checked.stderr).toContain('Run koyalite generate')
  const again = await run('--extension', 'js')
  expect(again.stderr).toContain('@koyalite/client, which is not installed there')
  expect(readFileSync(join(project.dir, 'web/clients/koyalite/index.ts'), 'utf8')).toContain('from "./posts.js";')
  project.write('koyalite.yaml', 'generate: { output: web/clients, typescript: { extension: ts } }\n')
  project.write('node_modules/@koyalite/client/package.json', '{}')
  expect((await run()).stderr).not.toContain('not installed')
  expect(readFileSync(join(project.dir, 'web/clients/koyalite/index.ts'), 'utf8')).toContain('from "./posts.ts";')
})

const PUBLISH = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { env: { TOKEN: 'plain' } },
  input: { post_id: 'uuid', notes: { type: 'array', items: 'string', optional: true } },
  output: { slug: 'string' },
  handler: () => ({ slug: '' }),
})
`

test('types of functions, without a server and without a trace in the database; what cannot be loaded is an error', async () => {
  const project = projectWith(schema())
  const run = (...args: readonly string[]) => runKoyalite(['generate', '--dir', project.dir, ...args])
  const types = () => readFileSync(join(project.dir, 'generated/functions.d.ts'), 'utf8')
  project.write('functions/publish.ts', PUBLISH)
  project.write('functions/hook.ts', "export const config = {}\nexport default { fetch: () => new Response('') }\n")
  expect(JSON.parse((await run('--json')).stdout).written).toContain('functions.d.ts')
  expect(existsSync(join(project.dir, 'data/koyalite.db'))).toBe(false)
  expect(types()).toContain(`export interface PublishInput {
	post_id: string;
	notes?: string[] | undefined;
}
`)
  expect(types()).toContain('\t\tpublish: { input: PublishInput; output: PublishOutput };\n\t}')
  expect((await run('--check')).code).toBe(0)
  project.write('functions/publish.ts', PUBLISH.replace("slug: 'string'", "slug: 'int'"))
  expect((await run('--check')).stdout).toBe('functions.d.ts is out of date\n')
  project.write('functions/publish.ts', PUBLISH.replace('plain', '${MISSING_TOKEN}'))
  const failed = await run()
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('MISSING_TOKEN')])
  expect(types()).toContain('slug: string;')
  rmSync(join(project.dir, 'functions'), { recursive: true })
  expect(JSON.parse((await run('--lang', 'go', '--json')).stdout).removed).toEqual([])
  expect(JSON.parse((await run('--json')).stdout).removed).toEqual(['functions.d.ts'])
})

test('functions with a door are in the clients of all languages, those of a server too', async () => {
  const project = projectWith(schema(), 'generate: { languages: [typescript, go, python] }\n')
  const run = (...args: readonly string[]) => runKoyalite(['generate', '--dir', project.dir, ...args])
  const written = async () => JSON.parse((await run('--json')).stdout).written as readonly string[]
  const ofFunctions = ['koyalite/functions.ts', 'go/koyalite/functions.go', 'python/koyalite/_functions.py']
  project.write('functions/publish.ts', PUBLISH)
  expect((await written()).filter((path) => ofFunctions.includes(path))).toEqual([])
  const withDoor = PUBLISH.replace("{ TOKEN: 'plain' }", "{ TOKEN: 'plain' }, access: 'true'")
  project.write('functions/publish.ts', withDoor)
  expect(await written()).toEqual(expect.arrayContaining(ofFunctions))
  expect((await run('--check')).code).toBe(0)
  project.write('functions/publish.ts', withDoor.replace("slug: 'string'", "slug: 'int'"))
  const changed = ofFunctions.map((path) => `${path} is out of date`).toSorted()
  const others = ['.koyalite.json is out of date', 'functions.d.ts is out of date']
  expect((await run('--check')).stdout.trim().split('\n')).toEqual([...others, ...changed].sort())
  project.write('functions/publish.ts', withDoor)

  const server = await startServer(project)
  const key = await createKey(project, 'schema')
  const folder = join(project.dir, 'elsewhere')
  try {
    const languages = ['--lang', 'typescript,go,python', '--output', folder]
    const taken = await runKoyalite(['generate', '--url', server.url, '--token', key, ...languages])
    expect([taken.code, taken.stderr]).toEqual([0, expect.any(String)])
    for (const path of ofFunctions)
      expect(readFileSync(join(folder, path), 'utf8')).toBe(readFileSync(join(project.dir, 'generated', path), 'utf8'))
    expect(existsSync(join(folder, 'functions.d.ts'))).toBe(false)
  } finally {
    await server.kill('SIGKILL')
  }
})

test('dev writes types of functions as they change', async () => {
  const project = projectWith(schema())
  project.write('functions/publish.ts', PUBLISH)
  expect((await runKoyalite(['generate', '--dir', project.dir])).code).toBe(0)
  const server = await startServer(project, { command: 'dev' })
  const types = () => readFileSync(join(project.dir, 'generated/functions.d.ts'), 'utf8')
  try {
    project.write('functions/publish.ts', PUBLISH.replace("slug: 'string'", "slug: 'int'"))
    await until(() => types().includes('slug: number;'))
    project.write('functions/count.ts', PUBLISH)
    await until(() => types().includes('count: { input: CountInput; output: CountOutput };'))
    await server.said('✓ clients')
    project.write('functions/count.ts', 'export default {')
    await until(() => server.output().includes('count is still served as version 1'))
    expect(types()).toContain('CountInput')
    rmSync(join(project.dir, 'functions/count.ts'))
    await until(() => !types().includes('CountInput'))
  } finally {
    await server.kill('SIGKILL')
  }
})

test('writes Go as a module of its own, where the settings say so', async () => {
  const project = projectWith(schema(), 'generate: { languages: [go], go: { module: example.com/shop/koyalite } }\n')
  const run = (...args: readonly string[]) => runKoyalite(['generate', '--dir', project.dir, ...args])
  expect((await run()).code).toBe(0)
  expect(readFileSync(join(project.dir, 'generated/go/koyalite/go.mod'), 'utf8')).toContain('module example.com/shop')
  project.write('koyalite.yaml', 'generate: { languages: [go] }\n')
  expect((await run('--check')).stdout).toBe('go/koyalite/go.mod is of no collection\n')
  project.write('koyalite.yaml', 'generate: { go: { module: "a b" } }\n')
  expect((await run()).stderr).toContain('expected a path like example.com/shop/koyalite')
})

test('refuses what it cannot do, and writes nothing', async () => {
  const project = projectWith(schema('', 'auth'))
  const run = (...args: readonly string[]) => runKoyalite(['generate', '--dir', project.dir, ...args])
  const other = await run('--lang', 'typescript,rust')
  expect([other.code, other.stderr]).toEqual([
    2,
    'error: clients in rust are not available in this version\nAvailable: typescript, go, python (--lang, or generate.languages in koyalite.yaml).\n',
  ])
  const clash = await run()
  expect([clash.code, clash.stderr]).toEqual([
    1,
    "error: schema.yaml:3:3 generated clients use the name 'auth' themselves, so collection 'auth' needs another one there: add `clients: { name: auth_documents }`\nNothing was generated.\n",
  ])
  expect((await run('--token', 'x')).code).toBe(2)
  expect((await run('--url', 'nowhere')).code).toBe(2)
  expect(existsSync(join(project.dir, 'generated'))).toBe(false)
})

test('takes the schema of a server, whose responses tell its hash; dev keeps what is generated', async () => {
  const project = projectWith(schema())
  const server = await startServer(project, { command: 'dev' })
  const folder = join(project.dir, 'generated')
  const refused = await runKoyalite(['generate', '--url', server.url, '--output', folder])
  expect([refused.code, existsSync(folder)]).toEqual([1, false])
  expect(refused.stderr).toContain('koyalite keys create --scope schema')
  const key = JSON.parse(
    (await runKoyalite(['keys', 'create', '--scope', 'schema', '--json', '--dir', project.dir])).stdout,
  ).key
  const taken = await runKoyalite(['generate', '--url', server.url, '--token', key, '--output', folder])
  expect(taken.code, taken.stderr).toBe(0)
  expect((await runKoyalite(['generate', '--dir', project.dir, '--check'])).code).toBe(0)
  const hash = async () => (await fetch(`${server.url}/api/collections/posts`)).headers.get('koyalite-schema')
  const before = await hash()
  expect(before).toMatch(/^[0-9a-f]{16}$/)

  project.write('schema.yaml', schema(WITH_TITLE))
  await until(() => /schema\.yaml changed .*✓ migrated {2}\(.*\) {2}✓ clients {2}\(\d/.test(server.output()), {
    what: () => `dev generated clients, not only:\n${server.output()}`,
  })
  expect(readFileSync(join(folder, 'koyalite/posts.ts'), 'utf8')).toContain('title: string | null;')
  expect(await hash()).not.toBe(before)
  await server.kill('SIGTERM')
})
