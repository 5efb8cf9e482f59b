import { describe, expect, test } from 'bun:test'
import { expectStatus, openEventStream, rawWebSocket, useServer } from '@koyalite/testkit'

const server = useServer({
  settings: 'auth: { rate_limit: { register: 1000/minute } }\nrealtime: { max_sockets: 8 }',
  schema: `
version: 1
collections:
  notes:
    fields:
      id:   { type: int, primary: true, default: auto }
      text: { type: string, default: "" }
    rules: { read: "auth.id != null" }
`,
})

async function signUp() {
  const credentials = { email: `${crypto.randomUUID()}@example.com`, password: 'a long enough password' }
  const { access_token } = expectStatus(await server.anonymous.post('/api/auth/register', credentials), 201).body
  const authorization = { authorization: `Bearer ${access_token}` }
  const ticket = async (): Promise<string> =>
    expectStatus(await server.anonymous.post('/api/realtime/ticket', {}, authorization), 201).body.ticket
  return { authorization, ticket }
}
const address = (ticket: string, query = 'sort=-id') =>
  `${server.process.url}/api/collections/notes/live?${query}&ticket=${ticket}`
const write = async (text: string) => expectStatus(await server.api.post('/api/collections/notes', { text }), 201)

/** What an EventSource does: the same address, with the last id that it was sent. Its status, the ids and whether it went on. */
async function come(url: string, lastEventId?: string) {
  const headers = {
    accept: 'text/event-stream',
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  }
  const response = await fetch(url, { headers })
  if (response.status !== 200) {
    await response.text()
    return { status: response.status }
  }
  await response.body?.cancel()
  const stream = await openEventStream(url, { 'last-event-id': lastEventId ?? '' }).catch(() => null)
  const first = await stream?.next()
  await stream?.close()
  return { status: 200, resumed: first?.data.payload.resumed }
}
/** Opens a stream, takes its first snapshot, and is cut off. */
async function cutOff(url: string): Promise<string> {
  const stream = await openEventStream(url)
  let id = null
  while (id === null) {
    const event = await stream.next()
    if (event?.event === 'snapshot') id = event.id
    if (event?.id) expect(event.data.payload.resume).toBe(event.id)
  }
  await stream.close()
  return id
}

describe('A7 a ticket, and the stream that it opened', () => {
  test('the stream comes back by its last event id, however often; nobody does without', async () => {
    const ann = await signUp()
    const url = address(await ann.ticket())
    const id = await cutOff(url)
    for (let round = 0; round < 3; round++) expect(await come(url, id)).toEqual({ status: 200, resumed: true })
    const [resume] = id.split('~')
    expect(Buffer.from(id.slice((resume ?? '').length + 1), 'base64url').length).toBeGreaterThanOrEqual(16)
    const other = await cutOff(address(await ann.ticket()))
    for (const wrong of [undefined, '', resume, `${resume}~`, `${id}A`, `${id.slice(0, -2)}AA`, other, '~', 'x']) {
      expect([wrong, (await come(url, wrong)).status]).toEqual([wrong, 401])
    }
    // Nor does it open anything else.
    expect(
      (await rawWebSocket(`${server.process.url}/api/realtime?ticket=${new URL(url).searchParams.get('ticket')}`))
        .status,
    ).toBe(401)
    // Another list is begun anew, as whoever has the ticket.
    expect(await come(url.replace('sort=-id', 'sort=id'), id)).toEqual({ status: 200, resumed: false })
  })

  test('the id can stand in the address as well, and goes on with a new ticket', async () => {
    const ann = await signUp()
    const url = address(await ann.ticket())
    const id = encodeURIComponent(await cutOff(url))
    expect(await come(`${url}&since=${id}`)).toMatchObject({ status: 200 })
    const fresh = await openEventStream(`${address(await ann.ticket())}&since=${id}`)
    expect((await fresh.next())?.data.payload.resumed).toBe(true)
    await fresh.close()
  })

  test('has an id before its first event', async () => {
    const ann = await signUp()
    const url = address(await ann.ticket())
    const response = await fetch(url)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    while (!text.includes('\n\n')) text += new TextDecoder().decode((await reader.read()).value)
    await reader.cancel()
    expect(text).toMatch(/^retry: \d{4}\nid: ~[\w-]{24}\n: live\n\n/)
    const [, id = ''] = /^id: (.*)$/m.exec(text) ?? []
    expect(await come(url, id)).toEqual({ status: 200, resumed: false })
  })

  test('a restart leaves it as it was, a crash too; the end of the session ends it', async () => {
    const ann = await signUp()
    const url = () => new URL(`${server.process.url}${path}`).href
    const first = address(await ann.ticket())
    const path = first.slice(server.process.url.length)
    const id = await cutOff(first)
    await write('missed')
    await server.restart()
    expect(await come(url(), id)).toEqual({ status: 200, resumed: true })
    await server.restart('SIGKILL')
    expect((await come(url(), id)).status).toBe(200)
    expectStatus(await server.anonymous.post('/api/auth/logout', {}, ann.authorization), 204)
    expect((await come(url(), id)).status).toBe(401)
  })

  test('tickets tell nothing, and no two are the same', async () => {
    const ann = await signUp()
    const tickets = [await ann.ticket(), await ann.ticket()]
    expect(new Set(tickets).size).toBe(2)
    for (const ticket of tickets) {
      expect(Buffer.from(ticket, 'base64url').toString('latin1')).not.toContain('ey')
      expect(ticket.length).toBeLessThan(2000)
    }
  })
})

test('A8 an EventSource that comes back at a bad moment is told when to try again; others get the error', async () => {
  const sockets = await Promise.all(Array.from({ length: 8 }, () => rawWebSocket(`${server.process.url}/api/realtime`)))
  const url = `${server.process.url}/api/collections/notes/live`
  const headers = { authorization: `Bearer ${server.key}`, accept: 'text/event-stream' }
  const refused = await fetch(url, { headers })
  expect(refused.status).toBe(503)
  expect(await refused.json()).toMatchObject({ error: { code: 'UNAVAILABLE' } })
  const back = await fetch(url, { headers: { ...headers, 'last-event-id': 'x' } })
  expect([back.status, back.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
  expect(await back.text()).toMatch(
    /^retry: 10000\nevent: error\ndata: \{"type":"error","payload":\{"code":"UNAVAILABLE"/,
  )
  for (const socket of sockets) socket.cut()
})
