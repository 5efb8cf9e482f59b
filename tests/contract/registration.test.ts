import { expect, test } from 'bun:test'
import { createApi, expectError, expectStatus, runKoyalite, useServer } from '@koyalite/testkit'

const settings = (registration: string) => `auth: { registration: ${registration} }\n`
const server = useServer({
  settings: settings('open'),
  schema: `
version: 1
collections:
  notes:
    fields: { id: { type: uuid, primary: true, default: auto } }
`,
})
const PASSWORD = 'correct horse 9'

test('closed: nobody can register, existing users sign in, and operators create users', async () => {
  const ann = { email: 'ann@example.com', password: PASSWORD }
  expectStatus(await server.anonymous.post('/api/auth/register', ann), 201)
  const guest = expectStatus(await server.anonymous.post('/api/auth/anonymous'), 201).body.access_token
  server.project.write('koyalite.yaml', settings('closed'))
  await server.restart()

  const bob = { email: 'bob@example.com', password: PASSWORD }
  for (const body of [bob, ann]) expectError(await server.anonymous.post('/api/auth/register', body), 'FORBIDDEN')
  expectError(await server.anonymous.post('/api/auth/anonymous'), 'FORBIDDEN')
  const asGuest = createApi(server.process.url, guest)
  expectError(await asGuest.post('/api/auth/register', bob), 'FORBIDDEN')
  expectStatus(await asGuest.get('/api/auth/me'), 200)
  expectStatus(await server.anonymous.post('/api/auth/login', ann), 200)
  expect((await server.anonymous.get('/api/auth/providers')).body.registration).toBe('closed')

  expectStatus(await server.api.post('/api/admin/users', bob), 201)
  expectStatus(await server.anonymous.post('/api/auth/login', bob), 200)
})

test('the setting has two valid values', async () => {
  server.project.write('koyalite.yaml', settings('clsoed'))
  const { code, stdout } = await runKoyalite(['doctor', '--dir', server.project.dir])
  server.project.write('koyalite.yaml', settings('closed'))
  expect(code).toBe(1)
  expect(stdout).toContain("koyalite.yaml:1:23 auth.registration: must be one of open, closed (did you mean 'closed'?)")
})
