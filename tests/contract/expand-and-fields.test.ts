import { beforeAll, describe, expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'
import { BLOG } from '../fixtures/schemas'

const server = useServer({ schema: BLOG })
let ann = ''
let bob = ''
let post = ''
let bare = ''

async function create(collection: string, data: object): Promise<string> {
  return expectStatus(await server.api.post(`/api/collections/${collection}`, data), 201).body.id
}
const one = async (path: string) => expectStatus(await server.api.get(`/api/collections/${path}`), 200).body

beforeAll(async () => {
  bob = await create('authors', { name: 'Bob' })
  ann = await create('authors', { name: 'Ann', mentor: bob })
  post = await create('posts', { title: 'first', author_id: ann, meta: { deep: [1] } })
  bare = await create('posts', { title: 'bare' })
  for (let n = 1; n <= 3; n++)
    await create('comments', { post_id: post, author_id: n === 2 ? bob : ann, text: `comment ${n}` })
  for (const link of [
    { id: 'root' },
    { id: 'a', parent_id: 'root', see_id: 'root' },
    { id: 'b', parent_id: 'a', see_id: 'root' },
  ]) {
    await create('links', link)
  }
})

describe('forward', () => {
  test('author_id is expanded as author, beside the key', async () => {
    expect(await one(`posts/${post}?expand=author`)).toMatchObject({
      author_id: ann,
      author: { id: ann, name: 'Ann', mentor: bob },
    })
  })

  test('a reference whose name does not end in _id is replaced in place', async () => {
    expect((await one(`authors/${ann}?expand=mentor`)).mentor).toEqual({ id: bob, name: 'Bob', mentor: null })
  })

  test('is never stale: the ETag of the document does not match an expanded read', async () => {
    const path = `/api/collections/posts/${post}?expand=author`
    const before = await server.api.get(path)
    const known = { headers: { 'if-none-match': before.headers.get('etag') ?? '' } }
    expectStatus(await server.api.patch(`/api/collections/authors/${ann}`, { name: 'Anna' }), 200)
    expect(expectStatus(await server.api.get(path, known), 200).body.author.name).toBe('Anna')
    expectStatus(await server.api.patch(`/api/collections/authors/${ann}`, { name: 'Ann' }), 200)
    for (const query of ['', '?fields=title'])
      expectStatus(await server.api.get(`/api/collections/posts/${post}${query}`, known), 304)
  })

  test('a missing document is null', async () => {
    expect(await one(`posts/${bare}?expand=author`)).toMatchObject({ author_id: null, author: null })
  })

  test('in a list, for every document', async () => {
    const { docs } = (await server.api.list('posts', { expand: 'author', sort: 'title' })).body
    expect(docs.map((doc: { author: { name: string } | null }) => doc.author?.name ?? null)).toEqual([null, 'Ann'])
  })
})

describe('back', () => {
  test('the referring documents, by key descending', async () => {
    const { comments } = await one(`posts/${post}?expand=comments`)
    expect(comments.map((comment: { text: string }) => comment.text)).toEqual(['comment 3', 'comment 2', 'comment 1'])
    expect(Object.keys(comments[0]).sort()).toEqual(['author_id', 'id', 'post_id', 'text'])
    expect((await one(`posts/${bare}?expand=comments`)).comments).toEqual([])
  })

  test('is named by its field if two fields of one collection refer', async () => {
    const root = await one('links/root?expand=links_by_parent_id,links_by_see_id')
    const ids = (list: readonly { id: string }[]) => list.map((link) => link.id)
    expect(ids(root.links_by_parent_id)).toEqual(['a'])
    expect(ids(root.links_by_see_id)).toEqual(['b', 'a'])
    expect((await server.api.get('/api/collections/links/root?expand=links')).status).toBe(400)
  })
})

describe('nested', () => {
  test('three levels deep, back and forward', async () => {
    const body = await one(`posts/${post}?expand=comments.author.mentor,author`)
    expect(body.author.name).toBe('Ann')
    expect(body.comments.map((comment: { author: { name: string } }) => comment.author.name)).toEqual([
      'Ann',
      'Bob',
      'Ann',
    ])
    expect(body.comments[0].author.mentor.name).toBe('Bob')
    expect(body.comments[1].author.mentor).toBeNull()
  })

  test('json inside stays json', async () => {
    const body = await one(`authors/${ann}?expand=posts`)
    expect(body.posts[0].meta).toEqual({ deep: [1] })
  })

  test('internal fields are not exposed', async () => {
    expect((await server.api.get(`/api/collections/authors/${ann}?expand=posts.comments`)).text).not.toContain(
      'inner_note',
    )
  })

  for (const expand of [
    'comments.author.mentor.mentor',
    'nobody',
    'title',
    'author.nobody',
    'author_id',
    '',
    ',',
    'author,',
    'author..mentor',
    '.author',
    '__proto__',
  ]) {
    test(`${expand || '(empty)'} is a 400`, async () => {
      expectError(await server.api.list('posts', { expand }), 'INVALID_REQUEST')
      expectError(await server.api.get(`/api/collections/posts/${post}?expand=${expand}`), 'INVALID_REQUEST')
    })
  }
})

describe('limits', () => {
  test('at most 100 referring documents, and at most 10,000 expanded documents in a response', async () => {
    const posts = Array.from({ length: 101 }, (_, n) => ({ title: `many ${n}` }))
    const made = expectStatus(await server.api.post('/api/collections/posts', posts), 201).body.docs as { id: string }[]
    for (const { id } of made) {
      const comments = Array.from({ length: 105 }, (_, n) => ({ post_id: id, text: `${n}` }))
      expectStatus(await server.api.post('/api/collections/comments', comments), 201)
    }
    const { comments } = await one(`posts/${made[0]?.id}?expand=comments`)
    expect(comments.length).toBe(100)
    expect(comments[0].text).toBe('104')
    expectStatus(await server.api.list('posts', { filter: 'title:like:many%', expand: 'comments', limit: 100 }), 200)
    expectError(
      await server.api.list('posts', { filter: 'title:like:many%', expand: 'comments', limit: 101 }),
      'INVALID_REQUEST',
    )
  })
})

describe('fields', () => {
  test('returns these and no others, in get and list', async () => {
    expect(await one(`posts/${post}?fields=title,view_count`)).toEqual({ title: 'first', view_count: 0 })
    expect((await server.api.list('posts', { fields: 'id', filter: 'title:eq:first' })).body.docs).toEqual([
      { id: post },
    ])
  })

  test('sort and cursor work without the sort fields', async () => {
    const page = (await server.api.list('posts', { fields: 'title', sort: '-created_at', limit: 1 })).body
    expectStatus(
      await server.api.list('posts', { fields: 'title', sort: '-created_at', limit: 1, cursor: page.next_cursor }),
      200,
    )
  })

  for (const fields of ['nofield', 'id,nofield', '', ',', 'id;title', 'inner_note', '__proto__']) {
    test(`${fields || '(empty)'} is a 400`, async () =>
      expectError(await server.api.list('posts', { fields }), 'INVALID_REQUEST'))
  }
})
