import { expect, test } from 'bun:test'
import { expectStatus, useServer } from '@koyalite/testkit'
import { NO_LIMITS, SCHEMA, signUp } from './accounts'

const server = useServer({ schema: SCHEMA, settings: NO_LIMITS })

/** Subscribes to the notes with a credential. `ended`: what the server says when it is good no more. */
async function subscribe(token: string): Promise<{ readonly ended: Promise<string> }> {
  const url = `${server.process.url.replace('http', 'ws')}/api/realtime`
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
  const ready = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<string>()
  socket.onmessage = ({ data }) => {
    const { type, payload } = JSON.parse(String(data))
    if (type === 'connected')
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { collection: 'notes' } }))
    if (type === 'snapshot') ready.resolve()
    if (type === 'error') ended.resolve(payload.code)
  }
  socket.onclose = ({ code }) => ended.resolve(String(code))
  socket.onerror = () => ready.reject(new Error('the socket could not be opened'))
  await ready.promise
  return { ended: ended.promise }
}

test('a key that is revoked is noticed on the sockets that it opened', async () => {
  const { id, key } = expectStatus(
    await server.api.post('/api/admin/keys', { scopes: [{ scope: 'data:read' }] }),
    201,
  ).body
  const { ended } = await subscribe(key)
  expectStatus(await server.api.delete(`/api/admin/keys/${id}`), 204)
  expect(await ended).toBe('UNAUTHENTICATED')
  const refused = subscribe(key)
  await expect(refused).rejects.toThrow()
})

test('so is a user who is blocked, and a session that ends', async () => {
  const [ann, bob] = [await signUp(server), await signUp(server)]
  const [first, second] = [await subscribe(ann.access), await subscribe(bob.access)]
  expectStatus(await server.api.post(`/api/admin/users/${ann.id}/block`), 200)
  expect(await first.ended).toBe('UNAUTHENTICATED')
  expectStatus(await bob.api.post('/api/auth/logout'), 204)
  expect(await second.ended).toBe('UNAUTHENTICATED')
})

test('a ticket opens nothing after the logout of whoever got it', async () => {
  const ann = await signUp(server)
  const ticket = async () => expectStatus(await ann.api.post('/api/realtime/ticket', {}), 201).body.ticket as string
  const stream = await fetch(`${server.process.url}/api/collections/notes/live?ticket=${await ticket()}`)
  expect(stream.status).toBe(200)
  await stream.body?.cancel()
  const late = await ticket()
  expectStatus(await ann.api.post('/api/auth/logout'), 204)
  const refused = await fetch(`${server.process.url}/api/collections/notes/live?ticket=${late}`)
  expect(refused.status).toBe(401)
})
