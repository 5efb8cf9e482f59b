import { beforeAll, beforeEach, expect, test } from 'bun:test'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createApi, createKey, expectError, expectStatus, until, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { startReceiver } from '../webhooks/receiver'

const SECRET = `whsec_${Buffer.alloc(32, 'of the settings').toString('base64')}`
const PATH = '/api/admin/webhooks'
const server = useServer({
  schema: `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, title: { type: string } }
    rules: { create: "true", update: "true" }
`,
  settings: `auth: { rate_limit: { login: 1000/second } }
webhooks:
  allow: [127.0.0.1]
  endpoints:
    - { name: written, events: [posts.deleted], url: "https://hooks.example.com/path-of-settings", secret: ${SECRET} }
`,
})
let operators: readonly TestOperator[] = []
const operator = (role: string) => operators.find((one) => one.role === role) as TestOperator
beforeAll(async () => {
  operators = await createOperators(server, 'admin', 'editor', 'viewer')
}, 60_000)
let receiver = startReceiver()
beforeEach(() => {
  receiver.stop()
  receiver = startReceiver()
})

const create = async (name: string, more: object = {}) =>
  expectStatus(await server.api.post(PATH, { name, events: ['posts.created'], url: receiver.url, ...more }), 201).body
const remove = async (name: string) => expectStatus(await server.api.delete(`${PATH}/${name}`), 204)
const createPost = () => server.anonymous.post('/api/collections/posts', { title: 'body-of-the-post' })
const deliveries = async (name: string) =>
  expectStatus(await server.api.get(`${PATH}/${name}/deliveries`), 200).body.deliveries

test('only those who may write make, change, try and replay webhooks, and see secrets, paths and bodies', async () => {
  const { secret } = await create('crm', { url: `${receiver.url}/path-of-api?token=of-api` })
  await createPost()
  await receiver.received(1)
  const id = await until(async () => {
    const [first] = await deliveries('crm')
    return first?.state === 'delivered' ? (first.id as string) : undefined
  })
  const rotated = expectStatus(await server.api.post(`${PATH}/crm/rotate`, {}), 200).body.secret
  const writes: readonly (readonly ['post' | 'patch' | 'delete', string, object?])[] = [
    ['post', PATH, { name: 'x', events: ['posts.created'], url: receiver.url }],
    ['patch', `${PATH}/crm`, { url: 'https://example.com/' }],
    ['delete', `${PATH}/crm`],
    ['post', `${PATH}/crm/rotate`, { revoke: true }],
    ['post', `${PATH}/crm/test`],
    ['post', `${PATH}/crm/enable`],
    ['post', `${PATH}/crm/disable`],
    ['post', `${PATH}/crm/replay`, { from: '2026-01-01T00:00:00Z' }],
    ['post', `${PATH}/crm/deliveries/${id}/replay`, {}],
    ['post', `${PATH}/crm/deliveries/${id}/skip`],
  ]
  const live = `${PATH}/crm/deliveries/live`
  const reads = [PATH, `${PATH}/crm`, `${PATH}/crm/deliveries`, `${PATH}/crm/deliveries/${id}`]
  const scopes = ['data:read', 'data:write', 'auth', 'schema', 'logs', 'functions:invoke']
  const keys = await Promise.all(
    scopes.map(async (scope) => createApi(server.process.url, await createKey(server.project, scope))),
  )
  const account = { email: 'ann@example.com', password: 'correct horse battery' }
  const { access_token } = expectStatus(await server.anonymous.post('/api/auth/register', account), 201).body
  const others = [createApi(server.process.url, access_token), ...keys]
  const readers = [operator('editor').api, operator('viewer').api]
  for (const [method, path, body] of writes) {
    expectError(await server.anonymous[method](path, body as never), 'UNAUTHENTICATED')
    for (const api of [...others, ...readers]) expectError(await api[method](path, body as never), 'FORBIDDEN')
  }
  for (const path of [...reads, live]) {
    expectError(await server.anonymous.get(path), 'UNAUTHENTICATED')
    for (const api of others) expectError(await api.get(path), 'FORBIDDEN')
  }
  const hidden = [secret, rotated, SECRET, 'path-of', 'of-api', 'body-of']
  const more = ['/api/admin/settings', '/api/admin/audit?limit=100', '/api/admin/doctor', '/api/admin/stats']
  for (const api of readers)
    for (const path of [...reads, ...more]) {
      const { text } = await api.get(path)
      for (const one of hidden) expect({ path, has: text.includes(one) && one }).toEqual({ path, has: false })
    }
  for (const path of [...reads, ...more]) {
    const { text } = await server.api.get(path)
    for (const one of [secret, rotated, SECRET]) expect(text).not.toContain(one)
  }
  expect(receiver.messages.length).toBe(1)
  await remove('crm')
})

test('secrets are in no file of the project but their own, and in no log', async () => {
  const { secret } = await create('sealed')
  await createPost()
  await receiver.received(1)
  expectStatus(await server.api.post(`${PATH}/sealed/test`), 200)
  await server.restart()
  const raw = secret.slice('whsec_'.length)
  const found = filesOf(server.project.dir).filter((path) => {
    const bytes = readFileSync(path)
    return bytes.includes(raw) || bytes.includes(Buffer.from(raw, 'base64'))
  })
  expect(found).toEqual([])
  expect(server.process.output()).not.toContain(raw)
  await remove('sealed')
})

test('what a receiver answers is neither kept nor followed, however much it is', async () => {
  const inside = startReceiver()
  const answers: Record<string, () => Response> = {
    endless: () => new Response(new ReadableStream({ pull: (it) => it.enqueue(new Uint8Array(1_000_000)) })),
    redirect: () => new Response('answer-of-it', { status: 307, headers: { location: inside.url } }),
    text: () => new Response('answer-of-it', { status: 500, headers: { 'x-answer': 'answer-of-it' } }),
    zipped: () => new Response(Bun.gzipSync(new Uint8Array(50_000_000)), { headers: { 'content-encoding': 'gzip' } }),
    patience: () => new Response(null, { status: 503, headers: { 'retry-after': '9'.repeat(300) } }),
    past: () => new Response(null, { status: 503, headers: { 'retry-after': '-1e300' } }),
    never: () => new Response(null, { status: 503, headers: { 'retry-after': 'Fri, 31 Dec 275760 23:59:59 GMT' } }),
  }
  for (const [name, answer] of Object.entries(answers)) {
    receiver.answer = answer
    await create(name)
    await createPost()
    const [delivery] = await until(async () => {
      const all = await deliveries(name)
      return all[0]?.attempts.length > 0 && !all[0].sending ? all : undefined
    })
    const isTaken = name === 'endless' || name === 'zipped'
    expect({ name, ok: delivery.attempts[0].ok }).toEqual({ name, ok: isTaken })
    if (!isTaken) {
      const wait = Date.parse(delivery.next_attempt_at) - Date.parse(delivery.attempts[0].at)
      expect({ name, isWithinADay: wait >= 0 && wait <= 25 * 3_600_000 }).toEqual({ name, isWithinADay: true })
    }
    expect((await server.api.get(`${PATH}/${name}/deliveries/${delivery.id}`)).text).not.toContain('answer-of-it')
    await remove(name)
  }
  expect(inside.messages).toEqual([])
  expect(server.process.output()).not.toContain('answer-of-it')
  inside.stop()
})

test.each([
  'https://example.com/\r\nx-forged: 1',
  'https://example.com/\nHost: inside',
  'https://example.com/\t',
  'https://user@example.com/',
  'https://:pw@example.com/',
  'https://example.com/#secret',
  'javascript:alert(1)',
  'unix:/var/run/docker.sock',
  'http+unix://x/',
  '//example.com/',
  `https://example.com/${'x'.repeat(2_000)}`,
])('no address: %p', async (url) => {
  expectError(await server.api.post(PATH, { name: 'odd', events: ['posts.created'], url }), 'VALIDATION_ERROR')
})

test.each(['a b', 'a.b', 'A', '', '../x', 'a\r\nx: y', '_a', 'a'.repeat(64)])('no name: %p', async (name) => {
  expectError(
    await server.api.post(PATH, { name, events: ['posts.created'], url: receiver.url }),
    'VALIDATION_ERROR',
    'INVALID_REQUEST',
  )
})

test('a condition that costs too much sends nothing, and holds up no writes', async () => {
  const list = `[${Array.from({ length: 200 }, (_, i) => i).join(',')}]`
  const when = `${list}.all(a, ${list}.all(b, ${list}.all(c, ${list}.exists(d, a + b + c + d == -1 || doc.id > 0))))`
  const made = await server.api.post(PATH, { name: 'costly', events: ['posts.created'], url: receiver.url, when })
  if (made.status !== 201) return expectError(made, 'VALIDATION_ERROR')
  await createPost()
  await until(async () => (await server.api.get(`${PATH}/costly`)).body.skipped === 1)
  expect(receiver.messages).toEqual([])
  await remove('costly')
})

function filesOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    const found = statSync(path)
    return found.isDirectory() ? filesOf(path) : found.isFile() ? [path] : []
  })
}

test('who follows live is cut off when they sign out or their key is revoked, and nobody else is', async () => {
  await create('live')
  const follow = (headers: Readonly<Record<string, string>>) =>
    Promise.all(
      [`${PATH}/live/deliveries/live`, '/api/admin/functions/executions/live'].map(async (path) => {
        const { status, body } = await fetch(`${server.process.url}${path}`, { headers })
        expect(status).toBe(200)
        return body as ReadableStream<Uint8Array>
      }),
    )
  const ended = (streams: readonly ReadableStream[]) =>
    Promise.all(streams.map((stream) => stream.pipeTo(new WritableStream())))
  const { id, key } = expectStatus(await server.api.post('/api/admin/keys', { scopes: [{ scope: 'admin' }] }), 201).body
  const { headers } = operator('viewer')
  const ofKey = await follow({ authorization: `Bearer ${key}` })
  const ofViewer = await follow(headers)
  const [ofEditor] = await follow(operator('editor').headers)
  expect((await fetch(`${server.process.url}/api/admin/session`, { method: 'DELETE', headers })).status).toBe(204)
  await ended(ofViewer)
  expectStatus(await server.api.delete(`/api/admin/keys/${id}`), 204)
  await ended(ofKey)
  await createPost()
  let text = ''
  for await (const chunk of ofEditor ?? []) {
    text += new TextDecoder().decode(chunk)
    if (text.includes('"state":"delivered"')) break
  }
  expect(text).toContain('"state":"delivered"')
  await remove('live')
})
