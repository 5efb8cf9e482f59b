import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { verifyWebhook } from '@koyalite/functions'
import { until, useServer } from '@koyalite/testkit'
import { createOperators } from '../fixtures/operators'
import { isAuthentic, type Receiver, startReceiver } from './receiver'

const SECRET = `whsec_${Buffer.alloc(32, 'of the settings').toString('base64')}`

const server = useServer({
  schema: `version: 1
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string }
      state: { type: string, default: draft }
      salary: { type: int, nullable: true, read: "doc.id == 0" }
      notes: { type: string, internal: true, default: hidden }
      file: { type: blob, nullable: true }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
`,
  settings: `auth: { rate_limit: { login: 1000/minute } }
webhooks:
  allow: [127.0.0.1]
  endpoints:
    - name: written
      events: [posts.deleted]
      url: http://127.0.0.1:1/hook
      secret: ${SECRET}
`,
})

let receiver: Receiver
beforeEach(() => {
  receiver = startReceiver()
})
afterEach(async () => {
  receiver.stop()
  const { body } = await server.api.get('/api/admin/webhooks')
  for (const { name, source } of body.endpoints)
    if (source === 'api') await server.api.delete(`/api/admin/webhooks/${name}`)
})

const endpoint = async (options: object = {}) => {
  const asked = { name: 'crm', events: ['posts.*'], url: receiver.url, ...options }
  const response = await server.api.post('/api/admin/webhooks', asked)
  expect(response.status, response.text).toBe(201)
  return response.body
}
const createPost = async (fields: object = {}) =>
  (await server.api.post('/api/collections/posts', { title: 'A', ...fields })).body.id as number
const stateOf = async (name = 'crm') => (await server.api.get(`/api/admin/webhooks/${name}`)).body
const deliveriesOf = async (name = 'crm', query = '') =>
  (await server.api.get(`/api/admin/webhooks/${name}/deliveries${query}`)).body.deliveries

describe('events', () => {
  test('arrive signed, with the document as it was committed', async () => {
    const { secret, warnings } = await endpoint()
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(warnings).toEqual([expect.stringContaining('posts.salary')])
    const id = await createPost()
    await server.api.patch(`/api/collections/posts/${id}`, { title: 'B' })
    await server.api.delete(`/api/collections/posts/${id}`)
    const messages = await receiver.received(3)
    const first = { id, title: 'A', state: 'draft', salary: null }
    const second = { ...first, title: 'B' }
    const seq = expect.stringMatching(/^[\w-]+\.\d+$/)
    const timestamp = expect.any(String)
    expect(receiver.events()).toEqual([
      { type: 'posts.created', timestamp, data: { doc: first, seq } },
      { type: 'posts.updated', timestamp, data: { doc: second, old: first, seq } },
      { type: 'posts.deleted', timestamp, data: { doc: null, old: second, seq } },
    ])
    for (const message of messages) {
      expect(isAuthentic(message, secret)).toBe(true)
      expect(verifyWebhook(message.body, message.headers, secret)).toBe(true)
      expect(isAuthentic({ ...message, body: `${message.body} ` }, secret)).toBe(false)
      expect(message.id).toMatch(/^crm_[a-z0-9-]+$/)
      expect(message.headers.get('content-type')).toBe('application/json')
    }
    expect(new Set(messages.map((one) => one.id)).size).toBe(3)
    await until(async () => (await deliveriesOf('crm', '?state=delivered')).length === 3)
    const [last] = await deliveriesOf()
    expect(last).toMatchObject({
      ...{ event: 'posts.deleted', document: `posts/${id}`, state: 'delivered', sending: false, replay_of: null },
      attempts: [{ ok: true, status: 204, error: null }],
    })
    const { body } = await server.api.get(`/api/admin/webhooks/crm/deliveries/${last.id}`)
    expect(body).toMatchObject({ body: messages[2]?.body, blocked_by: null, behind: 0 })
    expect(await stateOf()).toMatchObject({ waiting: 0, failing_since: null })
  })

  test('only what the condition lets pass; an error sends nothing, and is counted', async () => {
    await endpoint({
      when: "type == 'posts.deleted' || doc.state == 'published' && 10 / (size(doc.title) - 1) > 0",
    })
    const fails = await createPost({ title: 'A', state: 'published' })
    await createPost({ title: 'AB' })
    const passes = await createPost({ title: 'AB', state: 'published' })
    await server.api.delete(`/api/collections/posts/${fails}`)
    await receiver.received(2)
    expect(receiver.events().map(({ type, data }) => [type, (data.doc ?? data.old).id])).toEqual([
      ['posts.created', passes],
      ['posts.deleted', fails],
    ])
    expect(await stateOf()).toMatchObject({ skipped: 1 })
  })

  test('thin ones, chosen fields, and what is too large', async () => {
    await endpoint({ name: 'thin', payload: 'thin', order: 'none' })
    await endpoint({ name: 'fields', fields: ['title'] })
    const id = await createPost({ title: 'x'.repeat(300 * 1024) })
    const other = await createPost({ title: 'small' })
    await receiver.received(4)
    const seq = expect.any(String)
    const of = (name: string) =>
      receiver.messages.filter((one) => one.id.startsWith(name)).map(({ body }) => JSON.parse(body).data)
    expect(of('thin').toSorted((a, b) => a.key - b.key)).toEqual([
      { key: id, seq },
      { key: other, seq },
    ])
    expect(of('fields')).toContainEqual({ key: id, seq, truncated: true })
    expect(of('fields')).toContainEqual({ doc: { id: other, title: 'small' }, seq })
  })

  test('of sign-ins have no more than who it was', async () => {
    await endpoint({ events: ['auth.*'] })
    const email = `${crypto.randomUUID()}@example.com`
    await server.anonymous.post('/api/auth/register', { email, password: 'a long enough password' })
    const [message] = await receiver.received(1)
    expect(JSON.parse(message?.body ?? '')).toMatchObject({ type: 'auth.registered' })
    expect(message?.body).not.toContain(email)
  })
})

describe('an endpoint', () => {
  test('can be tried, changed, disabled and enabled', async () => {
    const { secret } = await endpoint({ events: ['posts.created'] })
    const tried = await server.api.post('/api/admin/webhooks/crm/test')
    expect(tried.body).toMatchObject({ ok: true, status: 204 })
    expect(receiver.events()).toEqual([{ type: 'webhook.test', timestamp: expect.any(String), data: {} }])
    expect(receiver.messages.map((one) => isAuthentic(one, secret))).toEqual([true])
    receiver.answer = () => new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:1/' } })
    expect((await server.api.post('/api/admin/webhooks/crm/test')).body).toMatchObject({
      ok: false,
      error: 'answered 302: redirects are not followed',
    })
    receiver.answer = () => new Response('ok')
    const disabled = await server.api.post('/api/admin/webhooks/crm/disable')
    expect(disabled.body).toMatchObject({ enabled: false, disabled_reason: 'operator' })
    await createPost({ title: 'missed' })
    const enabled = await server.api.post('/api/admin/webhooks/crm/enable')
    expect(enabled.body).toMatchObject({ enabled: true, secret: null })
    await createPost({ title: 'seen' })
    await receiver.received(3)
    expect(receiver.events()[2].data.doc.title).toBe('seen')
    const patched = await server.api.patch('/api/admin/webhooks/crm', { events: ['posts.updated'], fields: ['state'] })
    expect(patched.body).toMatchObject({ events: ['posts.updated'], fields: ['state'], url: receiver.url })
    const id = await createPost()
    await server.api.patch(`/api/collections/posts/${id}`, { state: 'published' })
    await receiver.received(4)
    expect(receiver.events()[3].data).toMatchObject({ doc: { id, state: 'published' }, old: { id, state: 'draft' } })
  })

  test('rotates its secret: for a day both sign, unless the old one is revoked', async () => {
    const { secret } = await endpoint()
    const rotated = (await server.api.post('/api/admin/webhooks/crm/rotate', {})).body.secret
    await createPost()
    const [both] = await receiver.received(1)
    expect([secret, rotated].map((one) => both && isAuthentic(both, one))).toEqual([true, true])
    expect(both?.signature.split(' ')).toHaveLength(2)
    const last = (await server.api.post('/api/admin/webhooks/crm/rotate', { revoke: true })).body.secret
    await createPost()
    const [, second] = await receiver.received(2)
    expect([secret, rotated, last].map((one) => second && isAuthentic(second, one))).toEqual([false, false, true])
    expect((await server.api.get('/api/admin/webhooks/crm')).text).not.toContain('whsec_')
  })

  test('of the settings is changed there', async () => {
    expect(await stateOf('written')).toMatchObject({
      ...{ source: 'settings', events: ['posts.deleted'], enabled: true, problems: [] },
    })
    for (const [method, path, json] of [
      ['PATCH', '', { events: ['posts.created'] }],
      ['DELETE', '', undefined],
      ['POST', '/rotate', {}],
    ] as const) {
      const response = await server.api.request(method, `/api/admin/webhooks/written${path}`, { json })
      expect([response.status, response.body.error.message]).toEqual([409, expect.stringContaining('koyalite.yaml')])
    }
    const asked = { name: 'written', events: ['posts.*'], url: receiver.url }
    expect((await server.api.post('/api/admin/webhooks', asked)).status).toBe(409)
  })

  test.each([
    [{ url: 'https://user:secret@example.com/' }, 'url', /must not contain a user or password/],
    [{ url: 'https://example.com/#a' }, 'url', /fragment/],
    [{ url: 'ftp://example.com/' }, 'url', /begins with https/],
    [{ url: 'https://example.com/\r\nX: 1' }, 'url', /control characters/],
    [{ url: 'nothing' }, 'url', /expected a URL/],
    [{ events: ['posts.creatd'] }, 'events.0', /posts\.created/],
    [{ events: ['auth.nothing'] }, 'events.0', /auth/],
    [{ when: 'doc.titel == "a"' }, 'when', /did you mean 'title'/],
    [{ when: 'auth.id != null' }, 'when', /unknown name 'auth'/],
    [{ when: "doc.title == 'a'", events: ['posts.*', 'job.dead'] }, 'when', /job\.dead/],
    [{ fields: ['titel'] }, 'fields.0', /did you mean 'title'/],
    [{ fields: ['notes'] }, 'fields.0', /no field 'notes'/],
    [{ fields: ['file'] }, 'fields.0', /no field 'file'/],
    [{ name: 'a.b' }, 'name', /lower-case letters/],
    [{ secret: 'whsec_x' }, 'secret', /./],
  ])('is refused where something of it cannot be: %j', async (wrong, field, message) => {
    const response = await server.api.post('/api/admin/webhooks', {
      ...{ name: 'crm', events: ['posts.*'], url: receiver.url },
      ...wrong,
    })
    expect(response.status, response.text).toBe(422)
    expect(response.body.error.details[0]).toMatchObject({ field, message: expect.stringMatching(message) })
    if ('name' in wrong || 'secret' in wrong) return
    await endpoint()
    const patched = await server.api.patch('/api/admin/webhooks/crm', { events: ['posts.*'], ...wrong })
    expect([patched.status, patched.body.error.details[0].field]).toEqual([422, field])
  })
})

test('operators: viewers see no address and no body; admins get a mail when an endpoint is disabled', async () => {
  const [, viewer] = await createOperators(server, 'viewer')
  await endpoint()
  receiver.answer = () => new Response(null, { status: 410 })
  await createPost()
  await until(async () => !(await stateOf()).enabled)
  const seen = (await viewer?.api.get('/api/admin/webhooks/crm'))?.body
  expect(seen).toMatchObject({ name: 'crm', url: `http://127.0.0.1:${receiver.port}/…` })
  const [delivery] = (await viewer?.api.get('/api/admin/webhooks/crm/deliveries'))?.body.deliveries ?? []
  expect((await viewer?.api.get(`/api/admin/webhooks/crm/deliveries/${delivery.id}`))?.body.body).toBeNull()
  expect((await viewer?.api.post('/api/admin/webhooks/crm/enable'))?.status).toBe(403)
  const { mails } = (await server.api.get('/api/admin/mail')).body
  expect(mails.filter((mail: { template: string }) => mail.template === 'webhook_disabled')).toMatchObject([
    { to: 'owner@example.com', subject: expect.stringContaining("the webhook 'crm' was disabled") },
  ])
  const { entries } = (await server.api.get('/api/admin/audit?event=webhook.disabled')).body
  expect(entries[0]).toMatchObject({ target: { kind: 'webhook', id: 'crm' }, details: { reason: 'gone' } })
})

describe('deliveries', () => {
  test('410 disables, and what is dead can be sent again with the same bytes, by the same id or another', async () => {
    await endpoint()
    receiver.answer = () => new Response(null, { status: 410 })
    await createPost()
    await until(async () => !(await stateOf()).enabled)
    expect((await stateOf()).disabled_reason).toBe('gone')
    const [dead] = await deliveriesOf()
    expect(dead).toMatchObject({ state: 'dead', attempts: [{ status: 410, ok: false }] })
    receiver.answer = () => new Response()
    await server.api.post('/api/admin/webhooks/crm/enable')
    for (const new_id of [false, true]) {
      const replay = await server.api.post(`/api/admin/webhooks/crm/deliveries/${dead.id}/replay`, { new_id })
      expect([replay.status, replay.body.replay_of]).toEqual([201, dead.id])
      await receiver.received(new_id ? 3 : 2)
    }
    const [first, same, other] = receiver.messages
    expect([same?.body, other?.body]).toEqual([first?.body, first?.body])
    expect(same?.id).toBe(first?.id ?? '')
    expect(other?.id).not.toBe(first?.id ?? '')
    expect(other?.id).not.toContain('.')
  })

  test('wait for an earlier one of their document; one that is skipped lets them go', async () => {
    await endpoint()
    receiver.answer = ({ body }) =>
      new Response(null, { status: JSON.parse(body).data.doc.title === 'bad' ? 500 : 200 })
    const id = await createPost({ title: 'bad' })
    await server.api.patch(`/api/collections/posts/${id}`, { title: 'good' })
    await createPost({ title: 'other' })
    const [, behind, first] = await until(async () => {
      const found = await deliveriesOf()
      return found[2]?.attempts.length === 1 && found[0].state === 'delivered' && found
    })
    expect([first, behind].map(({ state }) => state)).toEqual(['waiting', 'blocked'])
    const detail = async (one: { id: string }) =>
      (await server.api.get(`/api/admin/webhooks/crm/deliveries/${one.id}`)).body
    expect(await detail(first)).toMatchObject({ behind: 1, blocked_by: null, attempts: [{ status: 500 }] })
    expect(await detail(behind)).toMatchObject({ behind: 0, blocked_by: first.id, attempts: [] })
    receiver.answer = () => new Response()
    const skipped = await server.api.post(`/api/admin/webhooks/crm/deliveries/${first.id}/skip`)
    expect(skipped.body.state).toBe('skipped')
    await until(() => receiver.messages.at(-1)?.body.includes('"good"'))
    expect((await server.api.post(`/api/admin/webhooks/crm/deliveries/${first.id}/skip`)).status).toBe(409)
  })

  test('can be made again of what happened since a time', async () => {
    await endpoint()
    const from = new Date().toISOString()
    const id = await createPost()
    await receiver.received(1)
    await until(async () => (await deliveriesOf('crm', '?state=delivered')).length === 1)
    const replayed = await server.api.post('/api/admin/webhooks/crm/replay', { from })
    expect(replayed.body).toEqual({ events: 1 })
    const [first, again] = await receiver.received(2)
    expect([again?.id, again?.body]).toEqual([first?.id, first?.body])
    expect(JSON.parse(first?.body ?? '').data.doc.id).toBe(id)
  })

  test('survive a stop of the server, and are followed live', async () => {
    await endpoint()
    receiver.answer = () => new Response(null, { status: 503, headers: { 'retry-after': '1' } })
    await createPost()
    await receiver.received(1)
    await until(async () => (await deliveriesOf())[0].attempts.length === 1)
    receiver.answer = () => new Response()
    await server.restart()
    const live = await fetch(`${server.api.url}/api/admin/webhooks/crm/deliveries/live`, {
      headers: { authorization: `Bearer ${server.key}` },
    })
    const [first, second] = await receiver.received(2)
    expect([second?.id, second?.body]).toEqual([first?.id, first?.body])
    let text = ''
    for await (const chunk of live.body ?? []) {
      text += new TextDecoder().decode(chunk)
      if (text.includes('"state":"delivered"')) break
    }
    expect(text).toContain('"attempts":[{')
  })
})
