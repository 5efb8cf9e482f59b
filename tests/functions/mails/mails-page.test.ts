import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectStatus, until, useServer } from '@koyalite/testkit'

const PAGES = ['mail', 'mail-templates'].map((name) =>
  readFileSync(join(import.meta.dir, `../../../docs/${name}.md`), 'utf8'),
)
/** The file of the pages that begins with its name. */
const file = (name: string) =>
  PAGES.flatMap((page) => Array.from(page.matchAll(/^```\w+\n([\s\S]*?)^```/gm), ([, text = '']) => text)).find(
    (text) => text.split('\n', 1)[0]?.endsWith(` ${name}`),
  ) ?? ''

const server = useServer({
  schema: 'version: 1\ncollections: {}\n',
  files: Object.fromEntries(
    ['functions/order.ts', 'functions/greet.ts', 'emails/welcome.tsx'].map((name) => [name, file(name)]),
  ),
})

test('an order is confirmed, once', async () => {
  const order = () => server.anonymous.post('/api/functions/order', { email: 'ann@example.com', total: 12 })
  const { body: id } = expectStatus(await order(), 200)
  expect(expectStatus(await order(), 200).body).toBe(id)
  const shown = () => server.api.get(`/api/admin/mail/${id}`)
  await until(async () => (await shown()).body.status === 'sent')
  expect((await shown()).body).toMatchObject({ function: 'order', to: 'ann@example.com', subject: 'Your order' })
})

test('somebody is greeted by a template', async () => {
  const greeted = await server.anonymous.post('/api/functions/greet', { email: 'ann@example.com', name: 'Ann' })
  const { body: id } = expectStatus(greeted, 200)
  const shown = () => server.api.get(`/api/admin/mail/${id}`)
  await until(async () => (await shown()).body.status !== 'queued')
  expect((await shown()).body).toMatchObject({ status: 'sent', template: 'welcome', subject: 'Welcome, Ann' })
})
