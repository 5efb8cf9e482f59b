import { describe, expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'
import { BLOG } from '../fixtures/schemas'

const server = useServer({ schema: BLOG })
const A = '0190a5f0-7b1c-7def-8abc-00000000000a'
const B = '0190a5f0-7b1c-7def-8abc-00000000000b'

const batch = (operations: unknown) => server.api.post('/api/batch', { operations })
const total = async (collection: string) => (await server.api.list(collection, { limit: 1, count: true })).body.total

describe('a batch', () => {
  test('runs in order, and each operation sees the earlier ones', async () => {
    const response = expectStatus(
      await batch([
        { op: 'create', collection: 'authors', data: { id: A, name: 'Ann' } },
        { op: 'create', collection: 'posts', data: { id: B, title: 'one', author_id: A } },
        { op: 'update', collection: 'posts', id: B, data: { view_count: { $inc: 2 }, title: 'two' } },
        { op: 'update', collection: 'posts', id: B, data: { view_count: { $inc: 3 } } },
        { op: 'upsert', collection: 'links', id: 'l', data: {} },
        { op: 'upsert', collection: 'links', id: 'l', data: { parent_id: 'l' } },
        { op: 'delete', collection: 'links', id: 'l' },
      ]),
      200,
    )
    const { results } = response.body
    expect(results.length).toBe(7)
    expect(results[0]).toEqual({ id: A, name: 'Ann', mentor: null })
    expect(results[2]).toMatchObject({ id: B, title: 'two', view_count: 2 })
    expect(results[3]).toMatchObject({ id: B, title: 'two', view_count: 5 })
    expect(results[4]).toEqual({ id: 'l', parent_id: null, see_id: null })
    expect(results[5]).toEqual({ id: 'l', parent_id: 'l', see_id: null })
    expect(results[6]).toBeNull()
    expect((await server.api.get(`/api/collections/posts/${B}`)).body).toEqual(results[3])
  })

  test('goes on from what it has made, if what it asserts holds', async () => {
    const response = expectStatus(
      await batch([
        { op: 'create', collection: 'authors', data: { name: 'Bo' } },
        {
          op: 'create',
          collection: 'posts',
          data: { title: '{"$result":0}', author_id: { $result: 0 }, meta: { $result: 0 } },
        },
        { op: 'assert', collection: 'posts', id: { $result: 1 }, where: 'doc.author.name == $1', params: ['Bo'] },
        { op: 'update', collection: 'posts', id: { $result: 1 }, data: { status: 'published' } },
        {
          op: 'assert',
          collection: 'posts',
          id: { $result: 3 },
          data: { status: 'published', author_id: { $result: 0 } },
        },
      ]),
      200,
    )
    const [author, post, asserted, updated, held] = response.body.results
    expect(post).toMatchObject({ title: '{"$result":0}', author_id: author.id, meta: { $result: 0 } })
    expect([asserted, held]).toEqual([null, null])
    expect(updated).toMatchObject({ id: post.id, status: 'published' })
  })

  test('has at most 1000 operations', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => ({
      op: 'create',
      collection: 'authors',
      data: { name: `n${n}` },
    }))
    expect(expectStatus(await batch(many), 200).body.results.length).toBe(1000)
    const before = await total('authors')
    expectError(await batch([...many, ...many.slice(0, 1)]), 'INVALID_REQUEST')
    expect(await total('authors')).toBe(before)
  })
})

describe('all or nothing: an error names its operation', () => {
  const good = { op: 'create', collection: 'authors', data: { name: 'kept out' } }
  const FAILURES: readonly (readonly [name: string, operation: unknown, code: Parameters<typeof expectError>[1]])[] = [
    ['invalid data', { op: 'create', collection: 'authors', data: { name: '' } }, 'VALIDATION_ERROR'],
    ['an unknown field', { op: 'create', collection: 'authors', data: { name: 'x', no: 1 } }, 'VALIDATION_ERROR'],
    ['an unknown collection', { op: 'create', collection: 'nobody', data: {} }, 'COLLECTION_NOT_FOUND'],
    ['an update of nothing', { op: 'update', collection: 'authors', id: B, data: { name: 'x' } }, 'NOT_FOUND'],
    ['a deletion of nothing', { op: 'delete', collection: 'authors', id: B }, 'NOT_FOUND'],
    ['a conflict', { op: 'create', collection: 'comments', data: { post_id: A, text: 'x' } }, 'CONFLICT'],
    ['an unknown op', { op: 'replace', collection: 'authors', data: {} }, 'INVALID_REQUEST'],
    ['no op', { collection: 'authors', data: {} }, 'INVALID_REQUEST'],
    ['no id', { op: 'update', collection: 'authors', data: { name: 'x' } }, 'INVALID_REQUEST'],
    ['no data', { op: 'create', collection: 'authors' }, 'INVALID_REQUEST'],
    ['an unknown key', { ...good, extra: 1 }, 'INVALID_REQUEST'],
    [
      'an assertion about nothing',
      { op: 'assert', collection: 'authors', id: B, where: 'true' },
      'PRECONDITION_FAILED',
    ],
    [
      'an assertion that is false',
      { op: 'assert', collection: 'authors', id: { $result: 1 }, data: { name: 'let in' } },
      'PRECONDITION_FAILED',
    ],
    ['an assertion of nothing', { op: 'assert', collection: 'authors', id: B }, 'INVALID_REQUEST'],
    [
      'a wrong expression',
      { op: 'assert', collection: 'authors', id: { $result: 1 }, where: 'doc.nom' },
      'INVALID_FILTER',
    ],
    [
      'the key of a later operation',
      { op: 'create', collection: 'posts', data: { title: 'x', author_id: { $result: 3 } } },
      'VALIDATION_ERROR',
    ],
    ['a key of another collection', { op: 'delete', collection: 'posts', id: { $result: 0 } }, 'VALIDATION_ERROR'],
    ['a text', 'create', 'INVALID_REQUEST'],
    ['null', null, 'INVALID_REQUEST'],
  ]
  for (const [name, operation, code] of FAILURES) {
    test(name, async () => {
      const before = await server.api.list('authors', { limit: 1, count: true })
      const response = await batch([good, good, operation, good])
      expectError(response, code)
      expect(response.body.error.operation).toBe(2)
      const after = await server.api.list('authors', { limit: 1, count: true })
      expect(after.body.total).toBe(before.body.total)
      expect(after.headers.get('koyalite-seq')).toBe(before.headers.get('koyalite-seq'))
    })
  }

  for (const body of [
    {},
    { operations: null },
    { operations: {} },
    { operations: 'x' },
    [],
    { operations: [], more: 1 },
  ]) {
    test(`${JSON.stringify(body)} as a body`, async () => {
      expectError(await server.api.post('/api/batch', body), 'INVALID_REQUEST')
    })
  }

  test('a batch is subject to the same rules as its operations alone', async () => {
    const response = await server.anonymous.post('/api/batch', { operations: [good] })
    expectError(response, 'UNAUTHENTICATED')
    expect(await server.api.list('authors', { filter: 'name:eq:kept out' }).then((list) => list.body.docs)).toEqual([])
  })
})
