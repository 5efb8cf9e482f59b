import { expect, test } from 'bun:test'
import { useInstances } from '../testing/use-instances'

const { start } = useInstances()

test('documents, without knowing the schema', async () => {
  const { server, call } = await start(
    `import { defineFunction } from '@koyalite/functions'
     export default defineFunction({ async handler(_, ctx) {
       const { posts } = ctx.db
       const { id } = await posts.create({ title: 'Hello', tags: ['a'], at: new Date(0) })
       const updated = await posts.update(id, { views: { $inc: 2 } })
       await posts.upsert('fixed', { title: 'Fixed' })
       await posts.replace('gone', { title: 'Gone' })
       await posts.delete('gone')
       const [made, comment] = await ctx.db.batch((tx) => [tx.posts.create({ title: 'Batch' }), tx.collection('comments').create({ text: 'c' })])
       return {
         got: await posts.get(id), byId: (await posts.getById('fixed')).title, updated: updated.views,
         list: (await posts.list({ filter: { title: 'Fixed' }, sort: '-title', limit: 5 })).map((post) => post.id),
         chain: (await posts.filter({ title: 'Batch' }).get()).length, none: await posts.first({ filter: { title: 'none' } }),
         all: (await posts.get()).length, count: await posts.filter({ title: 'Fixed' }).count(), made: made.title, comment: comment.text,
         missing: await posts.get('missing').catch((error) => error.code),
         undefined: await posts.get(undefined).catch((error) => error.code),
         awaited: (await ctx.db) === ctx.db, same: ctx.db.posts === ctx.db.collection('posts'),
         admin: (await ctx.admin.db.posts.list()).length,
       }
     } })`,
    { admin: true },
  )
  const { body } = await call()
  expect(body).toEqual({
    got: { id: expect.any(String), title: 'Hello', tags: ['a'], at: '1970-01-01T00:00:00.000Z', views: 2 },
    ...{
      byId: 'Fixed',
      updated: 2,
      list: ['fixed'],
      chain: 1,
      none: null,
      all: 3,
      count: 1,
      made: 'Batch',
      comment: 'c',
    },
    ...{ missing: 'NOT_FOUND', undefined: 'INVALID_REQUEST', awaited: true, same: true, admin: 3 },
  })
  const lines = server.requests.map(({ line }) => line)
  expect(lines).toContain('POST /internal/v1/db/api/batch')
  expect(lines).toContain('GET /internal/v1/admin/api/collections/posts')
  // Nothing is tried twice by the host, so nothing needs a key.
  expect(server.requests.every(({ headers }) => !headers.has('idempotency-key'))).toBe(true)
})

test('with the metadata that the server sends, values are those of typed clients', async () => {
  const posts = { fields: { at: 'timestamp', picture: 'blob' }, names: { writer: 'author_id' } }
  const { call, server } = await start(
    `import { defineFunction } from '@koyalite/functions'
     export default defineFunction({ async handler(_, ctx) {
       const post = await ctx.db.posts.create({ at: new Date(5), picture: new Uint8Array([7]), writer: 'ann' })
       const inside = await ctx.db.transaction((tx) => tx.posts.get(post.id))
       return [post, inside].map(({ at, picture, writer }) => [at instanceof Date, picture instanceof Uint8Array, writer])
     } })`,
    { ready: { status: 200, body: { collections: { posts } } } },
  )
  expect((await call()).body).toEqual([
    [true, true, 'ann'],
    [true, true, 'ann'],
  ])
  expect([...server.documents.of('posts').values()][0]).toMatchObject({ author_id: 'ann', picture: 'Bw==' })
})

test('a call has its own token, and its own rights', async () => {
  const { server, call } = await start(`
    import { defineFunction } from '@koyalite/functions'
    let first
    export default defineFunction({ async handler(input, ctx) {
      if (input === 'first') { first = ctx; return }
      return [await ctx.db.posts.list(), await first.db.posts.list().catch((error) => error.code)]
    } })
  `)
  await call('first')
  server.tokens.clear()
  expect((await call('second')).body).toEqual([[], 'UNAUTHENTICATED'])
})
