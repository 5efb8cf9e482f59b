import { describe, expect, test } from 'bun:test'
import { failure, useData } from './testing/use-data'

const { client, behind } = useData()

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

  test('keys of earlier operations of a batch, wherever they are known from', async () => {
    const koya = client()
    const [counted, post, comment, topic, moved, note, deleted] = await koya.batch((tx) => {
      const counted = tx.collection('batch').create({})
      const post = tx.posts.create({ title: '{"$result":0}', meta: { $result: 0 } })
      const comment = tx.comments.create({ post_id: post.key, text: 'first' })
      const topic = tx.categories.replace('from-key', {})
      const moved = tx.posts.update(post.key, { category: topic.key })
      const note = tx.notes.create({ text: 'renamed', topic: topic.key })
      return [counted, post, comment, topic, moved, note, tx.comments.delete(comment.key)]
    })
    expect(post).toMatchObject({ title: '{"$result":0}', meta: { $result: 0 } })
    expect([comment.post_id, moved.id, moved.category, note.topic]).toEqual([post.id, post.id, topic.slug, 'from-key'])
    expect([counted.id, deleted]).toEqual([expect.any(Number), null])
  })

  test('an assertion of a batch', async () => {
    const koya = client()
    const { id } = await koya.posts.create({ title: 'asserted', view_count: 3, created_at: new Date(1000) })
    const least = 3
    const [held, also, updated, still] = await koya.batch((tx) => {
      const updated = tx.posts.update(id, { view_count: { $inc: -1 } })
      return [
        tx.posts.assert(id, { title: 'asserted', created_at: new Date(1000), author_id: null }),
        tx.posts.assert(id).where`doc.view_count >= ${least} && doc.title == ${'asserted'}`,
        updated,
        tx.posts.assert(updated.key).where('doc.view_count < 3'),
      ]
    })
    expect([held, also, updated.view_count, still]).toEqual([null, null, 2, null])
    const refused = await failure(() =>
      koya.batch((tx) => [tx.posts.update(id, { title: 'x' }), tx.posts.assert(id, { title: 'asserted' })]),
    )
    expect(refused).toMatchObject({ code: 'PRECONDITION_FAILED', status: 412, operation: 1 })
    expect((await koya.posts.getById(id)).title).toBe('asserted')
    const [note] = await koya.batch((tx) => {
      const note = tx.notes.create({ text: 'a' })
      return [note, tx.notes.assert(note.key, { text: 'a', topic: null })]
    })
    expect(note.text).toBe('a')
  })

  test('what cannot be sent in a batch is refused before it is', async () => {
    const koya = client()
    const missing = await failure(() => koya.batch((tx) => [tx.posts.delete(tx.posts.create({ title: 'x' }).key)]))
    expect(missing).toMatchObject({ code: 'INVALID_REQUEST', status: 0 })
    const undefinedValue = { title: undefined as unknown as string }
    const vanishing = await failure(() => koya.batch((tx) => [tx.posts.assert('x', undefinedValue)]))
    expect(vanishing).toMatchObject({ code: 'INVALID_FILTER', status: 0 })
    const later = await failure(() =>
      koya.batch((tx) => {
        const post = tx.posts.create({ title: 'later' })
        return [tx.comments.create({ post_id: post.key, text: 'x' }), post]
      }),
    )
    expect(later).toMatchObject({
      code: 'VALIDATION_ERROR',
      operation: 0,
      details: [{ field: 'post_id', code: 'result' }],
    })
  })

  test('a collection that is called like a member of the client', async () => {
    const koya = client()
    const { id } = await koya.collection('batch').create({})
    expect(await koya.collection('batch').getById(id)).toEqual({ id })
  })
})
