import { expect, test } from 'bun:test'
import { useInstances } from '../testing/use-instances'

const { start } = useInstances()

const TRANSACTIONS = `
  import { defineFunction, KoyaError } from '@koyalite/functions'
  let runs = 0
  const kinds = {
    async both(ctx) {
      return ctx.db.transaction(async (tx) => {
        const post = await tx.posts.create({ title: 'a' })
        await tx.collection('comments').create({ post_id: post.id })
        return post.title
      })
    },
    async fails(ctx) {
      await ctx.db.transaction(async (tx) => {
        await tx.posts.create({ title: 'a' })
        throw new KoyaError('NO', 'rolled back')
      })
    },
    async outer(ctx) {
      return ctx.db.transaction(async (tx) => {
        const codes = [ctx.db.posts.list(), ctx.admin.db.posts.list(), ctx.db.transaction(() => 1)]
          .map((call) => call.then(() => 'allowed', (error) => error.code))
        return Promise.all(codes)
      })
    },
    async readAfterWrite(ctx) {
      await ctx.db.transaction(async (tx) => {
        await tx.posts.create({ title: 'a' })
        await tx.posts.list()
      })
    },
    async again(ctx) {
      runs = 0
      await ctx.db.transaction(async (tx) => { runs++; await tx.posts.create({ title: 'run ' + runs }) })
      return runs
    },
    async exclusive(ctx) {
      return ctx.db.transaction(async (tx) => (await tx.posts.create({ title: 'x' })).title, { mode: 'exclusive' })
    },
    async unawaited(ctx) {
      await ctx.db.transaction((tx) => { void tx.posts.create({ title: 'not awaited' }) })
    },
    async unawaitedFailure(ctx) {
      await ctx.db.transaction((tx) => { void tx.posts.create({ title: 'first' }); void tx.posts.create({ title: '' }) })
    },
    async staleThrow(ctx) {
      runs = 0
      return ctx.db.transaction(async (tx) => {
        const seat = await tx.seats.first()
        if (runs++ === 0) await fetch('http://koyalite/free', { unix: ctx.env.OUTSIDE })
        if (seat.taken) throw new KoyaError('SOLD_OUT', 'no seats')
        return runs
      })
    },
    async count(ctx) {
      return ctx.db.transaction(async (tx) => {
        const counter = await tx.counters.get('c')
        await Bun.sleep(Math.random() * 3)
        return tx.counters.update('c', { n: counter.n + 1 })
      })
    },
    async afterwards(ctx) {
      let kept
      await ctx.db.transaction((tx) => { kept = tx })
      return kept.posts.list()
    },
  }
  export default defineFunction({ handler: (input, ctx) => kinds[input](ctx) })
`

test('all or nothing', async () => {
  const { server, call } = await start(TRANSACTIONS)
  const { documents } = server
  expect((await call('both')).body).toBe('a')
  expect([documents.of('posts').size, documents.of('comments').size]).toEqual([1, 1])
  expect(await call('fails')).toMatchObject({ failure: 'error', body: { code: 'NO' } })
  expect(documents.of('posts').size).toBe(1)
  expect(await call('unawaitedFailure')).toMatchObject({ failure: 'passed', body: { code: 'VALIDATION_ERROR' } })
  expect(documents.of('posts').size).toBe(1)
  expect((await call('unawaited')).status).toBe(204)
  expect([...documents.of('posts').values()].map(({ title }) => title)).toEqual(['a', 'not awaited'])
})

test('inside, only tx may touch documents, and nothing reads what was written', async () => {
  const { call } = await start(TRANSACTIONS, { admin: true })
  expect((await call('outer')).body).toEqual(['TRANSACTION_OPEN', 'TRANSACTION_OPEN', 'TRANSACTION_OPEN'])
  expect(await call('readAfterWrite')).toMatchObject({
    failure: 'passed',
    body: { code: 'READ_AFTER_WRITE', from: 'db' },
  })
  expect(await call('afterwards')).toMatchObject({ failure: 'passed', body: { code: 'NOT_FOUND' } })
})

test('conflicts: four tries, the fifth holds the writer', async () => {
  const { server, call } = await start(TRANSACTIONS)
  server.transactions.conflicts = 2
  expect((await call('again')).body).toBe(3)
  expect(server.transactions.begun).toEqual(['optimistic', 'optimistic', 'optimistic'])
  expect([...server.documents.of('posts').values()].map(({ title }) => title)).toEqual(['run 3'])
  server.transactions.conflicts = Number.POSITIVE_INFINITY
  server.transactions.begun.length = 0
  expect((await call('again')).body).toBe(5)
  expect(server.transactions.begun).toEqual([...Array(4).fill('optimistic'), 'exclusive'])
  server.transactions.begun.length = 0
  expect((await call('exclusive')).body).toBe('x')
  expect(server.transactions.begun).toEqual(['exclusive'])
})

test('what is thrown over documents that have changed meanwhile is thrown again only if it still holds', async () => {
  const outside = `${process.env.TMPDIR ?? '/tmp'}/koyalite-outside-${process.pid}.sock`
  const { server, call } = await start(TRANSACTIONS, { env: { OUTSIDE: outside } })
  const seat = { method: 'PUT', collection: 'seats', id: 's', query: new URLSearchParams() }
  server.documents.write({ ...seat, body: { taken: true } })
  const other = Bun.serve({
    unix: outside,
    fetch() {
      server.documents.write({ ...seat, body: { taken: false } })
      return new Response()
    },
  })
  expect((await call('staleThrow')).body).toBe(2)
  await other.stop(true)
})

test('20 at once on one counter: all commit', async () => {
  const { server, call } = await start(TRANSACTIONS)
  server.documents.of('counters').set('c', { id: 'c', n: 0 })
  const answers = await Promise.all(Array.from({ length: 20 }, () => call('count')))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(server.documents.of('counters').get('c')?.n).toBe(20)
})
