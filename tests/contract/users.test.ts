import { expect, test } from 'bun:test'
import {
  createKey,
  createProject,
  expectError,
  expectStatus,
  fieldsOf,
  startServer,
  useServer,
} from '@koyalite/testkit'

const server = useServer({
  schema: `
version: 1
collections:
  users:
    fields:
      name: { type: string, nullable: true, maxLength: 5 }
  posts:
    fields:
      id:        { type: uuid, primary: true, default: auto }
      author_id: { type: uuid, references: users.id, onDelete: cascade }
`,
})
const USERS = '/api/collections/users'

test('a user has the built-in fields and those that the schema adds', async () => {
  const user = expectStatus(await server.api.post(USERS, { email: 'ann@example.com', name: 'Ann' }), 201).body
  expect(Object.keys(user).sort()).toEqual([
    'claims',
    'created_at',
    'email',
    'id',
    'metadata',
    'name',
    'role',
    'updated_at',
    'verified',
  ])
  expect(user).toMatchObject({ email: 'ann@example.com', name: 'Ann', role: 'user', verified: false })
  expect((await server.api.get(`${USERS}/${user.id}`)).body).toEqual(user)
})

test('the email address is trimmed, lower-cased, and unique in that form', async () => {
  const user = expectStatus(await server.api.post(USERS, { email: '  Bob@Example.COM ' }), 201).body
  expect(user.email).toBe('bob@example.com')
  const again = await server.api.post(USERS, { email: 'BOB@example.com' })
  expectError(again, 'CONFLICT')
  expect(fieldsOf(again)).toEqual(['email'])
  expectError(await server.api.post(USERS, { email: 'no address' }), 'VALIDATION_ERROR')
})

test('nobody chooses the id of a user', async () => {
  const id = '0190a5f0-7b1c-7def-8abc-0123456789ab'
  const response = await server.api.post(USERS, { id, email: 'cid@example.com' })
  expect(response.status).toBeGreaterThanOrEqual(400)
  expect(response.status).toBeLessThan(500)
  expect((await server.api.put(`${USERS}/${id}`, { email: 'cid@example.com' })).status).toBeGreaterThanOrEqual(400)
  expectError(await server.api.get(`${USERS}/${id}`), 'NOT_FOUND')
})

test('users without a rule are closed to everyone, but can be referenced', async () => {
  expectError(await server.anonymous.get(USERS), 'UNAUTHENTICATED')
  expectError(await server.anonymous.post(USERS, { email: 'eve@example.com' }), 'UNAUTHENTICATED')
  const user = (await server.api.post(USERS, { email: 'dan@example.com' })).body
  const post = expectStatus(await server.api.post('/api/collections/posts', { author_id: user.id }), 201).body
  const expanded = (await server.api.get(`/api/collections/posts/${post.id}?expand=author`)).body
  expect(expanded.author.email).toBe('dan@example.com')
  expectStatus(await server.api.delete(`${USERS}/${user.id}`), 204)
  expectError(await server.api.get(`/api/collections/posts/${post.id}`), 'NOT_FOUND')
})

test('users exist without being declared in the schema', async () => {
  const project = createProject({ schema: 'version: 1\ncollections: {}\n' })
  const key = await createKey(project)
  const bare = await startServer(project)
  try {
    const response = await fetch(`${bare.url}${USERS}`, { headers: { authorization: `Bearer ${key}` } })
    expect(await response.json()).toEqual({ docs: [], next_cursor: null })
  } finally {
    await bare.kill('SIGKILL')
    project.remove()
  }
})

test('built-in fields may be declared again with a compatible type and additional validation', async () => {
  const project = createProject({
    schema: `
version: 1
collections:
  users:
    fields:
      id:         { type: uuid, primary: true, default: auto }
      email:      { type: string, unique: true, validate: { format: email, maxLength: 20 } }
      role:       { type: string, default: user }
      created_at: { type: timestamp, default: now }
`,
  })
  const key = await createKey(project)
  const restated = await startServer(project)
  try {
    const post = (email: string) =>
      fetch(restated.url + USERS, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ email }),
      })
    expect((await post('long-address-of-more@example.com')).status).toBe(422)
    expect((await post('short@example.com')).status).toBe(201)
  } finally {
    await restated.kill('SIGKILL')
    project.remove()
  }
})
