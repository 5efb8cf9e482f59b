import { expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, mkdirSync } from 'node:fs'
import { createApi, createKey, expectStatus, runKoyalite, until, useProjects } from '@koyalite/testkit'
import { isAuthentic, startReceiver } from './receiver'

setDefaultTimeout(120_000)

const { create, serve } = useProjects({
  schema: `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, title: { type: string } }
    rules: { create: "true", read: "true" }
`,
  settings: `webhooks:
  allow: [127.0.0.1]
  endpoints:
    - { name: written, events: [posts.created], url: "http://127.0.0.1:1/", secret: "whsec_${Buffer.alloc(32).toString('base64')}" }
`,
})

test('C1 in a copy of a project endpoints are disabled and have no secrets; what waited is held', async () => {
  const receiver = startReceiver()
  receiver.answer = () => new Response(null, { status: 500 })
  const original = create()
  const server = await serve(original)
  const api = createApi(server.url, await createKey(original))
  const asked = { name: 'crm', events: ['posts.created'], url: receiver.url }
  const { secret } = (await api.post('/api/admin/webhooks', asked)).body
  await api.post('/api/collections/posts', { title: 'A' })
  await receiver.received(1)
  await until(async () => (await api.get('/api/admin/webhooks/crm')).body.failing_since !== null)
  await server.kill('SIGTERM')
  receiver.answer = () => new Response()

  const copy = create()
  mkdirSync(copy.path('data'), { recursive: true })
  cpSync(original.path('data/koyalite.db'), copy.path('data/koyalite.db'))
  const copied = await serve(copy)
  await until(() => copied.output().includes('Disabled: 2 webhook endpoints'))
  const own = createApi(copied.url, await createKey(copy))
  for (const name of ['crm', 'written'])
    expect((await own.get(`/api/admin/webhooks/${name}`)).body).toMatchObject({
      ...{ enabled: false, disabled_reason: 'copy', waiting: 0 },
    })
  const { stdout } = await runKoyalite(['doctor', '--dir', copy.dir])
  expect(stdout).toContain("the webhook 'crm' is disabled: this database is a copy of another project")
  const [held] = (await own.get('/api/admin/webhooks/crm/deliveries')).body.deliveries
  expect(held).toMatchObject({ state: 'held', next_attempt_at: null })
  await own.post('/api/collections/posts', { title: 'of the copy' })
  expectStatus(await own.post('/api/admin/webhooks/crm/test'), 409)

  const { enabled, secret: another } = (await own.post('/api/admin/webhooks/crm/enable')).body
  expect([enabled, another]).toEqual([true, expect.stringMatching(/^whsec_/)])
  expect(another).not.toBe(secret)
  expectStatus(await own.post(`/api/admin/webhooks/crm/deliveries/${held.id}/replay`, {}), 201)
  const [, replayed] = await receiver.received(2)
  expect(replayed && isAuthentic(replayed, another)).toBe(true)
  expect(receiver.events().map(({ data }) => data.doc.title)).toEqual(['A', 'A'])
  receiver.stop()
})
