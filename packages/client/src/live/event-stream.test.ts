import { afterEach, describe, expect, test } from 'bun:test'
import type { ServerMessage } from '@koyalite/contracts'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { createKoyalite } from '../create-koyalite'
import { BLOG_SCHEMA, metadata, type Post } from '../testing/blog'
import { openLive, postsRequest, watch } from '../testing/live-client'
import { type Network, startNetwork } from '../testing/network'
import { tokenSession } from '../token-session'
import { createTransport } from '../transport'
import { createOpenChannel } from './open-channel'

const server = useServer({ schema: BLOG_SCHEMA, settings: 'auth: { rate_limit: { api: 100000/minute } }\n' })
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})
function network(): Network {
  const made = startNetwork(server.process.port)
  cleanups.push(() => made.stop())
  return made
}
async function create(title: string): Promise<string> {
  const { headers } = expectStatus(await server.api.post('/api/collections/posts', { title }), 201)
  return headers.get('koyalite-seq') ?? ''
}
const all = postsRequest({ sort: ['id'] })
const some = postsRequest({ filter: { title: 'some' } })
const realtime = async () => (await server.api.get('/api/admin/realtime')).body

describe('where WebSockets do not get through', () => {
  test('D51 one event stream has all queries, and continues after a cut', async () => {
    const net = network()
    net.refuseUpgrades(true)
    const live = openLive(net.url)
    const before = await realtime()
    const seen = watch(live, all)
    const others = watch(live, some)
    await until(() => seen.statuses.at(-1) === 'live' && others.statuses.at(-1) === 'live')
    await create('some')
    await until(() => others.docs.length === 1 && seen.docs.length === 1)
    const now = await realtime()
    expect([now.connections - before.connections, now.subscriptions - before.subscriptions]).toEqual([1, 2])
    await live.open(all).reached(await create('another'))
    expect(seen.docs.length).toBe(2)
    for (const after of [0, 30, 300, 1000]) {
      net.cutAfter(after)
      const seq = await create('while it is cut')
      live.realtime.wake()
      await live.open(all).reached(seq)
      expect(seen.docs.at(-1)?.title).toBe('while it is cut')
    }
    expect(seen.deltas.map(({ reset }) => reset)).toEqual([true, false, false, false, false, false, false])
    expect([seen.errors, others.errors]).toEqual([[], []])
    others.stop()
    seen.stop()
    await until(async () => (await realtime()).connections === before.connections)
  })

  test('a WebSocket is tried again with the next connection', async () => {
    const net = network()
    net.refuseUpgrades(true)
    const live = openLive(net.url)
    const seen = watch(live, all)
    await until(() => seen.statuses.at(-1) === 'live')
    net.refuseUpgrades(false)
    net.cut()
    live.realtime.wake()
    const upgraded = net.upgraded
    await live.open(all).reached(await create('again'))
    expect(net.upgraded).toBe(upgraded + 1)
    seen.stop()
  })

  test('one that is closed before it is open is not taken for a proxy that swallows it', async () => {
    const transport = createTransport({ url: server.process.url }, () => tokenSession(undefined))
    const open = createOpenChannel(transport, WebSocket)
    open(null, { message() {}, ended() {} }).close()
    const first = Promise.withResolvers<ServerMessage>()
    const channel = open(null, { message: first.resolve, ended: ({ error }) => first.reject(error) })
    expect((await first.promise).payload).toHaveProperty('client_id')
    channel.close()
  })

  test('D50 a runtime without them has event streams alone, with its token', async () => {
    const koya = createKoyalite(metadata, { url: server.process.url, token: server.key, WebSocket: null })
    const shown: Post[][] = []
    const stop = koya.posts.filter({ title: 'mine' }).subscribe(({ docs }) => shown.push([...docs]))
    await until(() => shown.length === 1)
    const post = await koya.posts.create({ title: 'mine' })
    await koya.posts
      .filter({ title: 'mine' })
      .live()
      .reached(koya.lastSeq ?? '')
    expect(shown.at(-1)).toEqual([post])
    stop()
  })
})
