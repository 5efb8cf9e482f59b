import { describe, expect, test } from 'bun:test'
import { expectError, expectStatus, fieldsOf, useServer } from '@koyalite/testkit'
import { BLOG } from '../fixtures/schemas'

const server = useServer({ schema: BLOG })
const NOBODY = '0190a5f0-7b1c-7def-8abc-0123456789ab'

async function create(collection: string, data: object): Promise<{ id: string }> {
  return expectStatus(await server.api.post(`/api/collections/${collection}`, data), 201).body
}
const remove = (collection: string, id: string) => server.api.delete(`/api/collections/${collection}/${id}`)

describe('a dangling reference is a conflict that names the field', () => {
  test('on create', async () => {
    const response = await server.api.post('/api/collections/posts', { title: 'x', author_id: NOBODY })
    expectError(response, 'CONFLICT')
    expect(fieldsOf(response)).toEqual(['author_id'])
  })

  test('on update and replace', async () => {
    const post = await create('posts', { title: 'x' })
    const path = `/api/collections/posts/${post.id}`
    for (const response of [
      await server.api.patch(path, { author_id: NOBODY }),
      await server.api.put(path, { title: 'y', author_id: NOBODY }),
    ]) {
      expectError(response, 'CONFLICT')
      expect(fieldsOf(response)).toEqual(['author_id'])
    }
    expect((await server.api.get(path)).body.title).toBe('x')
  })
})

describe('onDelete', () => {
  test('cascade deletes the referring documents, and those that refer to them', async () => {
    const author = await create('authors', { name: 'Ann' })
    const post = await create('posts', { title: 'x', author_id: author.id })
    const comment = await create('comments', { post_id: post.id, text: 'hi' })
    expectStatus(await remove('authors', author.id), 204)
    expectError(await server.api.get(`/api/collections/posts/${post.id}`), 'NOT_FOUND')
    expectError(await server.api.get(`/api/collections/comments/${comment.id}`), 'NOT_FOUND')
  })

  test('set null clears the field', async () => {
    const mentor = await create('authors', { name: 'Mia' })
    const author = await create('authors', { name: 'Ann', mentor: mentor.id })
    expectStatus(await remove('authors', mentor.id), 204)
    expect((await server.api.get(`/api/collections/authors/${author.id}`)).body.mentor).toBeNull()
  })

  test('restrict, explicit or by default, refuses the deletion with a conflict', async () => {
    const author = await create('authors', { name: 'Ann' })
    const post = await create('posts', { title: 'x' })
    await create('comments', { post_id: post.id, author_id: author.id, text: 'hi' })
    expectError(await remove('authors', author.id), 'CONFLICT')
    expectStatus(await server.api.get(`/api/collections/authors/${author.id}`), 200)
    await create('links', { id: 'target' })
    await create('links', { id: 'source', see_id: 'target' })
    expectError(await remove('links', 'target'), 'CONFLICT')
    expectStatus(await server.api.patch('/api/collections/links/source', { see_id: null }), 200)
    expectStatus(await remove('links', 'target'), 204)
  })

  test('a document that refers to itself can be deleted', async () => {
    await create('links', { id: 'self' })
    expectStatus(await server.api.patch('/api/collections/links/self', { parent_id: 'self' }), 200)
    expectStatus(await remove('links', 'self'), 204)
  })
})

describe('unique', () => {
  test('a duplicate is a conflict that names the field, and nothing is written', async () => {
    await create('posts', { title: 'x', slug: 'taken' })
    const other = await create('posts', { title: 'y', slug: 'free' })
    const total = async () => (await server.api.list('posts', { limit: 1, count: true })).body.total
    const before = await total()
    for (const response of [
      await server.api.post('/api/collections/posts', { title: 'z', slug: 'taken' }),
      await server.api.patch(`/api/collections/posts/${other.id}`, { slug: 'taken' }),
      await server.api.put(`/api/collections/posts/${other.id}`, { title: 'y', slug: 'taken' }),
    ]) {
      expectError(response, 'CONFLICT')
      expect(fieldsOf(response)).toEqual(['slug'])
    }
    expect(await total()).toBe(before)
    expect((await server.api.get(`/api/collections/posts/${other.id}`)).body.slug).toBe('free')
  })

  test('null is never a duplicate', async () => {
    await create('posts', { title: 'x', slug: null })
    await create('posts', { title: 'y', slug: null })
  })

  test('of many concurrent writes exactly one wins', async () => {
    const attempts = Array.from({ length: 30 }, () =>
      server.api.post('/api/collections/posts', { title: 'race', slug: 'race' }),
    )
    const statuses = (await Promise.all(attempts)).map((response) => response.status).sort()
    expect(statuses).toEqual([201, ...Array.from({ length: 29 }, () => 409)])
  })
})
