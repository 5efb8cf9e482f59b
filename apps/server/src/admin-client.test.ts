import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ADMIN_OPERATIONS, AdminApiError, type AdminClient, createAdminClient } from '@koyalite/client/admin'
import type { Route } from '@koyalite/kernel'
import { ZodType } from 'zod'
import { openProject, type Project } from './project'
import { routeEntry } from './testing/route-book'

setDefaultTimeout(60_000)

const SCHEMA = `
version: 1
collections:
  users:
    fields: { name: { type: string, nullable: true } }
  notes:
    fields: { id: { type: string, primary: true }, text: { type: string } }
`
const PASSWORD = 'correct horse battery'
const OVERRIDES = { 'database.path': ':memory:', 'auth.rate_limit.login': '1000000/second' }

let dir: string
let project: Project
let client: AdminClient
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'koyalite-admin-client-'))
  writeFileSync(join(dir, 'schema.yaml'), SCHEMA)
  project = await openProject({ dir, overrides: OVERRIDES })
  client = createAdminClient({ url: 'http://localhost', fetch: send('control') })
})
afterAll(async () => {
  await project.close()
  rmSync(dir, { recursive: true })
})

const send = (app: 'app' | 'control') => (request: Request) =>
  project.current()[app].fetch(request, { ip: '127.0.0.1' })

type Call = (input?: object) => Promise<unknown>
type Name = keyof typeof ADMIN_OPERATIONS

/** What the route of a method is given, as the book of routes says; the last body where it has several. */
async function inputFor(name: Name, route: Route, user: string): Promise<object> {
  const collection = route.path.includes(':collection') ? 'notes' : ''
  const asked = { user, rise: {}, password: PASSWORD, schema: SCHEMA, collection, email: () => `${name}@example.com` }
  const body = routeEntry(route)?.bodies?.(asked).at(-1)
  const params = {
    collection,
    id: route.path.startsWith('/api/admin/users') ? user : 'n',
    name: 'x',
    run: 'x',
    version: '1',
  }
  const isJson = ADMIN_OPERATIONS[name].bodyType === undefined
  return { params, ...(body === undefined ? {} : { body: isJson ? body : JSON.stringify(body) }) }
}

test('every method reaches its route, and returns what the route responds with', async () => {
  const routes = project.current().routes.filter(({ path }) => path.startsWith('/api/admin/'))
  expect(Object.keys(ADMIN_OPERATIONS).toSorted()).toEqual(routes.map(({ name }) => name ?? '').toSorted())
  for (const route of routes) {
    const name = route.name as Name
    const entry = routeEntry(route)
    const { id } = await client.createUser({ body: { email: `${name}@example.org` } })
    const outcome = await (client[name] as Call)(await inputFor(name, route, id)).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    if ('error' in outcome) {
      if (!(outcome.error instanceof AdminApiError)) throw outcome.error
      // Signing in with nothing, or what the server itself cannot do: the handler has refused it, not the route table.
      const { status, code, message } = outcome.error
      expect({ name, message, status }).toEqual({ name, message, status: entry?.status ?? 200 })
      expect([name, code]).not.toEqual([name, null])
      expect(message).not.toMatch(/there is nothing at|is not possible here/)
      continue
    }
    const types = Object.entries(route.responses ?? {}).filter(([status]) => status.startsWith('2'))
    const isAsDeclared = types.some(([, type]) => {
      if (type === null) return outcome.value === undefined
      return type instanceof ZodType ? type.safeParse(outcome.value).success : outcome.value instanceof Response
    })
    expect([name, isAsDeclared]).toEqual([name, true])
  }
})

test('signs in, and sends the token that it is given', async () => {
  await client.createOperator({ body: { email: 'ann@example.com', role: 'admin', password: PASSWORD } })
  let token: string | null = null
  const outside = createAdminClient({ url: 'http://localhost/', fetch: send('app'), token: () => token })
  const nobody = await outside.listUsers().catch((error: unknown) => error)
  expect(nobody).toMatchObject({ status: 401, code: 'UNAUTHENTICATED', requestId: expect.any(String) })
  const signedIn = await outside.loginOperator({ body: { email: 'ann@example.com', password: PASSWORD } })
  token = 'access_token' in signedIn ? signedIn.access_token : null
  const { users, next_cursor } = await outside.listUsers({ query: { limit: 1, filter: ['role:eq:user'], count: true } })
  expect([users.length, users[0]?.account.anonymous, typeof next_cursor]).toEqual([1, false, 'string'])
  const { roles } = await outside.listRoles()
  expect(roles).toEqual([])
})

test('says in an error all that is wrong', async () => {
  const error = await client
    .explainRules({ body: { collection: 'notes', operation: 'read', id: 'x'.repeat(2000), as: 'y'.repeat(500) } })
    .catch((error: unknown) => error)
  expect(error).toBeInstanceOf(AdminApiError)
  expect(error).toMatchObject({ status: 422, code: 'VALIDATION_ERROR' })
  expect((error as AdminApiError).details.map(({ field }) => field)).toEqual(['as', 'id'])
})

test.each(['<h1>', '{"error":"no upstream"}', '{"error":{"code":502}}', 'null'])(
  'an error that is not of this API has a status and no code: %s',
  async (body) => {
    const proxied = createAdminClient({
      url: 'http://localhost',
      fetch: () => new Response(body, { status: 502, statusText: 'Bad Gateway' }),
    })
    const error = await proxied.listRoles().catch((error: unknown) => error)
    expect(error).toMatchObject({ status: 502, code: null, message: '502 Bad Gateway', details: [] })
  },
)

test('an empty parameter of a path is refused: it would be another route', async () => {
  const sent = await client.deleteUser({ params: { id: '' } }).catch((error: unknown) => String(error))
  expect(sent).toBe("TypeError: the parameter 'id' of /api/admin/users/{id} is empty")
})

test('a body may be a stream', async () => {
  const seen: string[] = []
  const streaming = createAdminClient({
    url: 'http://localhost',
    async fetch(request) {
      seen.push(await request.text())
      return Response.json({ imported: 1 })
    },
  })
  await streaming.importDocuments({ params: { collection: 'notes' }, body: new Blob(['{"id":1}\n']).stream() })
  expect(seen).toEqual(['{"id":1}\n'])
})
