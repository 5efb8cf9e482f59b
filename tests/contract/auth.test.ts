import { expect, test } from 'bun:test'
import { createApi, expectError, expectStatus, useServer } from '@koyalite/testkit'

const server = useServer({
  command: 'dev',
  settings: 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute } }\n',
  schema: `
version: 1
roles:
  moderator: { permissions: ["posts:*"] }
collections:
  users:
    fields:
      name: { type: string, nullable: true, maxLength: 20 }
    rules:
      create: "true"
      read: "auth.id == doc.id"
      update: "auth.id == doc.id"
  posts:
    fields:
      id:        { type: uuid, primary: true, default: auto }
      title:     { type: string }
      author_id: { type: uuid, references: users.id, onDelete: cascade }
    rules:
      read: "true"
      create: "doc.author_id == auth.id"
      delete: "auth.can('posts:delete')"
`,
})
const PASSWORD = 'correct horse 9'
let next = 0

async function register() {
  const email = `user${next++}@example.com`
  const { body } = expectStatus(await server.anonymous.post('/api/auth/register', { email, password: PASSWORD }), 201)
  return { email, id: body.user.id as string, refresh: body.refresh_token as string, api: bearer(body.access_token) }
}
function bearer(token: string) {
  return createApi(server.process.url, token)
}

test('rules see the signed-in user until the logout', async () => {
  const ann = await register()
  const post = expectStatus(
    await ann.api.post('/api/collections/posts', { title: 'Hello', author_id: ann.id }),
    201,
  ).body
  expectError(
    await server.anonymous.post('/api/collections/posts', { title: 'Hello', author_id: ann.id }),
    'UNAUTHENTICATED',
  )
  expectError(await ann.api.delete(`/api/collections/posts/${post.id}`), 'FORBIDDEN')
  expectStatus(await ann.api.post('/api/auth/logout'), 204)
  expectError(await ann.api.get('/api/collections/posts'), 'UNAUTHENTICATED')
})

test('a new role takes effect with the next request, however it was assigned', async () => {
  const ann = await register()
  for (const path of ['/api/admin/users', '/api/collections/users']) {
    const post = (await ann.api.post('/api/collections/posts', { title: 'Hello', author_id: ann.id })).body
    expectError(await ann.api.delete(`/api/collections/posts/${post.id}`), 'FORBIDDEN')
    expectStatus(await server.api.patch(`${path}/${ann.id}`, { role: 'moderator' }), 200)
    expectStatus(await ann.api.delete(`/api/collections/posts/${post.id}`), 204)
    expectStatus(await server.api.patch(`${path}/${ann.id}`, { role: 'user' }), 200)
  }
})

test('no route lets a user escalate their role, or take an address that they have not verified', async () => {
  const ann = await register()
  const path = `/api/collections/users/${ann.id}`
  const before = (await ann.api.get('/api/auth/me')).body
  for (const [rise, expected] of [
    [{ role: 'moderator' }, [422, 422, 422, 403, 422, 422]],
    [{ verified: true }, [422, 422, 422, 403, 422, 422]],
    // A field that a document has: who may change it, and how, is the question.
    [{ email: 'other@example.com' }, [403, 403, 422, 403, 403, 403]],
  ] as const) {
    const attempts = [
      await ann.api.patch(path, rise),
      await ann.api.put(path, { email: ann.email, ...rise }),
      await ann.api.patch('/api/auth/me', rise),
      await ann.api.patch(`/api/admin/users/${ann.id}`, rise),
      await ann.api.post('/api/batch', { operations: [{ op: 'update', collection: 'users', id: ann.id, data: rise }] }),
      await ann.api.post('/api/batch', {
        operations: [{ op: 'upsert', collection: 'users', id: ann.id, data: { email: ann.email, ...rise } }],
      }),
    ]
    expect([rise, attempts.map(({ status }) => status)]).toEqual([rise, [...expected]])
  }
  expect((await ann.api.patch(path, { id: '0190a5f0-7b1c-7def-8abc-0123456789ab' })).status).toBe(422)
  expect((await ann.api.get('/api/auth/me')).body).toEqual(before)
  expectStatus(await ann.api.patch(path, { name: 'Ann', email: ` ${ann.email.toUpperCase()}` }), 200)
  expectStatus(await server.anonymous.post('/api/collections/users', { email: ' Fresh@Example.com ' }), 201)
  expectStatus(await server.api.patch(path, { email: `operators-may${ann.email}` }), 200)
})

test('a user deleted over REST is signed out at once, and their address becomes available', async () => {
  const ann = await register()
  expectStatus(await server.api.delete(`/api/collections/users/${ann.id}`), 204)
  expectError(await ann.api.get('/api/auth/me'), 'UNAUTHENTICATED')
  expectStatus(await server.anonymous.post('/api/auth/register', { email: ann.email, password: PASSWORD }), 201)
})

test('sessions, keys and the audit log survive a restart', async () => {
  const ann = await register()
  await server.restart('SIGKILL')
  const after = bearer(
    (await server.anonymous.post('/api/auth/refresh', { refresh_token: ann.refresh })).body.access_token,
  )
  expect((await after.get('/api/auth/me')).body.id).toBe(ann.id)
  const { ok, entries } = (await server.api.get('/api/admin/audit/verify')).body
  expect(ok).toBe(true)
  expect(entries).toBeGreaterThan(2)
})

test('mails of the development server appear in its mailbox, and their links work', async () => {
  const ann = await register()
  const page = (await server.anonymous.get('/_/mail')).text
  const link = new RegExp(`<small>to ${ann.email}[\\s\\S]*?(http[^"<]*#token=[\\w-]+)`).exec(page)?.[1] ?? ''
  expect(link).toStartWith(server.process.url)
  expect((await server.anonymous.get(new URL(link).pathname)).headers.get('content-type')).toContain('text/html')
  expectStatus(await server.anonymous.post('/api/auth/email/verify', { token: link.split('token=')[1] }), 200)
  expect((await ann.api.get('/api/auth/me')).body.verified).toBe(true)
})

test('fields that a schema adds to users are validated at registration, together with the password', async () => {
  const { status, body } = await server.anonymous.post('/api/auth/register', {
    email: 'x',
    password: 'x',
    name: 'x'.repeat(21),
    shoe: 1,
  })
  expect(status).toBe(422)
  expect(body.error.details.map((detail: { field: string }) => detail.field).sort()).toEqual([
    'email',
    'name',
    'password',
    'shoe',
  ])
})
