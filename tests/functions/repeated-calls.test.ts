import { describe, expect, test } from 'bun:test'
import {
  type Api,
  type ApiResponse,
  createApi,
  createKey,
  expectError,
  expectStatus,
  until,
  useServer,
} from '@koyalite/testkit'

const SCHEMA = `version: 1
collections:
  payments:
    fields:
      id: { type: uuid, primary: true, default: auto }
      amount: { type: int }
    rules: { create: "true", read: "true" }
`

const PAY = `import { defineFunction, KoyaError } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true', admin: true, route: '/pay' },
  input: { amount: 'int', wait: { type: 'int', optional: true }, end: { type: 'string', optional: true } },
  output: { id: 'string', size: 'float' },
  async handler({ amount, wait, end }, ctx) {
    const { id } = await ctx.admin.db.payments.create({ amount })
    if (wait) await new Promise((resolve) => setTimeout(resolve, wait))
    if (ctx.signal.aborted) throw new Error('nobody waits')
    if (end === 'refuse') throw new KoyaError('DECLINED', 'the card is declined', { status: 402, details: { id } })
    if (end === 'throw') throw new Error('a secret of the code')
    if (end === 'exit') process.exit(3)
    return { id: end === 'much' ? id + 'x'.repeat(300_000) : id, size: 1.0 }
  },
})
`

const FILES = {
  'functions/pay.ts': PAY,
  'functions/queued.yaml': 'access: "true"\nconcurrency: 1\n',
  'functions/queued.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  input: { wait: { type: 'int', default: 0 } },
  async handler({ wait }) {
    await new Promise((resolve) => setTimeout(resolve, wait))
    return 'done'
  },
})
`,
  'functions/raw.ts': `export const config = { access: 'true' }
export default { fetch: () => new Response('raw') }
`,
}

const server = useServer({
  schema: SCHEMA,
  files: FILES,
  settings: 'functions: { max_instances: 1 }\n',
  args: ['--workers', '2'],
})

let keys = 0
const newKey = () => `a-key-of-this-test-${String(++keys).padStart(6, '0')}`
const pay = (api: Api, key: string, input: object, path = '/api/functions/pay') =>
  api.post(path, input, { 'idempotency-key': key })
const payments = async (amount: number): Promise<number> =>
  (await server.api.list('payments', { filter: `amount:eq:${amount}` })).body.docs.length
const without = ({ status, text, headers }: ApiResponse) => ({
  ...{ status, execution: headers.get('koyalite-execution') },
  text: text.replace(/"(request_id|timestamp)":"[^"]*"/g, ''),
})

describe('a call with an Idempotency-Key', () => {
  test('runs once: its output, byte for byte, and its execution are those of the first', async () => {
    const key = newKey()
    const first = expectStatus(await pay(server.anonymous, key, { amount: 1 }), 200)
    for (let times = 0; times < 6; times++) {
      const again = await pay(server.anonymous, key, { amount: 1 })
      expect(without(again)).toEqual(without(first))
    }
    expect(await payments(1)).toBe(1)
    expect((await server.api.get('/api/admin/functions/executions?function=pay')).body.executions).toHaveLength(1)
  })

  test('is refused where the key is that of another request, and is another’s own', async () => {
    const key = newKey()
    expectStatus(await pay(server.api, key, { amount: 2 }), 200)
    const other = await pay(server.api, key, { amount: 3 })
    expectError(other, 'CONFLICT')
    expectError(await pay(server.api, key, { amount: 2 }, '/pay'), 'CONFLICT')
    expectError(
      await server.api.post('/api/collections/payments', { amount: 2 }, { 'idempotency-key': key }),
      'CONFLICT',
    )
    const somebody = createApi(server.process.url, await createKey(server.project, 'functions:invoke=pay'))
    expectStatus(await pay(somebody, key, { amount: 2 }), 200)
    expect([await payments(2), await payments(3)]).toEqual([2, 0])
  })

  test('while the first one runs, others are told so', async () => {
    const key = newKey()
    const first = pay(server.anonymous, key, { amount: 4, wait: 700 })
    await until(async () => (await payments(4)) === 1)
    const second = await pay(server.anonymous, key, { amount: 4, wait: 700 })
    expectError(second, 'CONFLICT')
    expect(second.body.error.details).toEqual({ executed: 'maybe' })
    expect(second.headers.get('retry-after')).toBe('1')
    expectError(await pay(server.anonymous, key, { amount: 5 }), 'CONFLICT')
    const done = expectStatus(await first, 200)
    expect(without(await pay(server.anonymous, key, { amount: 4, wait: 700 }))).toEqual(without(done))
    expect([await payments(4), await payments(5)]).toEqual([1, 0])
  })

  test('of many at once, one runs', async () => {
    const key = newKey()
    const all = await Promise.all(
      Array.from({ length: 20 }, () => pay(server.anonymous, key, { amount: 6, wait: 200 })),
    )
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 409)])
    expect(await payments(6)).toBe(1)
  })

  test('errors of the code are the first answer as well', async () => {
    for (const [amount, input, status] of [
      [7, { end: 'refuse' }, 402],
      [8, { end: 'throw' }, 500],
      [9, { end: 'exit' }, 502],
    ] as const) {
      const key = newKey()
      const first = expectStatus(await pay(server.anonymous, key, { amount, ...input }), status)
      const again = await pay(server.anonymous, key, { amount, ...input })
      expect(without(again)).toEqual(without(first))
      expect(again.text).not.toContain('a secret of the code')
      expect(await payments(amount)).toBe(1)
    }
  })

  test('what has not run can be sent again', async () => {
    const key = newKey()
    expectError(await pay(server.anonymous, key, { amount: 'ten' }), 'VALIDATION_ERROR')
    expectStatus(await pay(server.anonymous, key, { amount: 10 }), 200)

    const queued = (input: object, headers = {}) => server.anonymous.post('/api/functions/queued', input, headers)
    const named = { 'idempotency-key': newKey() }
    const state = async () => (await server.api.get('/api/admin/functions/queued')).body
    const first = queued({ wait: 3000 })
    await until(async () => (await state()).busy === 1)
    const waiting = Array.from({ length: 120 }, () => queued({}))
    await until(async () => (await state()).waiting === 100)
    expectError(await queued({}, named), 'FUNCTION_BUSY')
    for (const response of [await first, ...(await Promise.all(waiting))]) expect([200, 503]).toContain(response.status)
    expect(expectStatus(await queued({}, named), 200).body).toBe('done')
  })

  test('goes on when its caller leaves, who may come back for what it came to', async () => {
    const key = newKey()
    const leaving = fetch(`${server.process.url}/api/functions/pay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ amount: 11, wait: 500 }),
      signal: AbortSignal.timeout(250),
    })
    await expect(leaving).rejects.toThrow()
    await until(async () => (await pay(server.anonymous, key, { amount: 11, wait: 500 })).status !== 409)
    expectStatus(await pay(server.anonymous, key, { amount: 11, wait: 500 }), 200)
    expect(await payments(11)).toBe(1)
  })

  test('an output that is too large is not kept, and the call is not made again', async () => {
    const key = newKey()
    expectStatus(await pay(server.anonymous, key, { amount: 12, end: 'much' }), 200)
    const again = await pay(server.anonymous, key, { amount: 12, end: 'much' })
    expectError(again, 'CONFLICT')
    expect(again.body.error.details).toEqual({ executed: 'maybe' })
    expect(await payments(12)).toBe(1)
  })

  test('a server that is killed while it runs does not run it again', async () => {
    const [kept, cut] = [newKey(), newKey()]
    const first = expectStatus(await pay(server.anonymous, kept, { amount: 13 }), 200)
    const running = pay(server.anonymous, cut, { amount: 14, wait: 20_000 }).catch(() => null)
    await until(async () => (await payments(14)) === 1)
    await server.restart('SIGKILL')
    await running
    expect(without(await pay(server.anonymous, kept, { amount: 13 }))).toEqual(without(first))
    for (let times = 0; times < 2; times++) {
      const again = await pay(server.anonymous, cut, { amount: 14, wait: 20_000 })
      expectError(again, 'FUNCTION_CRASHED')
      expect(again.body.error.details).toEqual({ executed: 'maybe' })
    }
    expect([await payments(13), await payments(14)]).toEqual([1, 1])
  })

  test('keys that are none are refused, and so is one for a function that answers requests itself', async () => {
    expectError(await pay(server.anonymous, 'short', { amount: 15 }), 'INVALID_REQUEST')
    expectError(await pay(server.api, 'with space', { amount: 15 }), 'INVALID_REQUEST')
    expectError(await pay(server.api, newKey(), {}, '/api/functions/raw'), 'INVALID_REQUEST')
    expectError(await pay(server.anonymous, newKey(), {}, '/api/functions/nobody'), 'FUNCTION_NOT_FOUND')
    expect(await payments(15)).toBe(0)
  })
})
