import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createProject, runKoyalite, startServer, type TempProject, until } from '@koyalite/testkit'

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
