import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AdminAccess, allowsAdmin } from '@koyalite/access'
import { type Actor, GRANTABLE_SCOPES, type KeyScope } from '@koyalite/contracts'
import type { Route } from '@koyalite/kernel'
import { ZodType } from 'zod'
import { openProject, type Project } from './project'
import { bookedRoutes, routeEntry } from './testing/route-book'

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

interface ApiResponse {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

async function send(app: 'app' | 'control', token: string | null, { method, path, body }: Sent): Promise<ApiResponse> {
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

const newAddress = () => `${crypto.randomUUID()}@example.com`

/** Every request that a route takes, with bodies that it would accept from one who may. */
function requests(route: Route, { user, rise }: { readonly user: string; readonly rise: object }): readonly Sent[] {
  const { method, path } = route
  const entry = routeEntry(route)
  if (entry === undefined) throw new Error(`${method} ${path} is not in testing/route-book.ts: say who may use it`)
  const collections = path.includes(':collection') ? ['users', 'notes'] : ['']
  return collections.flatMap((collection): Sent[] => {
    const isUsers = collection === 'users' || path.startsWith('/api/admin/users')
    const full = path
      .replace(':collection', collection)
      .replace(':id', isUsers ? user : 'n')
      .replace(':name', 'x')
      .replace(':provider', 'github')
    const bodies = entry.bodies?.({ user, rise, password: PASSWORD, schema: SCHEMA, collection, email: newAddress })
    if (bodies === undefined) return [{ method, path: full }]
    return bodies.map((body) => ({ method, path: full, body }))
  })
}

/** Everything that is stored, except what any request may leave: sessions, attempts, mails, the audit log, when a key was used. */
function stored(): string {
  const passing =
    /^(_koyalite_(sessions|refresh_tokens|one_time_tokens|login_failures|mails|mail_history|audit|audit_anchor|forgotten|idempotency|meta|changes|cursors|key_uses)|sqlite_.*)$/
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

test('every route is in the book of routes, and no other', () => {
  const booked = new Set(bookedRoutes())
  const unknown = routes
    .filter((route) => routeEntry(route) === undefined)
    .map(({ method, path }) => `${method} ${path}`)
  expect(unknown).toEqual([])
  for (const { method, path } of routes) booked.delete(`${method} ${path}`)
  expect([...booked]).toEqual([])
})

/** What operators do before they are anybody, and with what is their own: what needs no right in an area. */
const OF_ONES_OWN =
  /^(POST \/api\/admin\/(login|setup|password)|.* \/api\/admin\/(session|session\/(editing|proof)|mfa|mfa\/.*|password\/change|studio\/items.*))$/

test('every route of the admin API is in an area, but for what is of ones own and documents', () => {
  const others = routes
    .filter(({ path, access }) => path.startsWith('/api/admin/') && access.kind !== 'admin')
    .map((route) => ({ what: `${route.method} ${route.path}`, kind: route.access.kind }))
    .filter(({ what }) => !OF_ONES_OWN.test(what))
  // The rules of collections decide about documents, also for imports.
  expect(others).toEqual([
    { what: 'GET /api/admin/data/positions/:collection', kind: 'rules' },
    { what: 'POST /api/admin/import/:collection', kind: 'rules' },
    { what: 'POST /api/admin/import', kind: 'rules' },
    { what: 'POST /api/admin/data/bulk/:collection', kind: 'rules' },
    { what: 'POST /api/admin/data/import/:collection', kind: 'rules' },
    { what: 'GET /api/admin/data/export/:collection', kind: 'rules' },
    { what: 'POST /api/admin/data/realtime/ticket', kind: 'rules' },
    { what: 'POST /api/admin/data/functions/:name', kind: 'rules' },
  ])
})

test('an area says of a route what the book of routes says', () => {
  for (const route of routes) {
    const access = route.access as Partial<AdminAccess> & Pick<Route['access'], 'kind' | 'check'>
    if (access.kind !== 'admin' || access.area === undefined) continue
    const entry = routeEntry(route)
    const viewer: Actor = { kind: 'operator', id: 'v', email: 'v@example.com', role: 'viewer', sessionId: 's' }
    const mayView = allowsAdmin(viewer, access.area, access.action ?? 'write')
    const scope = access.area[access.action ?? 'write'] === null ? null : access.area.scope
    const what = `${route.method} ${route.path}`
    expect([what, mayView ? 'viewer' : 'writer', scope === 'admin' ? null : scope]).toEqual([
      what,
      entry?.for as string,
      entry?.scope as never,
    ])
  }
})

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
        const response = await as(ann.token)(request)
        sent++
        const what = `${request.method} ${request.path} ${JSON.stringify(request.body)} → ${response.status}`
        expect([what, standing(), powers(), raised()]).toEqual([what, before, powersBefore, raisedBefore])
        if (route.path.startsWith('/api/admin/')) expect([what, response.status < 400]).toEqual([what, false])
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
  // What is open to everybody is nobody's right: registering is, a second factor of one's own, and what one keeps in the studio.
  const walked = routes.filter(
    ({ path }) =>
      !/^\/api\/(auth\/(register|anonymous)|(auth|admin)\/mfa\/totp\/enroll|admin\/studio\/items\/:name)$/.test(path),
  )
  const before = stored()
  for (const route of walked) {
    for (const request of requests(route, { user: victim, rise: { role: 'admin' } })) {
      const response = await as(token)(request)
      const what = `${request.method} ${request.path} ${JSON.stringify(request.body)} → ${response.status}`
      expect([what, stored() === before]).toEqual([what, true])
      if (routeEntry(route)?.for === 'writer') expect([what, response.status >= 400]).toEqual([what, true])
      if ((await as(token)({ method: 'GET', path: '/api/admin/roles' })).status === 401) token = await signIn()
    }
  }
})

describe('a scoped key cannot exceed its scope by any route', () => {
  // `admin` is every scope.
  const scopes = GRANTABLE_SCOPES.filter((scope) => scope !== 'admin')
  test.each(scopes)('%s', async (scope) => {
    const { id: victim } = await signUp('carl@example.com')
    const token = await keyFor([{ scope }])
    for (const route of routes) {
      if (isOpen(route)) continue
      for (const request of requests(route, { user: victim, rise: { name: 'x' } })) {
        if (routeEntry(route)?.scope === scope) continue
        const before = stored()
        const response = await as(token)(request)
        const what = `${request.method} ${request.path} ${JSON.stringify(request.body)}`
        // Nobody's rules open notes: to who may not read them one is as if it were not there. Users are shown to everybody.
        const isMissing = /^POST \/api\/batch .*"op":"(update|delete)","collection":"notes"/.test(what)
        const isOfAll = /^GET \/api\/collections\/notes\/(?:live|aggregate|aggregate\/live) /.test(what)
        const isOfOneNote =
          !isOfAll && /^[A-Z]+ \/api\/(collections\/notes\/|batch .*"op":"upsert","collection":"notes")/.test(what)
        const isFunction = /^\/api\/(admin\/data\/)?functions\//.test(request.path)
        const status = isFunction || isMissing || (isOfOneNote && scope !== 'data:read') ? 404 : 403
        const isOpenRead = request.path.includes('users') && route.method === 'GET'
        const refused = response.status === status || isOpenRead
        const isPublicCreate =
          what.startsWith('POST /api/collections/users') || what.includes('"create","collection":"users"')
        expect([what, refused || isPublicCreate, response.status]).toEqual([what, true, response.status])
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
        const response = await as(token)(request)
        const what = `${request.method} ${request.path} ${JSON.stringify(request.body)}`
        expect([what, stored() === before]).toEqual([what, true])
        if (request.path.includes('notes'))
          expect([what, response.status]).toEqual([what, response.status === 404 ? 404 : 403])
      }
    }
    const inside = await as(token)({ method: 'PATCH', path: '/api/collections/logs/n', body: { text: 'changed' } })
    expect(inside.status).toBe(200)
  })
})

/** The admin API answers what it says of itself. */
function expectDescribed({ method, path, responses }: Route, { status, body }: ApiResponse): void {
  if (responses === undefined) return
  const type = responses[status]
  if (type === undefined) throw new Error(`${method} ${path} → ${status} is not described`)
  // What a description does not name is left out of what is parsed.
  expect([`${method} ${path}`, type instanceof ZodType ? type.parse(body) : body]).toEqual([`${method} ${path}`, body])
}

/** Open to everybody, or a matter of a session instead of a scope. */
function isOpen(route: Route): boolean {
  return routeEntry(route)?.for === 'everybody'
}

test('an explanation that tells what is in a document takes the right to read documents', async () => {
  const body = { collection: 'notes', operation: 'delete', as: 'key', id: 'n' }
  const explain = async (...scopes: readonly KeyScope[]) => {
    const token = await keyFor(scopes.map((scope) => ({ scope })))
    return (await as(token)({ method: 'POST', path: '/api/admin/rules/explain', body })).status
  }
  expect([await explain('schema'), await explain('data:read'), await explain('schema', 'data:read')]).toEqual([
    403, 403, 200,
  ])
})

test('an explanation for a user takes the right to read users: it tells their address, role and claims', async () => {
  const { id } = await signUp('dora@example.com')
  const explain = async (as: string, ...scopes: Parameters<typeof keyFor>[0]) => {
    const body = { collection: 'users', operation: 'update', as }
    const request = { method: 'POST', path: '/api/admin/rules/explain', body }
    return send('app', await keyFor([{ scope: 'schema' }, ...scopes]), request)
  }
  for (const as of [`user:${id}`, 'user:dora@example.com', 'user:nobody@example.com']) {
    const refused = await explain(as)
    expect([refused.status, JSON.stringify(refused.body).includes('dora')]).toEqual([403, false])
    expect((await explain(as, { scope: 'data:read', collections: ['notes'] })).status).toBe(403)
  }
  const told = await explain(`user:${id}`, { scope: 'data:read', collections: ['users'] })
  expect([told.status, told.body.summary.includes('dora@example.com')]).toEqual([200, true])
  expect((await explain('anonymous')).status).toBe(200)
})

test('what others are refused is done for whoever may: the walks send what would work', async () => {
  for (const route of routes) {
    const entry = routeEntry(route)
    if (entry === undefined || entry.for === 'everybody') continue
    for (const rise of [{ name: 'x' }, { role: 'admin' }]) {
      const victim = await asServer('POST', '/api/admin/users', { email: newAddress() })
      for (const request of requests(route, { user: victim.body.id, rise })) {
        for (const id of ['n', 'n3']) await asServer('PUT', `/api/collections/notes/${id}`, { text: 'x' })
        for (const id of ['n2', 'n4', 'n5', 'n7']) await asServer('DELETE', `/api/collections/notes/${id}`)
        if (JSON.stringify(request.body)?.includes('"create"')) await asServer('DELETE', '/api/collections/notes/n3')
        const response = await send('control', null, request)
        const what = `${request.method} ${request.path} ${JSON.stringify(request.body)}: ${JSON.stringify(response.body)}`
        const status = response.status < 400 ? 'done' : response.status
        expect([what, status]).toEqual([what, entry.status ?? 'done'])
        if (status === 'done') expectDescribed(route, response)
      }
    }
  }
})
