import { describe, expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'
import { BLOG } from '../fixtures/schemas'

const server = useServer({ schema: BLOG })
const POSTS = '/api/collections/posts'
const ID = /^[0-9a-f-]{36}$/

async function makePost(data: object = {}): Promise<{ id: string; path: string; doc: Record<string, unknown> }> {
  const doc = expectStatus(await server.api.post(POSTS, { title: 'x', ...data }), 201).body
  return { id: doc.id, path: `${POSTS}/${doc.id}`, doc }
}
const total = async () => (await server.api.list('posts', { limit: 1, count: true })).body.total

describe('create', () => {
  test('returns 201 with the whole document', async () => {
    const response = expectStatus(await server.api.post(POSTS, { title: 'new' }), 201)
    expect(response.headers.get('content-type')).toStartWith('application/json')
    expect(response.body.id).toMatch(ID)
    expect(response.body).toMatchObject({
      title: 'new',
      status: 'draft',
      tags: null,
      score: 0,
      view_count: 0,
    })
    expect((await server.api.get(`${POSTS}/${response.body.id}`)).body).toEqual(response.body)
  })

  test('an array creates all, in order', async () => {
    const titles = ['one', 'two', 'three']
    const response = expectStatus(
      await server.api.post(
        POSTS,
        titles.map((title) => ({ title })),
      ),
      201,
    )
    expect(Object.keys(response.body)).toEqual(['docs'])
    expect(response.body.docs.map((doc: { title: string }) => doc.title)).toEqual(titles)
  })

  test('an array creates all or none: validation error', async () => {
    const before = await total()
    expectError(await server.api.post(POSTS, [{ title: 'good' }, { title: '' }]), 'VALIDATION_ERROR')
    expectError(
      await server.api.post(POSTS, [{ title: 'good' }, { nofield: 1 }]),
      'VALIDATION_ERROR',
      'INVALID_REQUEST',
    )
    expect((await server.api.post(POSTS, [{ title: 'good' }, 'text'])).status).toBeGreaterThanOrEqual(400)
    expect(await total()).toBe(before)
  })

  test('an array creates all or none: conflict with stored documents, or among themselves', async () => {
    await makePost({ slug: 'stored' })
    const before = await total()
    expectError(
      await server.api.post(POSTS, [
        { title: 'a', slug: 'fresh' },
        { title: 'b', slug: 'stored' },
      ]),
      'CONFLICT',
    )
    expectError(
      await server.api.post(POSTS, [
        { title: 'a', slug: 'twin' },
        { title: 'b', slug: 'twin' },
      ]),
      'CONFLICT',
    )
    expect(await total()).toBe(before)
  })
})

describe('PUT', () => {
  test('creates a document with a given key', async () => {
    const id = '0190a5f0-7b1c-7def-8abc-000000000001'
    const response = expectStatus(await server.api.put(`${POSTS}/${id}`, { title: 'put' }), 201)
    expect(response.body).toMatchObject({ id, title: 'put', status: 'draft' })
    expectStatus(await server.api.put(`${POSTS}/${id}`, { id, title: 'again' }), 200)
  })

  test('replaces: missing fields return to their defaults', async () => {
    const { path, doc } = await makePost({ status: 'published', tags: ['a'], score: 5 })
    const response = expectStatus(await server.api.put(path, { title: 'replaced' }), 200)
    expect(response.body).toMatchObject({ id: doc.id, title: 'replaced', status: 'draft', tags: null, score: 0 })
  })

  test('requires the fields of a new document', async () => {
    const { path, doc } = await makePost()
    expectError(await server.api.put(path, {}), 'VALIDATION_ERROR')
    expect((await server.api.get(path)).body).toEqual(doc)
  })

  test('with an int and a string key', async () => {
    const { id } = await makePost()
    expectStatus(await server.api.put('/api/collections/comments/77', { post_id: id, text: 'hi' }), 201)
    expect((await server.api.get('/api/collections/comments/77')).body).toMatchObject({ id: 77, text: 'hi' })
    expectStatus(await server.api.put('/api/collections/links/a%2Fb', {}), 201)
    expect((await server.api.get('/api/collections/links/a%2Fb')).body.id).toBe('a/b')
  })

  test('with an invalid key is a clear 4xx', async () => {
    const response = await server.api.put(`${POSTS}/not-a-uuid`, { title: 'x' })
    expectError(response, 'NOT_FOUND')
  })
})

describe('PATCH', () => {
  test('merges shallowly', async () => {
    const { path, doc } = await makePost({ meta: { a: 1, b: { c: 2 } }, tags: ['x'] })
    const response = expectStatus(await server.api.patch(path, { meta: { z: 1 } }), 200)
    expect(response.body).toEqual({ ...doc, meta: { z: 1 }, updated_at: response.body.updated_at })
    expect((await server.api.get(path)).body).toEqual(response.body)
  })

  test('null clears a nullable field', async () => {
    const { path } = await makePost({ tags: ['x'] })
    expect((await server.api.patch(path, { tags: null })).body.tags).toBeNull()
    expectError(await server.api.patch(path, { title: null }), 'VALIDATION_ERROR')
  })

  test('without effect logs no change', async () => {
    const { path, doc } = await makePost({ tags: ['x'], view_count: 3 })
    const before = await server.api.get(path)
    for (const same of [
      {},
      { title: 'x' },
      { tags: ['x'] },
      { view_count: { $inc: 0 } },
      { tags: { $pull: 'none' } },
    ]) {
      const response = expectStatus(await server.api.patch(path, same), 200)
      expect(response.body).toEqual(doc)
      expect(response.headers.get('koyalite-seq')).toBe(before.headers.get('koyalite-seq'))
      expect(response.headers.get('etag')).toBe(before.headers.get('etag'))
    }
  })

  test('of a missing document is a 404', async () => {
    expectError(await server.api.patch(`${POSTS}/0190a5f0-7b1c-7def-8abc-0123456789ab`, { title: 'x' }), 'NOT_FOUND')
  })
})

describe('operators of PATCH', () => {
  test('$inc adds, also negative, also to floats; null counts as 0', async () => {
    const { path } = await makePost({ view_count: 5 })
    expect((await server.api.patch(path, { view_count: { $inc: 2 } })).body.view_count).toBe(7)
    expect((await server.api.patch(path, { view_count: { $inc: -10 } })).body.view_count).toBe(-3)
    expect((await server.api.patch(path, { score: { $inc: 0.5 } })).body.score).toBe(0.5)
  })

  test('$inc beyond 2^53−1, of the wrong type, or past the validation, is a 422', async () => {
    const { path, doc } = await makePost({ view_count: 9007199254740991 })
    for (const patch of [
      { view_count: { $inc: 1 } },
      { view_count: { $inc: 0.5 } },
      { view_count: { $inc: 'x' } },
      { view_count: { $inc: null } },
      { title: { $inc: 1 } },
      { score: { $inc: 101 } },
    ]) {
      expectError(await server.api.patch(path, patch), 'VALIDATION_ERROR')
    }
    expect((await server.api.get(path)).body).toEqual(doc)
  })

  test('concurrent $inc loses no update', async () => {
    const { path } = await makePost()
    const responses = await Promise.all(
      Array.from({ length: 100 }, () => server.api.patch(path, { view_count: { $inc: 1 } })),
    )
    expect(responses.map((response) => response.body.view_count).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, n) => n + 1),
    )
    expect((await server.api.get(path)).body.view_count).toBe(100)
  })

  test('$push adds one element, $pull removes all equal ones', async () => {
    const { path } = await makePost({ tags: ['a'], meta: [1, { k: [1] }, 'x', 1] })
    expect((await server.api.patch(path, { tags: { $push: 'b' } })).body.tags).toEqual(['a', 'b'])
    expect((await server.api.patch(path, { tags: { $push: 'a' } })).body.tags).toEqual(['a', 'b', 'a'])
    expect((await server.api.patch(path, { tags: { $pull: 'a' } })).body.tags).toEqual(['b'])
    expect((await server.api.patch(path, { meta: { $pull: 1 } })).body.meta).toEqual([{ k: [1] }, 'x'])
    expect((await server.api.patch(path, { meta: { $push: ['y'] } })).body.meta).toEqual([{ k: [1] }, 'x', ['y']])
    expect((await server.api.patch(path, { meta: { $pull: { k: [1] } } })).body.meta).toEqual(['x', ['y']])
  })

  test('$push and $pull on a value that is not an array, or against its schema, are a 422', async () => {
    const { path, doc } = await makePost({ tags: ['a'], meta: { not: 'array' } })
    for (const patch of [
      { tags: { $push: 7 } },
      { meta: { $push: 1 } },
      { title: { $push: 'x' } },
      { view_count: { $pull: 0 } },
    ]) {
      expectError(await server.api.patch(path, patch), 'VALIDATION_ERROR')
    }
    expect((await server.api.get(path)).body).toEqual(doc)
  })

  test('concurrent $push loses no element', async () => {
    const { path } = await makePost({ tags: [] })
    await Promise.all(Array.from({ length: 40 }, (_, n) => server.api.patch(path, { tags: { $push: `t${n}` } })))
    expect(new Set((await server.api.get(path)).body.tags).size).toBe(40)
  })

  test('no other $ keys outside json fields', async () => {
    const { path, doc } = await makePost({ meta: 1 })
    for (const patch of [
      { view_count: { $set: 1 } },
      { title: { $where: 'x' } },
      { $inc: { view_count: 1 } },
      { view_count: { $inc: 1, $push: 2 } },
    ]) {
      const response = await server.api.patch(path, patch)
      expectError(response, 'VALIDATION_ERROR')
    }
    expect((await server.api.get(path)).body).toEqual(doc)
    expect((await server.api.patch(path, { meta: { $set: 1, a: { $inc: 2 } } })).body.meta).toEqual({
      $set: 1,
      a: { $inc: 2 },
    })
  })
})

describe('DELETE', () => {
  test('returns 204 without a body, and then 404', async () => {
    const { path } = await makePost()
    const response = expectStatus(await server.api.delete(path), 204)
    expect(response.text).toBe('')
    expectError(await server.api.get(path), 'NOT_FOUND')
    expectError(await server.api.delete(path), 'NOT_FOUND')
  })
})
