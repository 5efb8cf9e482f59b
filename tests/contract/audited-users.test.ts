import { expect, test } from 'bun:test'
import { type ApiResponse, expectStatus, runKoyalite, useServer } from '@koyalite/testkit'

const SCHEMA = `
version: 1
collections:
  users:
    audit: true
    fields: { name: { type: string, nullable: true } }
    rules: { read: "doc.id == auth.id", update: "doc.id == auth.id" }
  files:
    audit: true
    fields: { id: { type: string, primary: true }, owner: { type: uuid, references: users.id, onDelete: set null, nullable: true } }
    rules: { read: "true", create: "auth.id != null" }
`
const server = useServer({ schema: SCHEMA })
const PASSWORD = 'correct horse battery'

interface Entry {
  readonly seq: number
  readonly event: string
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null }
  readonly impersonator: { readonly name: string } | null
  readonly target: { readonly kind: string; readonly id: string; readonly name?: string }
  readonly request_id: string | null
  readonly ip: string | null
  readonly details: { readonly before: object | null; readonly after: object | null; readonly keys: readonly string[] }
}

async function newest(): Promise<readonly Entry[]> {
  return expectStatus(await server.api.get('/api/admin/audit?limit=500'), 200).body.entries
}

/** Entries about documents that `act` makes, oldest first. */
async function entriesOf(act: () => Promise<unknown>): Promise<readonly Entry[]> {
  const before = (await newest())[0]?.seq ?? 0
  await act()
  const made = (await newest()).filter((entry) => entry.seq > before && entry.event.startsWith('document.'))
  return made.toReversed()
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

async function signUp(email: string): Promise<{ id: string; token: string; response: ApiResponse }> {
  const response = await server.anonymous.post('/api/auth/register', { email, password: PASSWORD, name: 'A' })
  const { user, access_token } = expectStatus(response, 201).body
  return { id: user.id, token: access_token, response }
}

async function operator(email: string): Promise<string> {
  const created = await runKoyalite(['admin', 'create', email, '--password-stdin', '--dir', server.project.dir], {
    stdin: PASSWORD,
  })
  expect([created.code, created.stderr]).toEqual([0, expect.any(String)])
  const { body } = expectStatus(await server.anonymous.post('/api/admin/login', { email, password: PASSWORD }), 200)
  return body.access_token
}

test('users who register, update and read themselves are audited like other documents', async () => {
  let ann = { id: '', token: '', response: undefined as ApiResponse | undefined }
  const entries = await entriesOf(async () => {
    ann = await signUp('ann@example.com')
    expectStatus(
      await server.anonymous.request('PATCH', '/api/auth/me', { ...bearer(ann.token), json: { name: 'B' } }),
      200,
    )
    expectStatus(await server.anonymous.get('/api/auth/me', bearer(ann.token)), 200)
    expectStatus(await server.anonymous.get(`/api/collections/users/${ann.id}`, bearer(ann.token)), 200)
  })
  expect(entries.map(({ event, actor, target }) => [event, actor.kind, target.id])).toEqual([
    ['document.created', 'anonymous', ann.id],
    ['document.updated', 'user', ann.id],
    ['document.read', 'user', ann.id],
    ['document.read', 'user', ann.id],
  ])
  expect(entries[0]).toMatchObject({ ip: '127.0.0.1', request_id: ann.response?.headers.get('x-request-id') ?? '' })
  expect(entries[1]?.details).toMatchObject({ before: { name: 'A' }, after: { name: 'B' } })
  expect(JSON.stringify(entries)).not.toContain(PASSWORD)
})

test('reads and writes by operators and keys through the admin API are recorded under their names', async () => {
  const ben = await signUp('ben@example.com')
  const token = await operator('op@example.com')
  const as = (method: string, path: string, json?: object) =>
    server.anonymous.request(method, path, { ...bearer(token), ...(json === undefined ? {} : { json }) })
  expectStatus(await server.api.post('/api/collections/files', { id: 'f', owner: ben.id }), 201)
  const entries = await entriesOf(async () => {
    expectStatus(await as('GET', `/api/admin/users?filter=id:eq:${ben.id}`), 200)
    expectStatus(await as('GET', `/api/admin/users/${ben.id}`), 200)
    expectStatus(await server.api.get('/api/admin/users/ben@example.com'), 200)
    expectStatus(await as('PATCH', `/api/admin/users/${ben.id}`, { name: 'Benjamin' }), 200)
    expectStatus(await as('DELETE', `/api/admin/users/${ben.id}`), 204)
    expectStatus(await server.api.get('/api/admin/dump?format=ndjson&collection=files'), 200)
    expectStatus(await server.api.get('/api/admin/dump?format=sql'), 200)
  })
  expect(entries.map(({ event, actor, target }) => [event, actor.kind, target.name ?? target.id])).toEqual([
    ['document.listed', 'operator', 'users'],
    ['document.read', 'operator', 'users'],
    ['document.read', 'service_key', 'users'],
    ['document.updated', 'operator', 'users'],
    // The file loses its owner as the user goes.
    ['document.updated', 'operator', 'files'],
    ['document.deleted', 'operator', 'users'],
    ['document.exported', 'service_key', 'files'],
    ['document.exported', 'service_key', 'users'],
    ['document.exported', 'service_key', 'files'],
  ])
  expect(entries[0]).toMatchObject({ actor: { name: 'op@example.com' }, ip: '127.0.0.1', details: { keys: [ben.id] } })
})

test('impersonated requests are recorded under both names', async () => {
  const carl = await signUp('carl@example.com')
  const token = await operator('acting@example.com')
  const path = `/api/admin/users/${carl.id}/impersonate`
  const acting = expectStatus(await server.anonymous.request('POST', path, bearer(token)), 201).body.access_token
  const entries = await entriesOf(async () => {
    const create = { ...bearer(acting), json: { id: 'by carl' } }
    expectStatus(await server.anonymous.request('POST', '/api/collections/files', create), 201)
    expectStatus(await server.anonymous.get('/api/collections/files/by%20carl', bearer(acting)), 200)
    expectStatus(await server.anonymous.get('/api/collections/files', bearer(acting)), 200)
    const patch = { ...bearer(acting), json: { name: 'C' } }
    expectStatus(await server.anonymous.request('PATCH', '/api/auth/me', patch), 200)
    expectStatus(await server.anonymous.get('/api/auth/me', bearer(acting)), 200)
  })
  expect(entries.map(({ event }) => event)).toEqual([
    'document.created',
    'document.read',
    'document.listed',
    'document.updated',
    'document.read',
  ])
  for (const { actor, impersonator } of entries)
    expect([actor.name, impersonator?.name]).toEqual(['carl@example.com', 'acting@example.com'])
})
