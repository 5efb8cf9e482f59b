import { beforeAll, describe, expect, test } from 'bun:test'
import { createApi, expectError, expectStatus, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string }
      owner_id: { type: uuid, references: users.id, nullable: true, default: auth.id }
    rules: { create: "auth.id != null", read: "doc.owner_id == auth.id" }
`
const define = (config: string, body: string) => `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ config: ${config}, async handler(input: any, ctx) { ${body} } })
`
const server = useServer({
  schema: SCHEMA,
  settings: 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute } }\n',
  files: {
    'functions/who.ts': define(
      "{ access: 'auth.id != null', rate: '2/day' }",
      `const notes = await ctx.db.notes.list()
      return { id: ctx.auth?.id ?? null, titles: notes.map((note: any) => note.title), headers: Object.keys(ctx.request.headers) }`,
    ),
    'functions/write.ts': define("{ access: 'true' }", "return ctx.db.notes.create({ title: 'written' })"),
    'functions/chief.ts': define(
      "{ access: 'true', admin: true }",
      "return ctx.admin.db.notes.create({ title: 'by the server' })",
    ),
    'functions/outer.ts': define("{ access: 'true', calls: ['write'] }", "return ctx.functions.call('write', {})"),
    'functions/atOnce.ts': define(
      "{ access: 'true' }",
      "return ctx.db.transaction(async (tx: any) => tx.notes.create({ title: 'in a transaction' }), { mode: input.mode })",
    ),
    'functions/internal.ts': define('{}', 'return { seen: true }'),
    'functions/raw.ts':
      "export const config = { access: 'true' }\nexport default { fetch: () => new Response('raw') }\n",
  },
})

describe('a function that an operator calls', () => {
  let owner: TestOperator
  let viewer: TestOperator
  let ann = ''

  beforeAll(async () => {
    const [first, second] = await createOperators(server, 'viewer')
    if (first === undefined || second === undefined) throw new Error('there are no operators')
    owner = first
    viewer = second
    const account = { email: 'ann@example.com', password: 'correct horse battery' }
    const { body } = expectStatus(await server.anonymous.post('/api/auth/register', account), 201)
    ann = body.user.id
    const asAnn = createApi(server.process.url, body.access_token)
    expectStatus(await asAnn.post('/api/collections/notes', { title: 'of Ann' }), 201)
  }, 60_000)

  async function invoke({ headers }: TestOperator, name: string, as = 'operator', input: object = {}) {
    const response = await fetch(`${server.process.url}/api/admin/data/functions/${name}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'koyalite-as': as },
      body: JSON.stringify(input),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
  }
  const titles = async () =>
    expectStatus(await server.api.list('notes'), 200).body.docs.map(({ title }: { readonly title: string }) => title)

  test('as a user has their rights and their documents, and none of the credentials', async () => {
    const { status, body } = await invoke(owner, 'who', `user:${ann}`)
    expect([status, body.id, body.titles]).toEqual([200, ann, ['of Ann']])
    expect(body.headers).not.toContain('x-csrf-token')
    expect(body.headers).not.toContain('cookie')
    expectError(await invoke(owner, 'who', 'anonymous'), 'UNAUTHENTICATED')
    expectError(await invoke(owner, 'internal', `user:${ann}`), 'FUNCTION_NOT_FOUND')
  })

  test('as a user uses nothing of their rate', async () => {
    for (let n = 0; n < 4; n++) expect((await invoke(owner, 'who', `user:${ann}`)).status).toBe(200)
  })

  test.each(['write', 'chief', 'outer', 'atOnce'])('as somebody else writes nothing: %s', async (name) => {
    const before = await titles()
    for (const as of ['anonymous', `user:${ann}`]) {
      for (const mode of ['optimistic', 'exclusive']) {
        const { status, body } = await invoke(owner, name, as, { mode })
        expect([name, as, status >= 400, body.error !== undefined]).toEqual([name, as, true, true])
      }
    }
    expect(await titles()).toEqual(before)
  })

  test('as themselves has their own rights; what has no route is called too', async () => {
    expect((await invoke(owner, 'write')).status).toBe(200)
    expect(await titles()).toContain('written')
    expect((await invoke(owner, 'internal')).body).toEqual({ seen: true })
    expectError(await invoke(owner, 'raw'), 'INVALID_REQUEST')
  })

  test('takes an owner or an admin', async () => {
    const refused = await invoke(viewer, 'internal')
    expectError(refused, 'FORBIDDEN')
    expect(refused.body.error.message).toBe('Calling a function takes an owner or an admin.')
    expectError(await invoke(viewer, 'who', `user:${ann}`), 'FORBIDDEN')
    expectError(await server.anonymous.post('/api/admin/data/functions/write', {}), 'UNAUTHENTICATED')
  })
})
