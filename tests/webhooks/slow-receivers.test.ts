import { expect, test } from 'bun:test'
import { until, useServer } from '@koyalite/testkit'
import { startReceiver } from './receiver'

const EVENTS = Number(process.env.KOYALITE_WEBHOOK_EVENTS ?? 1000)
const BUSY = 20

const server = useServer({
  schema: `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, title: { type: string } }
    rules: { create: "true", read: "true" }
  notes:
    fields: { id: { type: int, primary: true, default: auto } }
    rules: { create: "true", read: "true" }
`,
  settings: 'webhooks: { allow: [127.0.0.1] }\n',
})

test('S2, S5: a receiver that never answers, and one that asks for patience, delay no other', async () => {
  const [silent, good, busy] = [startReceiver(), startReceiver(), startReceiver()]
  silent.answer = () => new Promise(() => {})
  let patient = 0
  busy.answer = () => {
    if (patient++ === 0) return new Response(null, { status: 429, headers: { 'retry-after': '2' } })
    return new Response()
  }
  for (const [name, events, { url }] of [
    ['silent', ['posts.*'], silent],
    ['good', ['posts.*'], good],
    ['busy', ['notes.*'], busy],
  ] as const)
    expect((await server.api.post('/api/admin/webhooks', { name, events, url })).status).toBe(201)
  const stateOf = async (name: string) => (await server.api.get(`/api/admin/webhooks/${name}`)).body
  await server.api.post('/api/collections/notes', {})
  await busy.received(1)
  const asked = busy.messages[0]?.at ?? 0
  await until(async () => (await stateOf('busy')).failing_since !== null)
  for (let sent = 0; sent < BUSY; sent++) await server.api.post('/api/collections/notes', {})
  for (let sent = 0; sent < EVENTS; sent += 100) {
    const posts = Array.from({ length: 100 }, (_, n) => ({ title: `post ${sent + n}` }))
    await server.api.post('/api/collections/posts', posts)
  }
  await good.received(EVENTS)
  expect(new Set(good.messages.map(({ id }) => id)).size).toBe(EVENTS)
  await until(async () => (await stateOf('good')).waiting === 0)
  expect(await stateOf('good')).toMatchObject({ failing_since: null, dropped: 0 })
  expect(await stateOf('silent')).toMatchObject({ waiting: EVENTS, dropped: 0, enabled: true })
  // No more than ten requests hang there, and fewer from the first time-out on.
  expect(silent.messages.length).toBeLessThanOrEqual(20)
  await busy.received(BUSY + 2)
  expect(busy.messages.filter(({ at }) => at > asked && at < asked + 2000)).toEqual([])
  const metrics = (await server.api.get('/metrics')).text
  expect(metrics).toContain(`koyalite_webhook_waiting{endpoint="silent"} ${EVENTS}`)
  for (const receiver of [silent, good, busy]) receiver.stop()
})
