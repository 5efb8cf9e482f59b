import { afterAll, describe, expect, spyOn, test } from 'bun:test'
import { type Fault, startFaultProxy, useServer } from '@koyalite/testkit'
import { compareSeq, createData, type DataOptions, isKoyaError, KoyaError } from './data'
import { BLOG_SCHEMA, metadata } from './testing/blog'

const server = useServer({ schema: BLOG_SCHEMA })

const stops: (() => void)[] = []
afterAll(() => {
  for (const stop of stops) stop()
})

function client(options: Partial<DataOptions> = {}) {
  return createData(metadata, { url: server.process.url, token: server.key, ...options })
}

function behind(fault: Fault, options: Partial<DataOptions> = {}) {
  const proxy = startFaultProxy(server.process.url, fault)
  stops.push(proxy.stop)
  return { proxy, koya: client({ url: proxy.url, ...options }) }
}

/** What a call rejects with. */
async function failure(call: () => Promise<unknown>): Promise<KoyaError> {
  try {
    await call()
  } catch (error) {
    if (isKoyaError(error)) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('documents', () => {
  test('are created, read, changed, replaced and deleted, with Dates and bytes', async () => {
    const koya = client()
    const at = new Date('2026-01-02T03:04:05.678Z')
    const picture = new Uint8Array([0, 127, 128, 255])
    const made = await koya.posts.create({ title: 'one', created_at: at, picture, tags: ['a'], meta: { at: 'x' } })
    expect(made).toMatchObject({ title: 'one', created_at: at, status: 'draft', tags: ['a'], meta: { at: 'x' } })
    expect(made.picture).toEqual(picture)
    expect(await koya.posts.getById(made.id)).toEqual(made)
    const changed = await koya.posts.update(made.id, { view_count: { $inc: 2 }, tags: { $push: 'b' } })
    expect(changed).toMatchObject({ view_count: 2, tags: ['a', 'b'], created_at: at })
    const replaced = await koya.posts.replace(made.id, { title: 'two' })
    expect(replaced).toMatchObject({ title: 'two', view_count: 0, picture: null })
    await koya.posts.delete(made.id)
    expect(await failure(() => koya.posts.getById(made.id))).toMatchObject({ code: 'NOT_FOUND', status: 404 })
  })

  test('many at once, all or none', async () => {
    const koya = client()
    expect(await koya.posts.createMany([])).toEqual([])
    const docs = await koya.posts.createMany([{ title: 'a' }, { title: 'b' }])
    expect(docs.map(({ title }) => title)).toEqual(['a', 'b'])
    expect(docs[0]?.created_at).toBeDate()
    const error = await failure(() => koya.posts.createMany([{ title: 'c' }, { title: '' }]))
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', operation: 1 })
    expect(error.details[0]).toMatchObject({ field: 'title' })
    expect(error.requestId).toBeString()
    expect(await koya.posts.filter({ title: 'c' }).count()).toBe(0)
  })

  test('are guarded by `ifMatch`: a tag, or the document as it was read', async () => {
    const koya = client()
    const mine = await koya.posts.create({ title: 'mine' })
    const read = await koya.posts.getById(mine.id, { fields: ['title'] })
    expect(koya.etagOf(read)).toBe(koya.etagOf(mine) ?? 'none')
    await koya.posts.update(mine.id, { title: 'theirs' })
    for (const ifMatch of [mine, read, koya.etagOf(mine)]) {
      const error = await failure(() => koya.posts.update(mine.id, { title: 'x' }, { ifMatch }))
      // An undefined tag is no condition.
      expect(error.code).toBe('PRECONDITION_FAILED')
    }
    expect((await failure(() => koya.posts.delete(mine.id, { ifMatch: {} }))).code).toBe('INVALID_REQUEST')
    const own = koya.posts.filter({ id: mine.id }).fields('title')
    expect(koya.etagOf((await own.first()) ?? {})).toBeUndefined()
    const now = await own.etags().first()
    expect(koya.etagOf(now ?? {})).toBe(koya.etagOf(await koya.posts.getById(mine.id)) ?? 'none')
    await koya.posts.delete(mine.id, { ifMatch: now ?? {} })
  })

  test.each(['live', '~a', '...', '.a', 'aggregate', 'a/b', 'ü ?&#%2e', 'null'])('with the key %p', async (slug) => {
    const koya = client()
    await koya.categories.create({ slug })
    expect(await koya.categories.getById(slug)).toMatchObject({ slug })
    await koya.categories.delete(slug)
    expect((await failure(() => koya.categories.getById(slug))).code).toBe('NOT_FOUND')
  })

  test('a key that is none is refused before anything is sent', async () => {
    const { koya, proxy } = behind(() => undefined)
    for (const key of [undefined, null]) {
      expect((await failure(() => koya.posts.delete(key as never))).code).toBe('INVALID_REQUEST')
    }
    expect(proxy.requests).toEqual([])
    // As a step of the path, these would be another route.
    for (const key of ['', '.', '..']) {
      expect((await failure(() => koya.categories.getById(key))).code).toBe('NOT_FOUND')
      expect((await failure(() => koya.categories.delete(key))).code).toBe('NOT_FOUND')
    }
  })

  test('a batch is a typed tuple, all or none', async () => {
    const koya = client()
    const id = crypto.randomUUID()
    const [post, comment, updated, replaced, deleted] = await koya.batch((tx) => [
      tx.posts.create({ id, title: 'batch' }),
      tx.comments.create({ post_id: id, text: 'first' }),
      tx.posts.update(id, { view_count: { $inc: 1 } }),
      tx.categories.replace('from-batch', {}),
      tx.categories.delete('from-batch'),
    ])
    expect(post).toMatchObject({ id, title: 'batch' })
    expect(comment.at).toBeDate()
    expect(updated.view_count).toBe(1)
    expect(replaced.since).toBeDate()
    expect(deleted).toBeNull()
    const error = await failure(() => koya.batch((tx) => [tx.posts.delete(id), tx.posts.create({ title: '' })]))
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', operation: 1 })
    expect((await koya.posts.getById(id)).title).toBe('batch')
    expect(await koya.batch(() => [])).toEqual([])
  })

  test('a collection that is called like a member of the client', async () => {
    const koya = client()
    const { id } = await koya.collection('batch').create({})
    expect(await koya.collection('batch').getById(id)).toEqual({ id })
  })
})

describe('queries', () => {
  test('are immutable values with a canonical key', () => {
    const { posts } = client()
    const query = posts.filter({ title: 'a', status: 'draft' }).filter({ published: true })
    expect(query.key).toBe(posts.filter({ published: true }).filter({ status: 'draft', title: 'a' }).key)
    expect(query.limit(1).key).not.toBe(query.key)
    expect(posts.key).toBe(client().posts.key)
  })

  test('expand, with Dates at every depth, and select fields', async () => {
    const koya = client()
    const [ann] = await koya.users.createMany([{ email: `${crypto.randomUUID()}@example.com`, name: 'Ann' }])
    await koya.categories.replace('news', {})
    const post = await koya.posts.create({ title: 'expanded', author_id: ann?.id, category: 'news' })
    await koya.comments.create({ post_id: post.id, text: 'hi', author_id: ann?.id })
    const found = await koya.posts
      .filter({ title: 'expanded', 'author.name': 'Ann' })
      .expand('author', 'category', 'comments.author')
      .first()
    expect(found?.author?.created_at).toBeDate()
    expect(found?.category?.since).toBeDate()
    expect(found?.comments[0]?.at).toBeDate()
    expect(found?.comments[0]?.author?.created_at).toBeDate()
    const some = await koya.posts.filter({ title: 'expanded' }).fields('id').expand('author').get()
    expect(some).toEqual([{ id: post.id, author: found?.author ?? null }])
    const deep = koya.posts.filter({ title: 'expanded' }).fields('author.name', 'comments.author.name')
    expect(await deep.expand('author', 'comments.author').get()).toEqual([
      { author: { name: 'Ann' }, comments: [{ author: { name: 'Ann' } }] },
    ])
    const one = await koya.posts.getById(post.id, { expand: ['category'], fields: ['title'] })
    expect(one).toEqual({ title: 'expanded', category: { slug: 'news', since: expect.any(Date) } })
  })

  test('every operator and group', async () => {
    const koya = client()
    const at = (day: number) => new Date(Date.UTC(2001, 0, day))
    await koya.posts.createMany(
      [1, 2, 3].map((n) => ({
        title: `op ${n}`,
        view_count: n,
        created_at: at(n),
        tags: [`t${n}`],
        day: `2001-01-0${n}`,
      })),
    )
    const ops = koya.posts.filter({ title: { $like: 'OP _' } }).sort('title')
    const counts = async (query: typeof ops) => (await query.get()).map(({ view_count }) => view_count)
    expect(await counts(ops.filter({ view_count: { $gt: 1, $lte: 3 } }))).toEqual([2, 3])
    expect(await counts(ops.filter({ created_at: at(2) }))).toEqual([2])
    expect(await counts(ops.filter({ created_at: { $in: [at(1), at(3)] } }))).toEqual([1, 3])
    expect(await counts(ops.filter({ tags: { $contains: 't2' } }))).toEqual([2])
    expect(await counts(ops.filter({ tags: ['t3'] }))).toEqual([3])
    expect(await counts(ops.filter({ day: { $gte: '2001-01-02' } }))).toEqual([2, 3])
    expect(await counts(ops.filter({ $or: [{ view_count: 1 }, { title: { $contains: '3' } }] }))).toEqual([1, 3])
    expect(await counts(ops.filter({ $not: { view_count: { $nin: [2] } } }))).toEqual([2])
    expect(
      await counts(
        ops
          .filter({ picture: null, author_id: { $eq: null } })
          .sort('-title')
          .offset(1),
      ),
    ).toEqual([2, 1])
    expect(await counts(ops.where('doc.view_count > 1').where('doc.view_count < 3 || false'))).toEqual([2])
    expect(await counts(ops.where`doc.created_at in ${[at(1), at(3)]}`)).toEqual([1, 3])
  })

  test('A4: undefined and odd values', async () => {
    const { koya, proxy } = behind(() => undefined)
    const undefinedTitle = await failure(() => koya.posts.filter({ title: undefined as never }).get())
    expect(undefinedTitle).toMatchObject({ code: 'INVALID_FILTER', message: "'title' of the filter is undefined." })
    for (const filter of [{ $or: [{ title: undefined }] }, { created_at: new Date(Number.NaN) }, undefined, 'x', []]) {
      const query = koya.posts.filter(filter as never)
      for (const end of [() => query.all(), () => query.count(), () => query.aggregate({ values: ['count'] })]) {
        expect((await failure(end)).code).toBe('INVALID_FILTER')
      }
    }
    const invalid = { title: 'x', created_at: new Date(Number.NaN) }
    expect((await failure(() => koya.posts.create(invalid))).code).toBe('VALIDATION_ERROR')
    expect((await failure(() => koya.posts.create({ title: 'x', view_count: 2 ** 53 }))).code).toBe('VALIDATION_ERROR')
    expect((await failure(() => koya.posts.create({ title: 'x', score: Number.NaN }))).code).toBe('VALIDATION_ERROR')
    expect((await failure(() => koya.batch((tx) => [tx.posts.create(invalid)]))).code).toBe('VALIDATION_ERROR')
    expect((await failure(() => koya.posts.where`doc.id == ${undefined as never}`.get())).code).toBe('INVALID_FILTER')
    expect(proxy.requests).toEqual([])

    const titles = ['a"b', '$&', '\\', '{x}', '✓👩‍👩‍👧', "'", '%', 'a,b', 'null', '$1']
    const docs = await koya.posts.createMany(titles.map((title) => ({ title })))
    for (const [index, title] of titles.entries()) {
      const id = docs[index]?.id ?? ''
      expect(await koya.posts.filter({ title }).get()).toEqual([docs[index] as never])
      expect((await koya.posts.filter({ title: { $in: [title] } }).first())?.id).toBe(id)
      expect(await koya.posts.where`doc.title == ${title}`.get()).toEqual([docs[index] as never])
      expect(await koya.posts.where('$1 == doc.title', title).where('doc.id == $1', id).count()).toBe(1)
      expect(await koya.posts.update(id, { title: undefined })).toEqual(docs[index] as never)
    }
  })

  test('fields that clients call otherwise, in every part of a query', async () => {
    const { notes, categories, batch } = client()
    await categories.replace('topic', {})
    const at = new Date('2003-01-02T00:00:00Z')
    const made = await notes.create({ text: 'one', at, topic: 'topic' })
    expect(made).toEqual({ id: expect.any(String), text: 'one', at, topic: 'topic' })
    expect(await notes.getById(made.id, { fields: ['at', 'topic.slug'], expand: ['topic'] })).toEqual({
      ...{ at, topic: { slug: 'topic' } },
    })
    const own = notes.filter({ text: 'one', $or: [{ at }, { 'topic.slug': 'x' }], $not: { text: { $like: 'z' } } })
    expect(await own.sort('-at', 'topic.since').fields('text').get()).toEqual([{ text: 'one' }])
    expect(await own.count()).toBe(1)
    expect((await notes.where`doc.body == ${'one'}`.expand('topic').first())?.topic?.slug).toBe('topic')
    expect(
      await own.aggregate({
        ...{ values: ['count', 'max:at', 'min:text:as:first'], group: ['topic', 'at:month:as:month'] },
        ...{ having: { max_at: { $gt: new Date(0) } }, sort: ['-max_at', 'topic'] },
      }),
    ).toEqual([{ topic: 'topic', month: '2003-01', count: 1, max_at: at, first: 'one' }])
    const [changed] = await batch((tx) => [tx.notes.update(made.id, { text: 'two' })])
    expect(changed).toMatchObject({ id: made.id, text: 'two' })
    expect((await notes.createMany([{ text: 'three' }]))[0]).toMatchObject({ text: 'three', topic: null })
  })

  test('1,200 documents by pages, while others write', async () => {
    const koya = client()
    await koya.categories.createMany(Array.from({ length: 600 }, (_, n) => ({ slug: `p${1000 + n}` })))
    await koya.categories.createMany(Array.from({ length: 600 }, (_, n) => ({ slug: `p${1600 + n}` })))
    const pages = koya.categories.filter({ slug: { $like: 'p____' } })
    expect(await pages.count()).toBe(1200)
    expect(new Set((await pages.all()).map(({ slug }) => slug)).size).toBe(1200)
    const seen: string[] = []
    for await (const { slug } of pages.sort('-slug').iterate()) {
      if (seen.length === 100) await koya.categories.createMany([{ slug: 'p9999' }, { slug: 'p0000' }])
      seen.push(slug)
    }
    expect(seen.filter((slug) => slug > 'p0000' && slug < 'p9999')).toHaveLength(1200)
    expect(new Set(seen).size).toBe(seen.length)
    expect(await pages.limit(700).all()).toHaveLength(700)
    expect(await pages.offset(1000).all()).toHaveLength(202)
    const first = await pages.limit(500).page({ count: true })
    expect([first.docs.length, first.total]).toEqual([500, 1202])
    const second = await pages.limit(500).page({ cursor: first.nextCursor ?? '' })
    expect(second.docs[0]?.slug).not.toBe(first.docs.at(-1)?.slug)
    expect(second.total).toBeUndefined()
  })

  test('get() says once, where somebody develops, that there is more', async () => {
    const warn = console.warn
    const warnings: string[] = []
    console.warn = (text: string) => void warnings.push(text)
    try {
      const koya = client()
      await koya.categories.createMany(Array.from({ length: 51 }, (_, n) => ({ slug: `w-${n}` })))
      const cut = koya.categories.filter({ slug: { $like: 'w-%' } })
      expect(await cut.get()).toHaveLength(50)
      await cut.get()
      await cut.limit(10).get()
      expect(warnings).toEqual([expect.stringContaining('get() gave the first 50 documents')])
    } finally {
      console.warn = warn
    }
  })

  test('aggregates, with Dates where a value is a timestamp', async () => {
    const koya = client()
    const at = (month: number) => new Date(Date.UTC(2002, month, 1))
    await koya.posts.createMany([0, 0, 1].map((n) => ({ title: 'agg', view_count: n + 1, created_at: at(n) })))
    const posts = koya.posts.filter({ title: 'agg' })
    const groups = await posts.aggregate({
      values: ['count', 'sum:view_count', 'max:created_at:as:latest'],
      group: ['created_at:month'],
      having: { count: { $gt: 0 } },
      sort: ['-count'],
    })
    expect(groups).toEqual([
      { created_at: '2002-01', count: 2, sum_view_count: 2, latest: at(0) },
      { created_at: '2002-02', count: 1, sum_view_count: 2, latest: at(1) },
    ])
    expect(await posts.aggregate({ values: ['count'], group: ['created_at'], sort: ['created_at'], limit: 1 })).toEqual(
      [{ created_at: at(0), count: 2 }],
    )
    expect(await posts.aggregate({ values: ['min:created_at'] })).toEqual([{ min_created_at: at(0) }])
  })
})

describe('requests', () => {
  test('any route, and the position of the last answer', async () => {
    const koya = client()
    expect(koya.lastSeq).toBeUndefined()
    await koya.posts.create({ title: 'seq' })
    const before = koya.lastSeq ?? ''
    await koya.posts.create({ title: 'seq' })
    expect(compareSeq(before, koya.lastSeq ?? '')).toBe(-1)
    expect(await koya.request<object>('GET', '/api/collections/posts', { query: { limit: 1 } })).toHaveProperty('docs')
    expect((await failure(() => koya.request('POST', '/api/batch', { body: {} }))).status).toBe(400)
  })

  test('positions of one history are compared by value, others not', () => {
    expect(compareSeq('a.9', 'a.10')).toBe(-1)
    expect(compareSeq('a.b.10', 'a.b.9')).toBe(1)
    expect(compareSeq('a.1', 'a.1')).toBe(0)
    for (const other of ['b.1', 'a', 'a.', 'a.x', '.1', '']) expect(compareSeq('a.1', other)).toBeUndefined()
  })

  test('A3: lost answers leave one document each, and every call its first answer', async () => {
    const keys = new Set<string>()
    const { koya, proxy } = behind((_, { key }) => {
      if (key === null || keys.has(key)) return undefined
      keys.add(key)
      return keys.size % 2 === 0 ? 'drop' : undefined
    })
    const counter = await client().posts.create({ title: 'counter' })
    const created = await Promise.all(Array.from({ length: 100 }, (_, n) => koya.posts.create({ title: `A3 ${n}` })))
    expect(created.map(({ title }) => title)).toEqual(Array.from({ length: 100 }, (_, n) => `A3 ${n}`))
    await Promise.all(created.map(() => koya.posts.update(counter.id, { view_count: { $inc: 1 } })))
    const batches = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        koya.batch((tx) => Array.from({ length: 10 }, (_, m) => tx.posts.create({ title: `A3 b${n} ${m}` }))),
      ),
    )
    expect(batches.flat()).toHaveLength(200)
    expect(await koya.posts.filter({ title: { $like: 'A3 %' } }).count()).toBe(300)
    expect((await koya.posts.getById(counter.id)).view_count).toBe(100)
    expect(keys.size).toBe(220)
    expect(proxy.requests.filter(({ key }) => key !== null)).toHaveLength(330)
  })

  test('are repeated where that helps, and not where it does not', async () => {
    const refusal = (status: number, code: string | null, headers: Record<string, string> = {}) =>
      new Response(code === null ? '<h1>Bad gateway</h1>' : JSON.stringify({ error: { code, message: 'no' } }), {
        status,
        headers,
      })
    const tries = async (answer: () => Response, call = 'GET') => {
      const { koya, proxy } = behind((index) => (index === 0 ? answer() : undefined))
      const done = call === 'GET' ? koya.posts.limit(1).get() : koya.request('POST', '/api/auth/login', { body: {} })
      await done.catch(() => undefined)
      return proxy.requests.length
    }
    expect(await tries(() => refusal(503, 'UNAVAILABLE'))).toBe(2)
    expect(await tries(() => refusal(502, null))).toBe(2)
    expect(await tries(() => refusal(504, null))).toBe(2)
    expect(await tries(() => refusal(429, 'RATE_LIMITED', { 'retry-after': '0' }))).toBe(2)
    expect(await tries(() => refusal(429, 'RATE_LIMITED', { 'retry-after': '11' }))).toBe(1)
    expect(await tries(() => refusal(429, 'RATE_LIMITED'))).toBe(1)
    expect(await tries(() => refusal(503, 'QUERY_TIMEOUT'))).toBe(1)
    expect(await tries(() => refusal(500, 'INTERNAL'))).toBe(1)
    expect(await tries(() => refusal(503, 'UNAVAILABLE'), 'POST')).toBe(1)
  })

  test('an answer of something else, and none at all', async () => {
    const html = `<html>${'x'.repeat(300)}`
    const { koya } = behind(() => new Response(html, { status: 502 }), { retries: 0 })
    const error = await failure(() => koya.posts.get())
    expect(error).toMatchObject({ code: 'UNEXPECTED_RESPONSE', status: 502 })
    expect(error.message).toContain(html.slice(0, 200))
    expect(error.message).not.toContain(html.slice(0, 201))
    const page = behind(() => new Response(html))
    expect((await failure(() => page.koya.posts.get())).code).toBe('UNEXPECTED_RESPONSE')
    const nobody = await failure(() => client({ url: 'http://127.0.0.1:1', retries: 0 }).posts.get())
    expect(nobody).toMatchObject({ code: 'NETWORK', status: 0, cause: expect.any(Error) })
    expect(nobody).toBeInstanceOf(KoyaError)
  })

  test('end after their time-out, of the client or of the call', async () => {
    const slow = () => new Promise<Response>((resolve) => setTimeout(() => resolve(new Response('{}')), 5000))
    const { koya, proxy } = behind(slow, { timeout: 40 })
    expect((await failure(() => koya.posts.get())).code).toBe('TIMEOUT')
    expect((await failure(() => koya.posts.create({ title: 'x' }, { timeout: 20 }))).code).toBe('TIMEOUT')
    expect(proxy.requests).toHaveLength(2)
  })

  test('A8: two calls share one renewal of the token; one is aborted during it', async () => {
    let renewals = 0
    let current = 'kl_wrong'
    let renew = (_token: string) => {}
    const koya = client({
      token: ({ expired }) => {
        if (!expired) return current
        renewals++
        return new Promise<string>((resolve) => {
          renew = (token) => {
            current = token
            resolve(token)
          }
        })
      },
    })
    const control = new AbortController()
    const first = failure(() => koya.posts.get({ signal: control.signal }))
    const second = koya.posts.limit(1).get()
    while (renewals === 0) await Bun.sleep(1)
    control.abort('why')
    expect(await first).toMatchObject({ code: 'ABORTED', cause: 'why' })
    renew(server.key)
    expect(await second).toHaveLength(1)
    expect(renewals).toBe(1)
  })

  test('A8: aborted before, while waiting to repeat, and between pages', async () => {
    const { koya, proxy } = behind(() =>
      Response.json({ error: { code: 'UNAVAILABLE', message: 'no' } }, { status: 503 }),
    )
    expect((await failure(() => koya.posts.get({ signal: AbortSignal.abort('early') }))).cause).toBe('early')
    expect(proxy.requests).toEqual([])
    const control = new AbortController()
    const waiting = failure(() => koya.posts.get({ signal: control.signal }))
    while (proxy.requests.length === 0) await Bun.sleep(1)
    control.abort()
    expect((await waiting).code).toBe('ABORTED')
    const pages = new AbortController()
    const iterating = failure(async () => {
      for await (const _ of client().categories.iterate({ signal: pages.signal })) pages.abort('enough')
    })
    expect(await iterating).toMatchObject({ code: 'ABORTED', cause: 'enough' })
  })

  test('that are equal do not end one another', async () => {
    const koya = client()
    const all = await Promise.all(Array.from({ length: 20 }, () => koya.posts.sort('id').limit(1).get()))
    for (const docs of all) expect(docs).toEqual(all[0] as never)
  })

  test('say once that the client was generated for another schema', async () => {
    const { headers } = await fetch(server.process.url)
    const [high = '', low = ''] = (headers.get('koyalite-schema') ?? '').match(/.{8}/g) ?? []
    const withHashes = (first: string) => {
      const none = '0000000000000000'
      const [posts, ...rest] = Object.entries(metadata.collections).map(([name, one]) => [name, { ...one, hash: none }])
      const changed = [posts?.[0], { hash: first }]
      return { collections: Object.fromEntries([changed, ...rest]) } as typeof metadata
    }
    const warn = spyOn(console, 'warn').mockImplementation(() => {})
    const options = { url: server.process.url, token: server.key }
    await createData(withHashes(high + low), options)
      .posts.limit(1)
      .get()
    await client().posts.limit(1).get()
    expect(warn).not.toHaveBeenCalled()
    const other = createData(withHashes(low + high), options)
    await other.posts.limit(1).get()
    await other.posts.limit(1).get()
    expect(warn.mock.calls).toEqual([[expect.stringContaining('run `koyalite generate`')]])
    warn.mockRestore()
  })

  test('headers of the client and of the call; a fetch of its own, called as a function', async () => {
    const seen: (string | null)[] = []
    async function own(this: unknown, url: string, init: RequestInit): Promise<Response> {
      const headers = new Headers(init.headers)
      seen.push(headers.get('x-a'), headers.get('x-b'), init.cache ?? null)
      expect(this).toBeUndefined()
      return fetch(url, init)
    }
    const koya = client({ fetch: own, headers: { 'x-a': '1', 'x-b': '1' } })
    await koya.posts.limit(1).get({ headers: { 'x-b': '2' } })
    expect(seen).toEqual(['1', '2', 'no-store'])
  })
})
