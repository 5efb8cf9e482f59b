import { expect, test } from 'bun:test'
import { createApi, createKey, expectError, expectStatus, useServer } from '@koyalite/testkit'
import { createOperators } from '../fixtures/operators'

const SCHEMA = `
version: 1
collections:
  posts:
    fields:
      id:    { type: int, primary: true, default: auto }
      title: { type: string, maxLength: 100 }
      owner: { type: string, nullable: true }
      data:  { type: json, nullable: true }
    rules: { create: "doc.owner != 'root'", read: "true", update: "doc.owner != 'root'" }
  notes:
    fields:
      id:   { type: int, primary: true, default: auto }
      text: { type: string }
`
/** Does what the title of a document says. */
const HOOK = `import { defineHooks, KoyaError } from '@koyalite/hooks'

const HOSTILE = new Proxy({}, { get() { throw new Error('get') }, has() { throw new Error('has') }, getPrototypeOf() { throw new Error('proto') }, ownKeys() { throw new Error('keys') } })
const acts: Record<string, (data: any) => unknown> = {
  'throw null': () => { throw null },
  'throw undefined': () => { throw undefined },
  'throw a proxy': () => { throw HOSTILE },
  'throw a getter': () => { throw Object.defineProperty(new KoyaError('OWN', 'x'), 'code', { get() { throw new Error('the-secret') } }) },
  'throw a status': () => { throw Object.assign(new KoyaError('OWN', 'the-secret'), { status: 200 }) },
  'throw an error': () => { throw new Error('the-secret') },
  'throw details': () => { throw new KoyaError('OWN', 'x', { details: { text: 'y'.repeat(1_000_000) } }) },
  'return a proxy': () => HOSTILE,
  'return a promise': () => Promise.resolve({ title: 'x' }),
  'return a rejection': () => Promise.reject(new Error('the-secret')),
  'return a thenable': () => ({ title: 'x', then(resolve: (value: unknown) => void) { resolve({}) } }),
  'return a getter': () => ({ get title() { throw new Error('the-secret') } }),
  'return a circle': () => { const a: any = {}; a.a = a; return a },
  'return a number': () => 1,
  'return an unknown field': (data) => ({ ...data, nope: 1 }),
  'return too long a title': (data) => ({ ...data, title: 'x'.repeat(101) }),
  'return a forbidden owner': (data) => ({ ...data, owner: 'root' }),
  'return a huge value': (data) => ({ ...data, data: 'x'.repeat(17_000_000) }),
  pollute: () => JSON.parse('{"title": "polluted", "owner": "x", "data": {"__proto__": {"isAdmin": true}, "constructor": {"prototype": {"isAdmin": true}}}}'),
}

export default defineHooks({
  posts: {
    beforeCreate(ctx, data: any) {
      ctx.db.notes.create({ text: data.title })
      return acts[data.title]?.(data) as never
    },
  },
})
`
const server = useServer({
  schema: SCHEMA,
  files: { 'hooks/posts.ts': HOOK },
  settings: 'auth: { rate_limit: { login: 1000/second } }\n',
})
const POSTS = '/api/collections/posts'
const counts = async () =>
  Promise.all(['posts', 'notes'].map(async (name) => (await server.api.list(name, { count: true })).body.total))

test.each([
  ...['throw null', 'throw undefined', 'throw a proxy', 'throw a getter', 'throw a status', 'throw an error'],
  ...['throw details', 'return a proxy', 'return a promise', 'return a rejection', 'return a thenable'],
  ...['return a getter', 'return a circle', 'return a number', 'return a huge value'],
])('a hook that does %s: a 500 that says nothing, nothing is written, and the server goes on', async (title) => {
  const before = await counts()
  const response = await server.anonymous.post(POSTS, { title })
  expectError(response, 'INTERNAL')
  expect(response.text).not.toMatch(/the-secret|hooks\/|beforeCreate/)
  expect(await counts()).toEqual(before)
  expectStatus(await server.anonymous.post(POSTS, { title: 'plain' }), 201)
})

test.each(['return an unknown field', 'return too long a title', 'return a forbidden owner'])(
  'a hook that does %s stores nothing: what it returns is validated and ruled',
  async (title) => {
    const before = await counts()
    const response = await server.anonymous.post(POSTS, { title })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(await counts()).toEqual(before)
  },
)

test('what a hook returns pollutes no prototype', async () => {
  const made = expectStatus(await server.anonymous.post(POSTS, { title: 'pollute' }), 201)
  expect(made.body.title).toBe('polluted')
  expect(made.body.isAdmin).toBeUndefined()
  const next = expectStatus(await server.anonymous.post(POSTS, { title: 'next' }), 201)
  expect(next.body.isAdmin).toBeUndefined()
  expectError(await server.anonymous.get('/api/admin/hooks'), 'UNAUTHENTICATED')
})

test('hooks are seen by operators and keys of scope admin alone', async () => {
  const account = { email: 'ann@example.com', password: 'correct horse battery' }
  const { access_token } = expectStatus(await server.anonymous.post('/api/auth/register', account), 201).body
  const scopes = ['data:read', 'data:write', 'auth', 'schema', 'logs', 'functions:invoke']
  const keys = await Promise.all(scopes.map((scope) => createKey(server.project, scope)))
  for (const credential of [access_token, ...keys])
    expectError(await createApi(server.process.url, credential).get('/api/admin/hooks'), 'FORBIDDEN')
  for (const { api } of await createOperators(server, 'admin', 'editor', 'viewer'))
    expectStatus(await api.get('/api/admin/hooks'), 200)
  expectStatus(await server.api.get('/api/admin/hooks'), 200)
})
