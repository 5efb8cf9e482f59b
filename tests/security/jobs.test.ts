import { beforeAll, describe, expect, test } from 'bun:test'
import { type Api, createApi, createKey, expectError, expectStatus, until, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { settledFunction } from '../functions/settled-function'

const FUNCTIONS = {
  push: `{ access: 'true', queues: ['work', 'hidden'] }, async handler(input: any, ctx) {
    return ctx.queue.push(input.name, input.payload ?? {}, input.options) }`,
  work: `{ queue: { result: true } }, handler(input: any, ctx) {
    if (input.again !== undefined && ctx.job?.attempt === 1) throw new Retry({ after: input.again })
    return { auth: ctx.auth } }`,
  hidden: `{ queue: { sensitive: true } }, input: { ssn: { type: 'string', required: false } }, handler() { return null }`,
}
const files = Object.fromEntries(
  Object.entries(FUNCTIONS).map(([name, text]) => [
    `functions/${name}.ts`,
    `import { defineFunction, Retry } from '@koyalite/functions'\nexport default defineFunction({ config: ${text} })\n`,
  ]),
)

const server = useServer({
  schema: 'version: 1\ncollections: {}\n',
  files,
  settings: 'auth: { rate_limit: { login: 1000/second, register: 1000/second } }\n',
})
let operators: readonly TestOperator[] = []
const operator = (role: string) => operators.find((one) => one.role === role) as TestOperator
beforeAll(async () => {
  operators = await createOperators(server, 'admin', 'editor', 'viewer')
  for (const name of Object.keys(FUNCTIONS)) await settledFunction(server, name)
}, 60_000)

let people = 0
async function signUp(): Promise<Api> {
  const given = { email: `p${people++}@example.com`, password: 'correct horse battery' }
  return createApi(
    server.process.url,
    expectStatus(await server.anonymous.post('/api/auth/register', given), 201).body.access_token,
  )
}
const asKey = async (scope: string) => createApi(server.process.url, await createKey(server.project, scope))
const push = async (api: Api, name: string, more: object = {}) =>
  expectStatus(await api.post('/api/functions/push', { name, ...more }), 200).body
const pushAsAdmin = async (name: string, more: object = {}) =>
  expectStatus(await server.api.post('/api/admin/jobs', { name, ...more }), 201).body.id as string
const detail = async (id: string, api = server.api) => expectStatus(await api.get(`/api/admin/jobs/${id}`), 200).body
const over = (id: string) =>
  until(async () => {
    const job = await detail(id)
    return ['done', 'dead', 'cancelled'].includes(job.state) ? job : undefined
  })

describe('rights', () => {
  test('only those who may write push, change and delete jobs and queues', async () => {
    const id = await pushAsAdmin('work', { delay: '1h' })
    const writes: readonly (readonly ['post' | 'delete', string, object?])[] = [
      ['post', '/api/admin/jobs', { name: 'work' }],
      ['post', `/api/admin/jobs/${id}/retry`],
      ['post', `/api/admin/jobs/${id}/cancel`],
      ['delete', `/api/admin/jobs/${id}`],
      ['post', '/api/admin/jobs/release'],
      ['post', '/api/admin/jobs/queues/default/pause'],
      ['post', '/api/admin/jobs/queues/default/resume'],
    ]
    const reads = ['/api/admin/jobs', `/api/admin/jobs/${id}`, '/api/admin/jobs/queues']
    const scopes = ['data:read', 'data:write', 'auth', 'schema', 'logs', 'functions:invoke', 'functions:invoke=work']
    const keys = await Promise.all(scopes.map(asKey))
    const user = await signUp()
    for (const [method, path, body] of writes) {
      expectError(await server.anonymous[method](path, body as never), 'UNAUTHENTICATED')
      for (const api of [user, ...keys, operator('editor').api, operator('viewer').api])
        expectError(await api[method](path, body as never), 'FORBIDDEN')
    }
    for (const path of reads) {
      expectError(await server.anonymous.get(path), 'UNAUTHENTICATED')
      for (const api of [user, ...keys]) expectError(await api.get(path), 'FORBIDDEN')
      for (const role of ['owner', 'admin', 'editor', 'viewer']) expectStatus(await operator(role).api.get(path), 200)
    }
    expect((await detail(id)).state).toBe('waiting')
    expectStatus(await operator('admin').api.delete(`/api/admin/jobs/${id}`), 204)
  })

  test('a job is its enqueuer’s alone, and nobody’s where nobody is known', async () => {
    const [ann, bob] = [await signUp(), await signUp()]
    const own = (await push(ann, 'work')).id
    const anonymous = (await push(server.anonymous, 'work')).id
    const ofKey = await pushAsAdmin('work')
    const others = [bob, server.anonymous, operator('owner').api, await asKey('admin')]
    for (const api of others) expectError(await api.get(`/api/jobs/${own}`), 'NOT_FOUND')
    for (const api of [ann, ...others]) {
      expectError(await api.get(`/api/jobs/${anonymous}`), 'NOT_FOUND')
      expectError(await api.get(`/api/jobs/${ofKey}`), 'NOT_FOUND')
    }
    expectStatus(await ann.get(`/api/jobs/${own}`), 200)
    expectStatus(await server.api.get(`/api/jobs/${ofKey}`), 200)
  })
})

describe('payloads', () => {
  test('name nobody: a job runs as who pushed it, whatever it was given', async () => {
    const ann = await signUp()
    const me = expectStatus(await ann.get('/api/auth/me'), 200).body
    const actor = { kind: 'user', id: (me.user ?? me).id }
    const { id } = await push(server.anonymous, 'work', {
      payload: { actor, auth: actor, run_as: 'system', enqueuer: actor, chain: { root: 'x', depth: -9 } },
    })
    expect(await over(id)).toMatchObject({ state: 'done', actor: 'anonymous', result: { auth: null } })
    const bad = { name: 'work', options: { actor, chain: { root: 'x', depth: -9 } } }
    expectError(await server.anonymous.post('/api/functions/push', bad), 'VALIDATION_ERROR')
  })

  test('that are sensitive stay so while nobody runs their function', async () => {
    const id = await pushAsAdmin('hidden', { payload: { ssn: '078-05-1120' }, delay: '1h' })
    expect(await detail(id)).toMatchObject({ payload: null, sensitive: true })
    const source = server.project.path('functions/hidden.ts')
    const text = await Bun.file(source).text()
    await Bun.file(source).delete()
    await server.restart()
    expect(await detail(id)).toMatchObject({ payload: null, sensitive: true })
    await Bun.write(source, text)
    await server.restart()
    expect(await detail(id)).toMatchObject({ payload: null, sensitive: true })
  })
})

describe('times that code asks for', () => {
  test('break no list of jobs, and no other job', async () => {
    const past = await push(server.anonymous, 'work', { options: { run_at: -9_007_199_254_740_991 } })
    const later = await push(server.anonymous, 'work', { payload: { again: 1e300 } })
    const odd = await push(server.anonymous, 'work', { payload: { again: 1.5 } })
    expect(await over(past.id)).toMatchObject({ state: 'done' })
    expect(await over(odd.id)).toMatchObject({ state: 'done', attempt: 2 })
    await until(async () => (await detail(later.id)).state === 'retrying')
    expectStatus(await server.api.get('/api/admin/jobs?limit=100'), 200)
    expect(await over((await push(server.anonymous, 'work')).id)).toMatchObject({ state: 'done' })
  })
})

test('jobs are listed by name and state, newest first, in pages', async () => {
  const ids = []
  for (let n = 0; n < 3; n++) ids.unshift(await pushAsAdmin('hidden', { delay: '2h' }))
  const list = '/api/admin/jobs?name=hidden&state=waiting&limit=2'
  const first = expectStatus(await server.api.get(list), 200).body
  const next = expectStatus(await server.api.get(`${list}&cursor=${first.next_cursor}`), 200).body
  const found = [...first.jobs, ...next.jobs].map(({ id }: { id: string }) => id)
  expect(found.slice(0, 3)).toEqual(ids)
  expectStatus(await server.api.get('/api/admin/jobs?name=absent&state=done'), 200)
  for (const query of ['state=x', `name=${'a'.repeat(201)}`, 'cursor=x', 'limit=0'])
    expect((await server.api.get(`/api/admin/jobs?${query}`)).status).toBeOneOf([400, 422])
})

test.each(['events.work', 'webhooks.deliver', '', 'a'.repeat(201)])(
  'no operator makes work of the server: %p',
  async (name) => {
    expectError(await server.api.post('/api/admin/jobs', { name, payload: {} }), 'VALIDATION_ERROR')
  },
)

test('a push by an operator that changes another job is audited', async () => {
  const options = { key: 'k', delay: '1h' }
  const id = await pushAsAdmin('work', options)
  await pushAsAdmin('work', { ...options, on_conflict: 'replace', payload: { secret: 'of-the-payload' } })
  const { body } = expectStatus(await server.api.get('/api/admin/audit?event=job.pushed&limit=2'), 200)
  expect(body.entries).toMatchObject([
    { target: { id }, details: { name: 'work', created: false, on_conflict: 'replace' } },
    { target: { id }, details: { name: 'work', created: true } },
  ])
  expect(JSON.stringify(body)).not.toContain('of-the-payload')
})
