import { afterEach, describe, expect, test } from 'bun:test'
import { expectStatus, useServer } from '@koyalite/testkit'
import { compareSeq } from '../seq'
import { BLOG_SCHEMA, type Post } from '../testing/blog'
import { openLive, postsRequest, watch } from '../testing/live-client'
import { type Network, startNetwork } from '../testing/network'
import { tokenSession } from '../token-session'

/** Longer: KOYALITE_CLIENT_LIVE_STEPS=2000. A failure prints the seed; KOYALITE_CLIENT_LIVE_SEED replays it. */
const STEPS = Number(process.env.KOYALITE_CLIENT_LIVE_STEPS ?? 60)
const SEED = Number(process.env.KOYALITE_CLIENT_LIVE_SEED ?? Date.now() % 1_000_000)

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

describe('whatever the network does', () => {
  test.each([
    ['WebSockets', undefined, STEPS],
    ['event streams', null, STEPS / 2],
  ] as const)(
    'random writes, cuts, freezes and restarts: after each, the list is what a fresh read gives (%s)',
    async (_, Socket, steps) => {
      const random = randomNumbers(SEED)
      const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T
      let net = network()
      const live = openLive(net.url, tokenSession(undefined), Socket)
      const queries = [
        { payload: { sort: ['view_count'], limit: 8 }, path: 'sort=view_count&limit=8' },
        {
          payload: { filter: { published: true }, sort: ['-title'] },
          path: 'filter=published:eq:true&sort=-title&limit=500',
        },
        { payload: { fields: ['title'], sort: ['id'], count: true }, path: 'fields=title&sort=id&limit=500' },
      ]
      const watched = queries.map(({ payload, path }) => {
        const request = postsRequest(payload)
        return { seen: watch(live, request), store: live.open<Post>(request), path }
      })
      const ids: string[] = []
      let seq = ''
      async function write(): Promise<void> {
        const what = ids.length < 5 ? 'create' : pick(['create', 'update', 'update', 'delete', 'batch'] as const)
        const id = pick(ids)
        const change = () => ({
          view_count: Math.floor(random() * 20),
          published: random() < 0.5,
          title: `t${Math.floor(random() * 50)}`,
        })
        const response =
          what === 'create'
            ? await server.api.post('/api/collections/posts', change())
            : what === 'update'
              ? await server.api.patch(`/api/collections/posts/${id}`, change())
              : what === 'delete'
                ? await server.api.delete(`/api/collections/posts/${id}`)
                : await server.api.post('/api/batch', {
                    operations: [
                      { op: 'create', collection: 'posts', data: change() },
                      { op: 'update', collection: 'posts', id, data: change() },
                    ],
                  })
        if (response.status >= 300) throw new Error(`${what}: ${response.text}`)
        seq = response.headers.get('koyalite-seq') ?? seq
        if (what === 'create') ids.push(response.body.id)
        if (what === 'batch') ids.push(response.body.results[0].id)
        if (what === 'delete') ids.splice(ids.indexOf(id), 1)
      }
      const fault = {
        none() {},
        cut: () => net.cut(),
        cutWithin: () => net.cutAfter(Math.floor(random() * 3000)),
        frozen() {
          net.freeze()
          return () => net.thaw()
        },
        away() {
          net.down(true)
          return () => net.down(false)
        },
        async restart() {
          const { port } = net
          net.stop()
          await server.restart(random() < 0.5 ? 'SIGTERM' : 'SIGKILL')
          net = startNetwork(server.process.port, port)
        },
      }
      try {
        await write()
        for (let step = 0; step < steps; step++) {
          const name =
            step % 20 === 19
              ? 'restart'
              : pick(['none', 'none', 'cut', 'cutWithin', 'cutWithin', 'frozen', 'away'] as const)
          const over = await fault[name]()
          const writes = Math.floor(random() * 6)
          for (let n = 0; n < writes; n++) await write()
          over?.()
          live.realtime.wake()
          for (const { seen, store, path } of watched) {
            await store.reached(seq)
            const snapshot = store.getSnapshot()
            const { docs, total } = expectStatus(
              await server.api.get(`/api/collections/posts?${path}&count=true`),
              200,
            ).body
            expect({ step, name, docs: plain(snapshot.docs) }).toEqual({ step, name, docs })
            expect(snapshot.docs).toBe(seen.states.at(-1)?.docs ?? snapshot.docs)
            if (path.startsWith('fields')) expect(snapshot.total).toBe(total)
          }
        }
        for (const { seen } of watched) {
          expect(seen.errors).toEqual([])
          for (const [at, { seq: later }] of seen.states.entries()) {
            expect(compareSeq(seen.states[at - 1]?.seq ?? later, later)).not.toBe(1)
          }
          seen.stop()
        }
      } catch (error) {
        console.error(`KOYALITE_CLIENT_LIVE_SEED=${SEED}`)
        throw error
      } finally {
        net.stop()
      }
    },
    STEPS * 10_000,
  )
})

const plain = (docs: readonly Post[]) => JSON.parse(JSON.stringify(docs))

/** Of its seed alone: mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
