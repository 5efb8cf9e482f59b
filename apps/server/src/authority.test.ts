import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KEY_SCOPES, type KeyScope } from '@koyalite/contracts'
import type { Route } from '@koyalite/kernel'
import { openProject, type Project } from './project'

setDefaultTimeout(60_000)

const SCHEMA = `
version: 1
roles: { admin: { permissions: ["*"] } }
collections:
  users:
    fields: { name: { type: string, nullable: true } }
    rules: { create: "true", read: "true", update: "doc.id == auth.id", delete: "false" }
  notes:
    fields: { id: { type: string, primary: true }, text: { type: string } }
  logs:
    fields: { id: { type: string, primary: true }, text: { type: string } }
`
const PASSWORD = 'correct horse battery'
/** Nobody meets a limit here: what is tested is who may, not how often. */
const OVERRIDES = {
  'database.path': ':memory:',
  'auth.rate_limit.api': '1000000/second',
  'auth.rate_limit.login': '1000000/second',
  'auth.rate_limit.register': '1000000/second',
}

let dir: string
let project: Project
let routes: readonly Route[]
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'koyalite-authority-'))
  writeFileSync(join(dir, 'schema.yaml'), SCHEMA)
  project = await openProject({ dir, overrides: OVERRIDES })
  routes = project.current().routes
  for (const collection of ['notes', 'logs'])
    await asServer('POST', `/api/collections/${collection}`, { id: 'n', text: 'secret' })
})
afterAll(async () => {
  await project.close()
  rmSync(dir, { recursive: true })
})

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

async function send(app: 'app' | 'control', token: string | null, { method, path, body }: Sent): Promise<Answer> {
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const request = new Request(`http://localhost${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const response = await project.current()[app].fetch(request, { ip: '127.0.0.1' })
  const isText = response.headers.get('content-type')?.startsWith('application/json') === true
  if (!isText) await response.body?.cancel()
  return { status: response.status, body: isText ? JSON.parse((await response.text()) || 'null') : null }
}

interface Sent {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

const asServer = (method: string, path: string, body?: unknown) => send('control', null, { method, path, body })
const as = (token: string) => (sent: Sent) => send('app', token, sent)

async function signUp(email: string): Promise<{ readonly id: string; readonly token: string }> {
  const body = { email, password: PASSWORD }
  const registered = await send('app', null, { method: 'POST', path: '/api/auth/register', body })
  const { user, access_token } =
    registered.status === 201
      ? registered.body
      : (await send('app', null, { method: 'POST', path: '/api/auth/login', body })).body
  return { id: user.id, token: access_token }
}

async function keyFor(
  scopes: readonly { readonly scope: KeyScope; readonly collections?: readonly string[] }[],
): Promise<string> {
  return (await asServer('POST', '/api/admin/keys', { scopes })).body.key
}

/** Every request that a route takes, with a body that it would accept from one who may. */
function requests(
  { method, path }: Route,
  { user, rise }: { readonly user: string; readonly rise: object },
): readonly Sent[] {
  const paths = path.includes(':collection')
    ? ['users', 'notes'].map((name) => path.replace(':collection', name))
    : [path]
  return paths.flatMap((one): Sent[] => {
    const isUsers = one.includes('users')
    const full = one
      .replace(':id', isUsers ? user : 'n')
      .replace(':name', 'x')
      .replace(':provider', 'github')
    if (method === 'GET' || method === 'DELETE') return [{ method, path: full }]
    return bodies(`${method} ${path}`, { isUsers, user, rise }).map((body) => ({ method, path: full, body }))
  })
}

function bodies(
  route: string,
  { isUsers, user, rise }: { readonly isUsers: boolean; readonly user: string; readonly rise: object },
): readonly unknown[] {
  const document = isUsers ? { email: 'new@example.com', ...rise } : { id: 'n2', text: 'x' }
  const operations = ['create', 'update', 'upsert', 'delete'].flatMap((op) => [
    [
      {
        op,
        collection: 'users',
        ...(op === 'create' ? {} : { id: user }),
        ...(op === 'delete' ? {} : { data: { email: 'a@example.com', ...rise } }),
      },
    ],
    [
      {
        op,
        collection: 'notes',
        ...(op === 'create' ? {} : { id: 'n' }),
        ...(op === 'delete' ? {} : { data: { text: 'y', ...(op === 'create' && { id: 'n3' }) } }),
      },
    ],
  ])
  const known: Readonly<Record<string, readonly unknown[]>> = {
    'POST /api/batch': operations.map((one) => ({ operations: one })),
    'POST /api/collections/:collection': [document, [document]],
    'PATCH /api/collections/:collection/:id': isUsers ? [rise, { name: 'x', ...rise }] : [{ text: 'z' }],
    'PUT /api/collections/:collection/:id': isUsers ? [{ email: 'a@example.com', ...rise }] : [{ text: 'z' }],
    'POST /api/admin/operators': [{ email: 'x@example.com', role: 'owner', password: PASSWORD }],
    'PATCH /api/admin/operators/:id': [{ role: 'owner' }],
    'POST /api/admin/keys': [{ scopes: [{ scope: 'admin' }] }],
    'POST /api/admin/users': [{ email: 'y@example.com', ...rise }],
    'PATCH /api/admin/users/:id': [rise],
    'POST /api/admin/schema': [{ schema: SCHEMA.replace('doc.id == auth.id', 'true') }],
    'POST /api/admin/rules/explain': [{ collection: 'notes', operation: 'delete', as: 'key', id: 'n' }],
    'POST /api/admin/rules/test': [{ files: [{ name: 'a', source: 'cases: []' }] }],
    'POST /api/auth/register': [{ email: 'z@example.com', password: PASSWORD, ...rise }],
    'POST /api/auth/anonymous': [rise],
    'PATCH /api/auth/me': [rise, { name: 'x', ...rise }],
    'POST /api/admin/reset': [{ confirm: true }, {}],
  }
  return known[route] ?? [{}, rise]
}

/** Everything that is stored, except what any request may leave: sessions, attempts, mails, the audit log. */
function stored(): string {
  const passing =
    /^(_koyalite_(sessions|refresh_tokens|one_time_tokens|login_failures|mails|audit|audit_anchor|forgotten|idempotency|meta|changes|cursors)|sqlite_.*)$/
  const tables = project.database
    .all({ text: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", params: [] })
    .flat()
  const kept = tables.filter((name) => !passing.test(String(name)))
  return JSON.stringify(
    kept.map((name) => [
      name,
      project.database
        .all({ text: `SELECT * FROM "${name}"`, params: [] })
        .map((row) => (name === '_koyalite_keys' ? row.slice(0, 3) : row)),
    ]),
    (_, value) => (typeof value === 'bigint' ? String(value) : value),
  )
}

test('a user cannot raise themself by any route', async () => {
  let ann = await signUp('ann@example.com')
  const standing = (): unknown =>
    project.database.all({ text: 'SELECT role, verified, email FROM users WHERE id = ?', params: [ann.id] })[0]
  const powers = (): unknown =>
    ['_koyalite_operators', '_koyalite_keys'].map((table) =>
      project.database.all({ text: `SELECT count(*) FROM ${table}`, params: [] }),
    )
  const raised = (): unknown =>
    project.database.all({ text: "SELECT count(*) FROM users WHERE role <> 'user' OR verified", params: [] })
  const [before, powersBefore, raisedBefore] = [standing(), powers(), raised()]
  let sent = 0
  for (const rise of [{ role: 'admin' }, { verified: true }]) {
    for (const route of routes) {
      for (const request of requests(route, { user: ann.id, rise })) {
        const answer = await as(ann.token)(request)
        sent++
        const what = `${request.method} ${request.path} ${JSON.stringify(request.body)} → ${answer.status}`
        expect([what, standing(), powers(), raised()]).toEqual([what, before, powersBefore, raisedBefore])
        if (route.path.startsWith('/api/admin/')) expect([what, answer.status < 400]).toEqual([what, false])
        // A logout, or a sign-in as somebody else, ends what the walk needs.
        if ((await as(ann.token)({ method: 'GET', path: '/api/auth/me' })).status !== 200)
          ann = await signUp('ann@example.com')
      }
    }
  }
  expect(sent).toBeGreaterThan(routes.length)
})

test('a viewer cannot write by any route', async () => {
  const { id: victim } = await signUp('ben@example.com')
  const made = await asServer('POST', '/api/admin/operators', {
    email: 'v@example.com',
    role: 'viewer',
    password: PASSWORD,
  })
  expect(made.status).toBe(201)
  const signIn = async (): Promise<string> => {
    const body = { email: 'v@example.com', password: PASSWORD }
    return (await send('app', null, { method: 'POST', path: '/api/admin/login', body })).body.access_token
  }
  let token = await signIn()
  // What is open to everybody is nobody's right: registering is.
  const walked = routes.filter(({ path }) => !/^\/api\/auth\/(register|anonymous)$/.test(path))
  const before = stored()
  for (const route of walked) {
    for (const request of requests(route, { user: victim, rise: { role: 'admin' } })) {
      const answer = await as(token)(request)
      const what = `${request.method} ${request.path} ${JSON.stringify(request.body)} → ${answer.status}`
      expect([what, stored() === before]).toEqual([what, true])
      const isRight =
        READING_POSTS.has(route.path) || !/^\/api\/(collections|batch|admin)/.test(route.path) || route.method === 'GET'
      if (!isRight) expect([what, answer.status >= 400]).toEqual([what, true])
      if ((await as(token)({ method: 'GET', path: '/api/admin/roles' })).status === 401) token = await signIn()
    }
  }
})

/** They only look. */
const READING_POSTS: ReadonlySet<string> = new Set(['/api/admin/rules/explain', '/api/admin/rules/test'])

describe('a scoped key cannot exceed its scope by any route', () => {
  // `admin` is every scope.
  const scopes = KEY_SCOPES.filter((scope) => scope !== 'admin')
  test.each(scopes)('%s', async (scope) => {
    const { id: victim } = await signUp('carl@example.com')
    const token = await keyFor([{ scope }])
    for (const route of routes) {
      if (isOpen(route)) continue
      for (const request of requests(route, { user: victim, rise: { name: 'x' } })) {
        if (isWithin(scope, route, request)) continue
        const before = stored()
        const answer = await as(token)(request)
        const what = `${request.method} ${request.path} ${JSON.stringify(request.body)}`
        // Nobody's rules open notes; what is found of users is what their rule shows to everybody.
        const refused =
          [401, 403, 404].includes(answer.status) || (request.path.includes('users') && route.method === 'GET')
        const isPublicCreate = /"new@example\.com"|"create","collection":"users"/.test(what)
        expect([what, refused || isPublicCreate, answer.status]).toEqual([what, true, answer.status])
        if (!isPublicCreate) expect([what, stored() === before]).toEqual([what, true])
      }
    }
  })

  test('nor leave the collections that it is limited to', async () => {
    const { id: victim } = await signUp('carl@example.com')
    const token = await keyFor([
      { scope: 'data:read', collections: ['logs'] },
      { scope: 'data:write', collections: ['logs'] },
    ])
    const before = stored()
    for (const route of routes.filter((one) => !isOpen(one))) {
      for (const request of requests(route, { user: victim, rise: { role: 'admin' } })) {
        const answer = await as(token)(request)
        const what = `${request.method} ${request.path} ${JSON.stringify(request.body)}`
        expect([what, stored() === before]).toEqual([what, true])
        if (request.path.includes('notes'))
          expect([what, answer.status]).toEqual([what, answer.status === 404 ? 404 : 403])
      }
    }
    const inside = await as(token)({ method: 'PATCH', path: '/api/collections/logs/n', body: { text: 'changed' } })
    expect(inside.status).toBe(200)
  })
})

/** Open to everybody, or a matter of a session instead of a scope. */
function isOpen({ path }: Route): boolean {
  return !/^\/api\/(admin|collections|batch)/.test(path) || /^\/api\/admin\/(login|setup|password)/.test(path)
}

/** What each scope is for. A route that is not here is beyond it: a new one has to be put where it belongs. */
function isWithin(scope: KeyScope, { method, path }: Route, request: Sent): boolean {
  const isRead = method === 'GET'
  switch (scope) {
    case 'data:read':
      return isRead && path.startsWith('/api/collections/')
    case 'data:write':
      return !isRead && /^\/api\/(collections|batch|admin\/import)/.test(path)
    case 'auth':
      return /^\/api\/admin\/(users|sessions|roles)/.test(path) && !path.endsWith('/impersonate')
    case 'schema':
      return (
        /^\/api\/admin\/(schema|migrations|migrate|rules\/test|doctor)$/.test(path) ||
        (path === '/api/admin/rules/explain' && JSON.stringify(request.body).includes('"id"') === false)
      )
    case 'logs':
      return /^\/api\/admin\/(audit|logs|requests|stats|realtime)/.test(path) && isRead
    default:
      return false
  }
}
