import { describe, expect, test } from 'bun:test'
import { until, useServer } from '@koyalite/testkit'
import { type Receiver, startReceiver } from './receiver'

/** It would see whatever goes by a proxy. */
const asked: string[] = []
const proxy = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request) {
    asked.push(request.url)
    return new Response()
  },
})
const proxyUrl = `http://127.0.0.1:${proxy.port}`

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, title: { type: string } }
    rules: { create: "true", read: "true" }
`

describe('addresses that webhooks may not be sent to', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: 'webhooks: { allow: [127.0.0.1] }\n',
    env: { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl, http_proxy: proxyUrl, https_proxy: proxyUrl, no_proxy: '' },
  })
  const create = (url: string, name = 'crm') =>
    server.api.post('/api/admin/webhooks', { name, events: ['posts.created'], url })

  test('what is allowed is called, and by no proxy of the environment', async () => {
    const receiver: Receiver = startReceiver()
    expect((await create(receiver.url)).status).toBe(201)
    await server.api.post('/api/collections/posts', { title: 'A' })
    await receiver.received(1)
    expect((await server.api.post('/api/admin/webhooks/crm/test')).body.ok).toBe(true)
    expect(asked).toEqual([])
    receiver.stop()
  })

  test.each([
    ...['2130706432', '0x7f.0.0.2', '0177.0.0.2', '127.2', '[::1]', '[::]', '[::ffff:127.0.0.2]', '[::127.0.0.1]'],
    ...['[64:ff9b::7f00:2]', '[64:ff9b:1::a00:1]', '[2002:7f00:1::]', '[2001:0:53aa:64c:0:fbff:80ff:fffe]'],
    ...['[fd00::1]', '[fec0::1]', '[fe80::1]', '0.1.2.3', '10.0.0.1', '100.64.0.1', '169.254.169.254', '168.63.129.16'],
    ...['172.16.0.1', '192.0.0.8', '192.168.1.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['10.0.0.1.', '127.0.0.2.'],
  ])('https://%s/ is refused when it is made and when it is changed', async (host) => {
    const url = `https://${host}/hook`
    for (const response of [await create(url, 'wrong'), await server.api.patch('/api/admin/webhooks/crm', { url })]) {
      expect(response.status, response.text).toBe(422)
      expect(response.body.error.details).toMatchObject([
        { field: 'url', message: expect.stringContaining('name it in webhooks.allow') },
      ])
    }
  })

  test.each(['https://[fe80::1%25lo]/', 'https://exa mple.com/', 'file:///etc/passwd', 'https://'])(
    '%s is no address',
    async (url) => {
      expect((await create(url, 'wrong')).status).toBe(422)
    },
  )

  test('http is for what is allowed', async () => {
    const response = await create('http://1.1.1.1/hook', 'wrong')
    expect(response.body.error.message).toContain('1.1.1.1 is called by https only')
  })

  test('each attempt is checked: tests, replays and what waits', async () => {
    const receiver = startReceiver()
    expect((await create(receiver.url, 'later')).status).toBe(201)
    await server.api.post('/api/collections/posts', { title: 'B' })
    await receiver.received(1)
    const before = receiver.messages.length
    server.project.write('koyalite.yaml', 'webhooks: { allow: [] }\n')
    await server.restart()
    const refused = expect.stringContaining('127.0.0.1 is not on the public internet')
    expect((await server.api.post('/api/admin/webhooks/later/test')).body).toMatchObject({ ok: false, error: refused })
    await server.api.post('/api/collections/posts', { title: 'C' })
    const list = async () => (await server.api.get('/api/admin/webhooks/later/deliveries')).body.deliveries
    const [latest, first] = await until(async () => {
      const found = await list()
      return found.length === 2 && found[0].attempts.length > 0 && found
    })
    expect(latest.attempts[0]).toMatchObject({ status: null, error: refused })
    const replay = await server.api.post(`/api/admin/webhooks/later/deliveries/${first.id}/replay`, {})
    const [again] = await until(async () => {
      const found = await list()
      return found[0].id === replay.body.id && found[0].attempts.length > 0 && found
    })
    expect(again.attempts[0].error).toEqual(refused)
    expect(receiver.messages).toHaveLength(before)
    receiver.stop()
  })
})
