import { expect, test } from 'bun:test'
import { expectStatus, OPCODES, type RawWebSocket, rawWebSocket, useServer } from '@koyalite/testkit'
import { startWorkerServer } from '../workers/worker-server'

const SCHEMA = `
version: 1
collections:
  patients:
    audit: true
    fields: { id: { type: string, primary: true }, name: { type: string } }
    rules: { read: "true" }
  visits:
    fields: { id: { type: int, primary: true, default: auto }, patient_id: { type: string, references: patients.id } }
    rules: { read: "true" }
  closed:
    audit: true
    fields: { id: { type: string, primary: true } }
`
const server = useServer({ schema: SCHEMA })

interface Entry {
  readonly actor: { readonly kind: string }
  readonly target: object
  readonly ip: string
  readonly details: { readonly collection: string; readonly through?: string; readonly query: string }
}

async function followed(): Promise<readonly Entry[]> {
  const response = await server.api.get('/api/admin/audit?event=document.followed&limit=500')
  return expectStatus(response, 200).body.entries.toReversed()
}

async function connect(url = server.process.url): Promise<RawWebSocket> {
  const socket = await rawWebSocket(`${url}/api/realtime`)
  await socket.message()
  return socket
}

/** Resolves with what the client is told first that is no word of there being a subscription. */
async function follow(socket: RawWebSocket, payload: object): Promise<{ readonly type: string }> {
  socket.frame(OPCODES.text, JSON.stringify({ id: 1, type: 'subscribe', payload }))
  for (;;) {
    const message = await socket.message()
    if (message.type !== 'subscribed') return message
  }
}

test('a subscription to audited documents is recorded once, before the first one is sent', async () => {
  expectStatus(await server.api.post('/api/collections/patients', { id: 'a', name: 'Ann' }), 201)
  const before = (await followed()).length
  const socket = await connect()
  expect((await follow(socket, { collection: 'patients', filter: { name: 'Ann' } })).type).toBe('snapshot')
  const entries = (await followed()).slice(before)
  expect(entries).toMatchObject([
    {
      actor: { kind: 'anonymous' },
      ip: '127.0.0.1',
      target: { kind: 'collection', id: 'patients' },
      details: { collection: 'patients', query: expect.stringContaining('Ann'), documents: null },
    },
  ])
  // What comes later is of the same read.
  expectStatus(await server.api.post('/api/collections/patients', { id: 'b', name: 'Ann' }), 201)
  expect((await socket.message()).type).toBe('delta')
  expect((await followed()).length).toBe(before + 1)
  // Somebody else at the other end follows anew.
  socket.frame(OPCODES.text, JSON.stringify({ id: 2, type: 'auth', payload: { token: server.key } }))
  socket.frame(OPCODES.text, JSON.stringify({ id: 3, type: 'ping' }))
  for (let type = ''; type !== 'pong'; ) type = (await socket.message()).type
  expect((await followed()).slice(before).map(({ actor }) => actor.kind)).toEqual(['anonymous', 'service_key'])
  socket.cut()
})

test('expanded and filtered ones too; refused or unaudited reads leave no entry', async () => {
  const before = (await followed()).length
  const socket = await connect()
  expect((await follow(socket, { collection: 'visits', expand: ['patient'] })).type).toBe('snapshot')
  expect((await follow(socket, { collection: 'visits', where: "doc.patient.name == 'Ann'" })).type).toBe('snapshot')
  expect((await follow(socket, { collection: 'visits' })).type).toBe('snapshot')
  expect((await follow(socket, { collection: 'closed' })).type).toBe('error')
  expect((await follow(socket, { collection: 'patients', filter: { nothing: 1 } })).type).toBe('error')
  socket.cut()
  const told = (await followed()).slice(before).map(({ details: { collection, through } }) => [collection, through])
  expect(told).toEqual([
    ['patients', 'visits'],
    ['patients', 'visits'],
  ])
})

test('a list as server-sent events is the same read', async () => {
  const before = (await followed()).length
  const end = new AbortController()
  const response = await fetch(`${server.process.url}/api/collections/patients/live?filter=name:eq:Ann`, {
    signal: end.signal,
  })
  expect(response.status).toBe(200)
  const entries = (await followed()).slice(before)
  expect(new URLSearchParams(entries[0]?.details.query).get('filter')).toBe('name:eq:Ann')
  end.abort()
})

test.skipIf(process.platform !== 'linux')('workers record what they serve, in the one log', async () => {
  await server.process.kill('SIGTERM')
  const workers = await startWorkerServer(server.project, 2)
  try {
    const get = (path: string) => fetch(`${workers.url}${path}`, { keepalive: false })
    const audit = async (event: string) => {
      const response = await fetch(`${workers.url}/api/admin/audit?limit=500&event=${event}`, {
        headers: { authorization: `Bearer ${server.key}` },
      })
      return ((await response.json()) as { entries: readonly Entry[] }).entries
    }
    const [reads, lists, follows] = [
      await audit('document.read'),
      await audit('document.listed'),
      await audit('document.followed'),
    ]
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => get(`/api/collections/patients${index % 2 === 0 ? '' : '/a'}`)),
    )
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    const sockets = await Promise.all(Array.from({ length: 12 }, () => connect(workers.url)))
    for (const socket of sockets) expect((await follow(socket, { collection: 'patients' })).type).toBe('snapshot')
    expect((await audit('document.read')).length - reads.length).toBe(10)
    expect((await audit('document.listed')).length - lists.length).toBe(10)
    expect((await audit('document.followed')).length - follows.length).toBe(12)
    expect((await audit('document.read'))[0]).toMatchObject({ ip: '127.0.0.1', actor: { kind: 'anonymous' } })
    for (const socket of sockets) socket.cut()
    const verified = await fetch(`${workers.url}/api/admin/audit/verify`, {
      headers: { authorization: `Bearer ${server.key}` },
    })
    expect(await verified.json()).toMatchObject({ ok: true })
  } finally {
    await workers.kill('SIGTERM')
  }
})
