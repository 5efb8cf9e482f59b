import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectStatus, until, useServer } from '@koyalite/testkit'

const PAGE = readFileSync(join(import.meta.dir, '../../../docs/mail.md'), 'utf8')
/** The file of the page that begins with its name. */
const file = (name: string) =>
  Array.from(PAGE.matchAll(/^```\w+\n([\s\S]*?)^```/gm), ([, text = '']) => text).find((text) =>
    text.split('\n', 1)[0]?.endsWith(` ${name}`),
  ) ?? ''

const server = useServer({
  schema: 'version: 1\ncollections: {}\n',
  files: { 'functions/order.ts': file('functions/order.ts') },
})

test('an order is confirmed, once', async () => {
  const order = () => server.anonymous.post('/api/functions/order', { email: 'ann@example.com', total: 12 })
  const { body: id } = expectStatus(await order(), 200)
  expect(expectStatus(await order(), 200).body).toBe(id)
  const shown = () => server.api.get(`/api/admin/mail/${id}`)
  await until(async () => (await shown()).body.status === 'sent')
  expect((await shown()).body).toMatchObject({ function: 'order', to: 'ann@example.com', subject: 'Your order' })
})
