import { expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useInstances } from './testing/use-instances'

const { start } = useInstances()

const readme = readFileSync(join(import.meta.dir, '../README.md'), 'utf8')
const samples = Array.from(readme.matchAll(/```ts\n([\s\S]*?)```/g), ([, code = '']) => code)
const sample = (name: string) => samples.find((code) => code.startsWith(`// functions/${name}.ts`)) ?? ''

test('every sample is run', () => {
  expect(samples).toEqual(['publish', 'buy', 'order', 'receipt', 'hook'].map(sample))
})

test('publish', async () => {
  const { call, ready, logs } = await start(sample('publish'))
  expect(ready).toMatchObject({ kind: 'typed', config: { access: 'auth.id != null' } })
  const { body } = await call({ title: 'Hello World' }, { execution: 'e' })
  expect(body).toEqual({ id: expect.any(String), slug: 'hello-world' })
  expect(logs('e')).toMatchObject([{ message: 'published', fields: { post: body.id } }])
  expect(await call({ title: ' ' })).toMatchObject({
    failure: 'error',
    body: { code: 'NO_TITLE', details: { max: 200 } },
  })
})

test('buy: once', async () => {
  const { call, server } = await start(sample('buy'))
  server.documents.of('seats').set('a1', { id: 'a1', taken: false })
  const answers = await Promise.all(Array.from({ length: 5 }, () => call({ seat: 'a1' })))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ body }) => body.code === 'SOLD')).toHaveLength(4)
  expect(server.documents.of('tickets').size).toBe(1)
})

test('order: the job comes with it', async () => {
  const { call, server } = await start(sample('order'))
  const { body: order } = await call({ product: 'tea' })
  expect(server.documents.of('orders').get(order)).toMatchObject({ product: 'tea' })
  expect(server.jobs.pushed).toMatchObject([
    { name: 'receipt', payload: { order_id: order }, key: order, delay: 60_000 },
  ])
})

test('receipt: given up, later, done', async () => {
  const { call, server } = await start(sample('receipt'))
  const job = { id: 'j', attempt: 1, key: 'o' }
  const run = () => call({ order_id: 'o' }, { job })
  server.documents.of('orders').set('o', { id: 'o', has_receipt: false })
  expect(await run()).toMatchObject({ failure: 'abort', body: { message: 'there is no printer' } })
  server.documents.of('printers').set('p', { id: 'p', is_busy: true })
  expect(await run()).toMatchObject({ failure: 'retry', body: { after: 600_000 } })
  server.documents.of('printers').set('p', { id: 'p', is_busy: false })
  expect((await run()).status).toBe(204)
  expect(server.documents.of('orders').get('o')).toMatchObject({ has_receipt: true })
  expect(server.jobs.completed).toEqual(['j'])
})

test('hook', async () => {
  const { send } = await start(sample('hook'), { env: { SECRET: 's3cret' } })
  const body = Buffer.from('{"amount": 1.0}\r\n')
  const signature = createHmac('sha256', 's3cret').update(body).digest('hex')
  const post = (signed: string) =>
    send('/hooks/payments', { method: 'POST', body, headers: { 'x-signature': signed } }).then(({ status }) => status)
  expect(await post(signature)).toBe(200)
  expect(await post(signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0')))).toBe(500)
})
