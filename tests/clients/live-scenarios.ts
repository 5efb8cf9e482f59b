import { expect, test } from 'bun:test'
import { until } from '@koyalite/testkit'
import type { Followed } from './driver'
import { create, listOf, type World } from './scenario-world'

/** How every client follows lists. */
export function liveScenarios({ server, admin }: World): void {
  test('live: a list follows what is written, over a restart of the server, and equals what is stored', async () => {
    const koya = admin()
    const title = crypto.randomUUID()
    const query = {
      collection: 'posts',
      filter: { title },
      sort: ['-view_count'],
      fields: ['id', 'title', 'view_count'],
    }
    await koya.do({ op: 'follow', name: 'list', query })
    const followed = () => koya.do<Followed>({ op: 'followed', name: 'list' })
    await until(async () => (await followed()).states > 0)
    expect((await followed()).docs).toEqual([])
    const made: unknown[] = []
    for (let n = 0; n < 5; n++) made.push((await create(koya, 'posts', { title, view_count: n })).id)
    await until(async () => (await followed()).docs.length === 5)
    await koya.do({ op: 'update', collection: 'posts', id: made[0], data: { view_count: 100 } })
    await koya.do({ op: 'delete', collection: 'posts', id: made[1] })
    await koya.do({ op: 'update', collection: 'posts', id: made[2], data: { title: 'elsewhere' } })
    const stored = () => listOf(koya, query)
    await until(async () => Bun.deepEquals((await followed()).docs, await stored()))
    expect((await followed()).docs).toMatchObject([{ view_count: 100 }, { view_count: 4 }, { view_count: 3 }])
    await server.restart('SIGKILL')
    const after = admin()
    await create(after, 'posts', { title, view_count: 50 })
    const now = await listOf(after, query)
    await until(async () => Bun.deepEquals((await followed()).docs, now))
    expect((await followed()).error).toBeNull()
    await koya.do({ op: 'unfollow', name: 'list' })
  })

  test('live: a query that makes no sense ends with its error', async () => {
    const koya = admin()
    await koya.do({
      op: 'follow',
      name: 'nonsense',
      query: { collection: 'posts', where: { expression: 'doc.nope', params: [] } },
    })
    const followed = () => koya.do<Followed>({ op: 'followed', name: 'nonsense' })
    await until(async () => (await followed()).error !== null)
    expect((await followed()).error).toMatchObject({ code: 'INVALID_FILTER' })
    await koya.do({ op: 'unfollow', name: 'nonsense' })
  })
}
