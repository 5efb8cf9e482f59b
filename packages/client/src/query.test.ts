import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { failure, useData } from './testing/use-data'

const { client, behind } = useData()

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

    const fixed = ['a"b', '$&', '\\', '{x}', '✓👩‍👩‍👧', "'", '%', 'a,b', 'null', '$1']
    const titles = [...new Set([...fixed, ...fc.sample(fc.string({ unit: 'grapheme', minLength: 1 }), 40)])]
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
    const second = await pages.limit(500).page({ cursor: first.nextCursor })
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
