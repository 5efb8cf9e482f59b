import { expect, test } from 'bun:test'
import type { Document } from './driver'
import { asSent, create, createUser, failure, listOf, type World } from './scenario-world'
import { EDGE_VALUES, ORDERED_VALUES, operatorCases } from './world'

/** What every client does with documents. */
export function documentScenarios({ language, server, admin, anonymous }: World): void {
  test('documents: create, read, update, replace, delete', async () => {
    const koya = admin()
    const at = { $timestamp: '2026-01-02T03:04:05.678Z' }
    const made = await create(koya, 'posts', { title: 'one', created_at: at, tags: ['a'] })
    expect(made).toMatchObject({
      title: 'one',
      status: 'draft',
      view_count: 0,
      tags: ['a'],
      created_at: at,
      slug: null,
    })
    const id = made.id
    expect(await koya.do<Document>({ op: 'get', collection: 'posts', id })).toEqual(made)
    const changes = { view_count: { $inc: 2 }, tags: { $push: 'b' }, title: 'two' }
    const updated = await koya.do<Document>({ op: 'update', collection: 'posts', id, data: changes })
    expect(updated).toEqual({ ...made, view_count: 2, tags: ['a', 'b'], title: 'two' })
    const emptied = await koya.do<Document>({ op: 'update', collection: 'posts', id, data: { tags: null } })
    expect(emptied).toEqual({ ...updated, tags: null })
    const replaced = await koya.do<Document>({ op: 'replace', collection: 'posts', id, data: { title: 'three' } })
    expect(replaced).toMatchObject({ id, title: 'three', view_count: 0, tags: null })
    await koya.do({ op: 'delete', collection: 'posts', id })
    expect(await failure(koya.do({ op: 'get', collection: 'posts', id }))).toMatchObject({
      code: 'NOT_FOUND',
      status: 404,
    })
    const many = await koya.do<Document[]>({
      op: 'createMany',
      collection: 'posts',
      data: [{ title: 'a' }, { title: 'b' }],
    })
    expect(many.map(({ title }) => title)).toEqual(['a', 'b'])
    expect(await koya.do<unknown[]>({ op: 'createMany', collection: 'posts', data: [] })).toEqual([])
  })

  test.each(Object.keys(EDGE_VALUES))(
    'values: the edges of %s come back as they were, and are found',
    async (field) => {
      const koya = admin()
      const run = crypto.randomUUID()
      for (const [index, value] of (EDGE_VALUES[field] ?? []).entries()) {
        const id = `${run} ${index}`
        await create(koya, 'samples', { id, [field]: value })
        const stored = await koya.do<Document>({ op: 'get', collection: 'samples', id })
        expect(asSent(stored[field])).toEqual(value as never)
        const { $timestamp, $date, $bytes } = (value ?? {}) as Record<string, string>
        if ($timestamp !== undefined) expect(stored[field]).toEqual({ $timestamp })
        if ($date !== undefined && language.tagsDates) expect(stored[field]).toEqual({ $date })
        if ($bytes !== undefined) expect(stored[field]).toEqual({ $bytes })
        if (value === 1 && field === 'a_float' && language.tagsFloats) expect(stored[field]).toEqual({ $float: '1' })
        if (field === 'a_blob' || field === 'a_json' || field === 'a_text') continue
        const found = await listOf(koya, { collection: 'samples', filter: { [field]: { $eq: value } } })
        expect(found.map((doc) => doc.id)).toContain(id)
        for (const doc of found) expect(asSent(doc[field])).toEqual(value as never)
        if (field !== 'a_string' && field !== 'an_int') continue
        const where = { expression: `doc.${field} == $1`, params: [value] }
        expect((await listOf(koya, { collection: 'samples', where })).map((doc) => doc.id)).toContain(id)
      }
    },
  )

  test('values: what is no value is refused, and nothing is written', async () => {
    const koya = admin()
    const id = crypto.randomUUID()
    for (const data of [{ an_int: 9_007_199_254_740_992 }, { a_status: 'nonsense' }, { a_uuid: 'x' }]) {
      const error = await failure(create(koya, 'samples', { id, ...data }))
      expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: Object.keys(data)[0] }] })
    }
    expect(await koya.do<number>({ op: 'count', query: { collection: 'samples', filter: { id } } })).toBe(0)
  })

  test.each(Object.keys(ORDERED_VALUES))('filters: every operator over %s', async (field) => {
    const koya = admin()
    const run = crypto.randomUUID()
    const values = ORDERED_VALUES[field] ?? []
    const ids = [...values, null].map((_, index) => `${run} ${index}`)
    const data = [...values, null].map((value, index) => ({ id: ids[index], a_text: run, [field]: value }))
    await koya.do({ op: 'createMany', collection: 'samples', data })
    for (const [filter, has] of operatorCases(field, values)) {
      const query = { collection: 'samples', filter: { $and: [{ a_text: run }, filter] }, sort: ['id'] }
      const found = await listOf(koya, query)
      expect([filter, found.map(({ id }) => ids.indexOf(id as string))]).toEqual([filter, [...has]])
    }
    const sorted = await listOf(koya, { collection: 'samples', filter: { a_text: run }, sort: [`-${field}`] })
    expect(sorted.map(({ id }) => ids.indexOf(id as string))).toEqual([3, 2, 1, 0, 4])
  })

  test('filters: like, contains, bool, paths behind a reference', async () => {
    const koya = admin()
    const run = crypto.randomUUID()
    const post = await create(koya, 'posts', { title: `100% ${run}`, tags: ['x', 'y'], status: 'in-review' })
    const comment = await create(koya, 'comments', { post_id: post.id, text: run })
    const keys = async (collection: string, filter: object) =>
      (await listOf(koya, { collection, filter: filter as never })).map(({ id }) => id)
    expect(await keys('posts', { title: { $like: `100_ ${run.slice(0, 20).toUpperCase()}%` } })).toEqual([post.id])
    expect(await keys('posts', { $and: [{ title: { $like: `%${run}` } }, { tags: { $contains: 'y' } }] })).toEqual([
      post.id,
    ])
    expect(await keys('posts', { $and: [{ title: { $like: `%${run}` } }, { tags: { $contains: 'z' } }] })).toEqual([])
    expect(await keys('comments', { 'post.title': `100% ${run}` })).toEqual([comment.id])
    expect(
      await keys('posts', { $and: [{ title: { $like: `%${run}` } }, { status: { $in: ['in-review'] } }] }),
    ).toEqual([post.id])
  })

  test('expand: one, many, nested; what was not asked for is not there', async () => {
    const koya = admin()
    const author = await createUser(server)
    const post = await create(koya, 'posts', { title: 'expanded', author_id: author.id })
    const comment = await create(koya, 'comments', { post_id: post.id, text: 'first' })
    await create(koya, 'comments', { post_id: post.id, text: 'reply', parent_id: comment.id })
    const [full] = await listOf(koya, {
      collection: 'posts',
      filter: { id: post.id },
      expand: ['author', 'comments.parent'],
    })
    expect(full).toMatchObject({ id: post.id, author: { id: author.id } })
    const comments = full?.comments as Document[]
    expect(comments).toHaveLength(2)
    expect(comments.find(({ text }) => text === 'reply')).toMatchObject({ parent: { id: comment.id, text: 'first' } })
    expect(comments.find(({ text }) => text === 'first')).toMatchObject({ parent: null })
    const plain = await koya.do<Document>({ op: 'get', collection: 'posts', id: post.id })
    expect(plain.author).toBeUndefined()
    const got = await koya.do<Document>({ op: 'get', collection: 'posts', id: post.id, expand: ['author'] })
    expect(got).toMatchObject({ author: { id: author.id } })
  })

  test('lists: 1,200 documents, by pages and one after the other', async () => {
    const koya = admin()
    const run = crypto.randomUUID()
    for (let from = 0; from < 1200; from += 400) {
      const data = Array.from({ length: 400 }, (_, n) => ({
        id: `${run} ${String(from + n).padStart(4, '0')}`,
        a_text: run,
      }))
      await koya.do({ op: 'createMany', collection: 'samples', data })
    }
    const query = { collection: 'samples', filter: { a_text: run }, fields: ['id'], sort: ['-id'] }
    const all = await koya.do<Document[]>({ op: 'all', query })
    expect(all).toHaveLength(1200)
    expect(all.map(({ id }) => String(id))).toEqual(
      all
        .map(({ id }) => String(id))
        .toSorted()
        .toReversed(),
    )
    expect(new Set(all.map(({ id }) => id)).size).toBe(1200)
    expect(await koya.do<number>({ op: 'count', query })).toBe(1200)
    const limited = { ...query, limit: 500 }
    type Page = { docs: Document[]; nextCursor: string | null; total: number | null }
    const first = await koya.do<Page>({ op: 'page', query: limited, count: true })
    expect([first.docs.length, first.total]).toEqual([500, 1200])
    const second = await koya.do<Page>({ op: 'page', query: limited, cursor: first.nextCursor ?? '' })
    const third = await koya.do<Page>({ op: 'page', query: limited, cursor: second.nextCursor ?? '' })
    expect([third.docs.length, third.nextCursor]).toEqual([200, null])
    expect([...first.docs, ...second.docs, ...third.docs]).toEqual(all)
    expect(await koya.do<Document>({ op: 'first', query })).toEqual(all[0] as Document)
    expect(await koya.do({ op: 'first', query: { ...query, filter: { id: 'none' } } })).toBeNull()
    expect(await listOf(koya, { ...query, limit: 2, offset: 3 })).toEqual(all.slice(3, 5))
  })

  test('aggregates', async () => {
    const koya = admin()
    const title = `aggregated ${crypto.randomUUID()}`
    for (const [status, view_count] of [
      ['draft', 1],
      ['draft', 2],
      ['published', 5],
    ]) {
      await create(koya, 'posts', { title, status, view_count })
    }
    const groups = await koya.do<unknown[]>({
      op: 'aggregate',
      query: { collection: 'posts', filter: { title } },
      input: { group: ['status'], values: ['count:as:posts', 'sum:view_count:as:views'], sort: ['status'] },
    })
    expect(groups).toEqual([
      { status: 'draft', posts: 2, views: 3 },
      { status: 'published', posts: 1, views: 5 },
    ])
  })

  test('batches: all or none, each sees the earlier ones', async () => {
    const koya = admin()
    const [post, comment] = [crypto.randomUUID(), crypto.randomUUID()]
    const results = await koya.do<Document[]>({
      op: 'batch',
      operations: [
        { op: 'create', collection: 'posts', data: { id: post, title: 'batch' } },
        { op: 'create', collection: 'comments', data: { id: comment, post_id: post, text: 'c' } },
        { op: 'update', collection: 'posts', id: post, data: { view_count: { $inc: 3 } } },
        { op: 'delete', collection: 'comments', id: comment },
      ],
    })
    expect(results).toMatchObject([{ id: post, title: 'batch' }, { id: comment }, { view_count: 3 }, null as never])
    const error = await failure(
      koya.do({
        op: 'batch',
        operations: [
          { op: 'update', collection: 'posts', id: post, data: { title: 'changed' } },
          { op: 'create', collection: 'posts', data: { title: '' } },
        ],
      }),
    )
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', operation: 1, details: [{ field: 'title' }] })
    expect(await koya.do<Document>({ op: 'get', collection: 'posts', id: post })).toMatchObject({ title: 'batch' })
  })

  test('conflicts: a tag of an older state changes nothing', async () => {
    const koya = admin()
    const other = admin()
    const { id } = await create(koya, 'posts', { title: 'mine' })
    await other.do({ op: 'update', collection: 'posts', id, data: { title: 'theirs' } })
    const late = { op: 'update', collection: 'posts', id, data: { title: 'late' }, ifMatch: true } as const
    expect(await failure(koya.do(late))).toMatchObject({ code: 'PRECONDITION_FAILED', status: 412 })
    expect(await failure(koya.do({ op: 'delete', collection: 'posts', id, ifMatch: true }))).toMatchObject({
      code: 'PRECONDITION_FAILED',
    })
    expect(await koya.do<Document>({ op: 'get', collection: 'posts', id })).toMatchObject({ title: 'theirs' })
    expect(await koya.do<Document>(late)).toMatchObject({ title: 'late' })
  })

  test('errors: each code has its kind, with the fields and the request', async () => {
    const koya = admin()
    const nobody = anonymous()
    const slug = crypto.randomUUID()
    await create(koya, 'posts', { title: 'x', slug })
    const cases: readonly (readonly [call: () => Promise<unknown>, code: string, status: number])[] = [
      [() => koya.do({ op: 'get', collection: 'posts', id: crypto.randomUUID() }), 'NOT_FOUND', 404],
      [() => create(koya, 'posts', { title: 'y', slug }), 'CONFLICT', 409],
      [() => create(koya, 'posts', { title: '' }), 'VALIDATION_ERROR', 422],
      [() => create(nobody, 'notes', { text: 'x' }), 'UNAUTHENTICATED', 401],
      [
        () => anonymous({ token: 'nonsense' }).do({ op: 'count', query: { collection: 'posts' } }),
        'UNAUTHENTICATED',
        401,
      ],
      [
        () => listOf(koya, { collection: 'posts', where: { expression: 'doc.nope == 1', params: [] } }),
        'INVALID_FILTER',
        400,
      ],
    ]
    for (const [call, code, status] of cases) {
      const error = await failure(call())
      expect(error).toMatchObject({ code, status, kind: language.kindOf(code) })
      expect(error.message).not.toBe('')
      expect(error.requestId).toBeString()
    }
  })
}
