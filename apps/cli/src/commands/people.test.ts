import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import {
  createApi,
  createProject,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)

const SCHEMA = `version: 1
roles: { moderator: { permissions: [] } }
collections:
  users:
    fields: { name: { type: string, nullable: true } }
    rules: { read: "auth.id == doc.id" }
`
const PASSWORD = 'correct horse battery'

let project: TempProject
let server: ServerProcess
beforeAll(async () => {
  project = createProject({ schema: SCHEMA })
  server = await startServer(project)
})
afterAll(async () => {
  await server.kill('SIGTERM')
  project.remove()
})

function run(args: readonly string[], stdin?: string) {
  return runKoyalite([...args, '--dir', project.dir], stdin === undefined ? {} : { stdin })
}

test('the first start prints a link that makes one owner, once', async () => {
  // It answers before it has printed.
  await until(() => server.output().includes('#token='))
  const link = /http:\/\/127\.0\.0\.1:\d+\/_\/auth\/setup#token=([\w-]+)/.exec(server.output())
  expect(link?.[0]).toStartWith(server.url)
  const setup = { token: link?.[1], email: 'owner@example.com', password: PASSWORD }
  const api = createApi(server.url)
  expect((await api.post('/api/admin/setup', setup)).status).toBe(201)
  expect((await api.post('/api/admin/setup', setup)).status).toBe(403)
})

test('admin create gives a link under which a password is chosen, or takes one', async () => {
  const made = await run(['admin', 'create', 'ann@example.com', '--role', 'viewer', '--json'])
  const { role, link } = JSON.parse(made.stdout)
  expect({ code: made.code, role }).toEqual({ code: 0, role: 'viewer' })
  const api = createApi(server.url)
  const token = link.slice(link.indexOf('#token=') + 7)
  expect((await api.post('/api/admin/password', { token, password: PASSWORD })).status).toBe(200)
  expect((await api.post('/api/admin/login', { email: 'ann@example.com', password: PASSWORD })).status).toBe(200)

  const reset = await run(['admin', 'reset-password', 'ann@example.com', '--password-stdin'], `${PASSWORD} staple\n`)
  expect(reset).toMatchObject({ code: 0, stdout: 'The password of ann@example.com was changed.\n' })
  expect((await api.post('/api/admin/login', { email: 'ann@example.com', password: PASSWORD })).status).toBe(401)
  expect((await run(['admin', 'create', 'ann@example.com'])).stderr).toContain(
    'The operator ann@example.com already exists.',
  )
  expect((await run(['admin', 'create', 'x@example.com', '--role', 'king'])).code).toBe(2)
  expect((await run(['admin', 'create', 'x@example.com', '--password-stdin'], '\n')).code).toBe(2)
})

test('users are made, listed, kept out and mailed', async () => {
  const api = createApi(server.url)
  const credentials = { email: 'ben@example.com', password: PASSWORD }
  const made = await run(
    [
      'users',
      'create',
      'Ben@example.com',
      '--role',
      'moderator',
      '--data',
      '{"name":"Ben"}',
      '--password-stdin',
      '--json',
    ],
    PASSWORD,
  )
  expect(JSON.parse(made.stdout)).toMatchObject({ email: 'ben@example.com', role: 'moderator', name: 'Ben' })
  expect((await api.post('/api/auth/login', credentials)).status).toBe(200)

  const list = await run(['users', 'list', '--filter', 'role:eq:moderator'])
  expect(list.stdout.trim().split('\n')).toHaveLength(2)
  expect(list.stdout).toMatch(/ben@example\.com +moderator +no +\d{4}-\d\d-\d\d +password/)
  expect(JSON.parse((await run(['users', 'list', '--json'])).stdout).users).toHaveLength(1)

  expect((await run(['users', 'block', 'ben@example.com'])).stdout).toBe('ben@example.com is blocked.\n')
  expect((await api.post('/api/auth/login', credentials)).status).not.toBe(200)
  expect((await run(['users', 'block', 'ben@example.com', '--undo'])).code).toBe(0)
  expect((await api.post('/api/auth/login', credentials)).status).toBe(200)

  const mailed = await run(['users', 'reset-password', 'ben@example.com', '--json'])
  expect(JSON.parse(mailed.stdout)).toEqual({ user: 'ben@example.com', sent: true })
  const unknown = await run(['users', 'reset-password', 'nobody@example.com'])
  expect(unknown).toMatchObject({ code: 1, stderr: "error: There is no user 'nobody@example.com'.\n" })
})

test('audit verify follows the chain from where it was noted', async () => {
  const first = JSON.parse((await run(['audit', 'verify', '--json'])).stdout)
  expect(first).toMatchObject({ ok: true })
  expect(first.entries).toBeGreaterThan(5)
  const head = `${first.head.seq}:${first.head.hash}`
  expect((await run(['audit', 'verify', '--head', head])).code).toBe(0)
  const forged = await run(['audit', 'verify', '--head', `${first.head.seq}:${'0'.repeat(64)}`])
  expect(forged.code).toBe(1)
  expect(forged.stderr).toContain('the audit log was changed at entry')
  expect((await run(['audit', 'verify', '--head', 'x'])).code).toBe(2)
})
