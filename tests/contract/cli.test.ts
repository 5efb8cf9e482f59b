import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createApi, createProject, expectStatus, runKoyalite, startServer, type TempProject } from '@koyalite/testkit'
import { NOTES } from '../fixtures/schemas'

setDefaultTimeout(60_000)
const projects: TempProject[] = []
afterAll(() => {
  for (const project of projects) project.remove()
})
function project(schema?: string): TempProject {
  const made = createProject(schema === undefined ? {} : { schema })
  projects.push(made)
  return made
}

describe('help', () => {
  test('--version prints it', async () => {
    const { code, stdout } = await runKoyalite(['--version'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/\d+\.\d+\.\d+/)
  })

  test('--help lists the commands', async () => {
    const { code, stdout } = await runKoyalite(['--help'])
    expect(code).toBe(0)
    for (const command of ['init', 'dev', 'start', 'db', 'keys']) expect(stdout).toContain(command)
  })

  for (const command of [
    'init',
    'dev',
    'start',
    'db',
    'db seed',
    'db import',
    'keys',
    'keys create',
    'keys list',
    'keys revoke',
  ]) {
    test(`${command} --help has an example`, async () => {
      const { code, stdout } = await runKoyalite([...command.split(' '), '--help'])
      expect(code).toBe(0)
      expect(stdout).toMatch(/example/i)
      expect(stdout).toContain(`koyalite ${command.split(' ')[0]}`)
    })
  }
})

describe('exit code 2 is a usage error', () => {
  for (const args of [
    ['strat'],
    ['start', '--prot', '1'],
    ['keys', 'crate'],
    ['start', '--port', 'many'],
    ['keys', 'revoke'],
    ['init', '--template', 'nothing'],
  ]) {
    test(args.join(' '), async () => {
      const { code, stderr, stdout } = await runKoyalite([
        ...args,
        ...(args[0] === 'strat' ? [] : ['--dir', project(NOTES).dir]),
      ])
      expect(code, stderr + stdout).toBe(2)
      expect(stderr).not.toBe('')
      expect(stderr).not.toMatch(/\bat .*\.ts:\d+/)
    })
  }

  test('suggests the closest valid name', async () => {
    expect((await runKoyalite(['strat'])).stderr).toContain('start')
    expect((await runKoyalite(['start', '--prot', '1'])).stderr).toContain('--port')
  })
})

describe('exit code 1 is a failure', () => {
  test('a missing directory', async () => {
    const { code, stderr } = await runKoyalite(['start', '--dir', '/nowhere/at/all'])
    expect(code).toBe(1)
    expect(stderr).toContain('/nowhere/at/all')
  })

  test('a missing key', async () => {
    const { code, stderr } = await runKoyalite(['keys', 'revoke', 'nothing', '--dir', project(NOTES).dir])
    expect(code).toBe(1)
    expect(stderr).toContain('nothing')
  })

  test('an unknown scope', async () => {
    const { code, stderr } = await runKoyalite(['keys', 'create', '--scope', 'data:raed', '--dir', project(NOTES).dir])
    expect([1, 2]).toContain(code)
    expect(stderr).toContain('data:read')
  })

  test('a port in use', async () => {
    const taken = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('') })
    const port = String(taken.port)
    const { code, stderr } = await runKoyalite(['start', '--dir', project(NOTES).dir, '--port', port])
    taken.stop(true)
    expect(code).toBe(1)
    expect(stderr).toContain(port)
  })
})

test('keys: created before the first start, listed, revoked', async () => {
  const made = project(NOTES)
  const first = await runKoyalite(['keys', 'create', '--json', '--dir', made.dir])
  expect(first.code).toBe(0)
  const key: { id: string; key: string; scopes: unknown[] } = JSON.parse(first.stdout)
  expect(Object.keys(key).sort()).toEqual(['id', 'key', 'scopes'])
  const plain = await runKoyalite(['keys', 'create', '--scope', 'data:read', '--dir', made.dir])
  expect(plain.stdout).toContain('kl_')
  const list = JSON.parse((await runKoyalite(['keys', 'list', '--json', '--dir', made.dir])).stdout)
  expect(JSON.stringify(list)).toContain(key.id)
  expect(JSON.stringify(list)).not.toContain(key.key)
  expect((await runKoyalite(['keys', 'revoke', key.id, '--dir', made.dir])).code).toBe(0)
  const server = await startServer(made)
  expectStatus(await createApi(server.url, key.key).list('notes'), 401)
  await server.kill('SIGKILL')
})

for (const template of ['basic', 'blog', 'saas']) {
  test(`init --template ${template} makes a project that starts`, async () => {
    const parent = project()
    const init = await runKoyalite(['init', 'app', '--template', template], { cwd: parent.dir })
    expect(init.code, init.stderr).toBe(0)
    expect(await Bun.file(parent.path('app/schema.yaml')).exists()).toBe(true)
    const made: TempProject = { ...parent, dir: parent.path('app') }
    const server = await startServer(made)
    const { paths } = (await createApi(server.url).get('/api/openapi.json')).body
    expect(Object.keys(paths).some((path) => path.startsWith('/api/collections/'))).toBe(true)
    expect(await server.kill('SIGTERM')).toBe(0)
    const again = await runKoyalite(['init', 'app', '--template', template], { cwd: parent.dir })
    expect(again.code).toBe(1)
  })
}

test('without a terminal nothing is coloured', async () => {
  const { stdout, stderr } = await runKoyalite(['--help'], { env: { NO_COLOR: undefined } })
  expect(stdout + stderr).not.toContain('\u001b[')
})

describe('the example of the contract loads unchanged', () => {
  test('schema.yaml of section 2', async () => {
    const server = await startServer(
      project(await Bun.file(`${import.meta.dir}/../fixtures/contract-example.yaml`).text()),
    )
    expectStatus(await createApi(server.url).get('/health/ready'), 200)
    await server.kill('SIGKILL')
  })
})
