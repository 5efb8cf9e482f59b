import { beforeAll, expect, test } from 'bun:test'
import { createApi, createKey, expectError, expectStatus, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { settledFunction } from '../functions/settled-function'

const define = (config: string) => `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ config: ${config}, handler() {} })
`
const server = useServer({
  schema: 'version: 1\ncollections: {}\n',
  files: {
    'functions/tick.ts': define('{ queue: true }'),
    'functions/hidden.ts': define('{ queue: { sensitive: true } }'),
    'functions/open.ts': define("{ access: 'true' }"),
  },
  settings: 'auth: { rate_limit: { login: 1000/second } }\n',
})
const PATH = '/api/admin/schedules'
let operators: readonly TestOperator[] = []
const operator = (role: string) => operators.find((one) => one.role === role) as TestOperator
beforeAll(async () => {
  operators = await createOperators(server, 'admin', 'editor', 'viewer')
  for (const name of ['tick', 'hidden', 'open']) await settledFunction(server, name)
}, 60_000)

test('only those who may write make, change and run schedules', async () => {
  const daily = { name: 'daily', function: 'tick', cron: '0 8 * * *', payload: { n: 1 } }
  expectStatus(await operator('admin').api.post(PATH, daily), 201)
  const before = expectStatus(await server.api.get(`${PATH}/daily`), 200).body
  const writes: readonly (readonly ['post' | 'patch' | 'delete', string, object?])[] = [
    ['post', PATH, { ...daily, name: 'other' }],
    ['patch', `${PATH}/daily`, { payload: { n: 2 } }],
    ['delete', `${PATH}/daily`],
    ['post', `${PATH}/daily/pause`],
    ['post', `${PATH}/daily/resume`],
    ['post', `${PATH}/daily/run`],
  ]
  const reads = [PATH, `${PATH}/daily`, `${PATH}/daily/next`, `${PATH}/daily/firings`]
  const scopes = ['data:read', 'data:write', 'auth', 'schema', 'logs', 'functions:invoke', 'functions:invoke=tick']
  const keys = await Promise.all(
    scopes.map(async (scope) => createApi(server.process.url, await createKey(server.project, scope))),
  )
  const account = { email: 'ann@example.com', password: 'correct horse battery' }
  const { access_token } = expectStatus(await server.anonymous.post('/api/auth/register', account), 201).body
  const others = [createApi(server.process.url, access_token), ...keys]
  for (const [method, path, body] of writes) {
    expectError(await server.anonymous[method](path, body as never), 'UNAUTHENTICATED')
    for (const api of [...others, operator('editor').api, operator('viewer').api])
      expectError(await api[method](path, body as never), 'FORBIDDEN')
  }
  for (const path of reads) {
    expectError(await server.anonymous.get(path), 'UNAUTHENTICATED')
    for (const api of others) expectError(await api.get(path), 'FORBIDDEN')
    expectStatus(await operator('viewer').api.get(path), 200)
  }
  expect(expectStatus(await server.api.get(PATH), 200).body.schedules).toEqual([before])
  expect((await server.api.get('/api/admin/jobs')).body.jobs).toEqual([])
})

test('what a function is given that says sensitive, nobody is shown', async () => {
  const asked = { name: 'hidden', function: 'hidden', cron: '0 8 * * *', payload: { ssn: '078-05-1120' } }
  expect(expectStatus(await server.api.post(PATH, asked), 201).body.payload).toBeNull()
  for (const path of [PATH, `${PATH}/hidden`, `${PATH}/hidden/firings`, '/api/admin/audit?limit=100'])
    for (const { api } of operators) expect(expectStatus(await api.get(path), 200).text).not.toContain('078-05')
  const { job } = expectStatus(await server.api.post(`${PATH}/hidden/run`), 202).body
  expect(expectStatus(await server.api.get(`/api/admin/jobs/${job}`), 200).body).toMatchObject({ payload: null })
})

test.each([
  ['cron', '0 0 30 2 *'],
  ['cron', '60 0 * * *'],
  ['cron', '* * * * * * *'],
  ['cron', '@reboot'],
  ['cron', '0 0 31 2,4,6,9,11 +1'],
  ['cron', '0-59/0 * * * *'],
  ['cron', '* * * * *\u0000'],
  ['timezone', '+02:00'],
  ['timezone', '../../etc/passwd'],
  ['timezone', '__proto__'],
  ['timezone', 'UTC\u0000'],
  ['function', 'open'],
  ['function', 'events.tick'],
  ['function', '__proto__'],
])('%s %p is refused', async (field, value) => {
  const asked = { name: 'odd', function: 'tick', cron: '0 8 * * *', [field]: value }
  expectError(await server.api.post(PATH, asked), 'VALIDATION_ERROR')
})
