import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createApi, expectStatus, until, useServer } from '@koyalite/testkit'

const PAGE = readFileSync(join(import.meta.dir, '../../../docs/functions-jobs.md'), 'utf8')
/** The file of the page that begins with its name. */
const file = (name: string) =>
  Array.from(PAGE.matchAll(/^```\w+\n([\s\S]*?)^```/gm), ([, text = '']) => text).find((text) =>
    text.split('\n', 1)[0]?.endsWith(` ${name}`),
  ) ?? ''

const server = useServer({
  schema: file('schema.yaml'),
  files: {
    'functions/order.ts': file('functions/order.ts'),
    'functions/send-receipt.ts': file('functions/send-receipt.ts'),
  },
})

test('an order has its receipt, by a job of who has ordered', async () => {
  const given = { email: 'ann@example.com', password: 'correct horse battery' }
  const { body } = expectStatus(await server.anonymous.post('/api/auth/register', given), 201)
  const ann = createApi(server.process.url, body.access_token)
  const ordered = async (item: string) => {
    const made = expectStatus(await ann.post('/api/functions/order', { item }), 200).body
    const job = await until(async () => {
      const found = expectStatus(await ann.get(`/api/jobs/${made.job}`), 200).body
      return found.state === 'done' || found.state === 'dead' ? found : undefined
    })
    return { order: made.order, job }
  }
  const book = await ordered('book')
  expect(book.job).toMatchObject({ state: 'done', attempt: 1, error: null })
  expect((await ann.get(`/api/collections/receipts/${book.order}`)).body.text).toBe('One book')
  expect((await ordered('printer')).job).toMatchObject({ state: 'done', attempt: 2 })
  expect((await ordered('nothing')).job).toMatchObject({ state: 'dead', error: { code: 'NOTHING_TO_SEND' } })
})
