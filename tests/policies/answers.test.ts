import { beforeAll, describe, expect, test } from 'bun:test'
import { type Api, errorProblem, expectStatus, useServer } from '@koyalite/testkit'
import { DOCUMENTS, PEOPLE, SCHEMA } from './answer-documents'
import { registerPeople, SETTINGS, withIds } from './rule-world'

const server = useServer({ schema: SCHEMA, settings: SETTINGS })

let apis: Readonly<Record<string, Api>> = {}
let ids: Readonly<Record<string, string>> = {}

beforeAll(async () => {
  const people = await registerPeople(server, PEOPLE)
  apis = people.apis
  ids = people.ids
}, 60_000)

interface More {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Of a list, the keys of its documents, in order; else a part of the body. */
  readonly gives?: readonly string[] | object
  /** Texts that the response does not hold. */
  readonly lacks?: readonly string[]
}

/** Who asks for what, and what they are answered. `$ann` is the id of ann. */
type Line = readonly [who: string, request: string, status: number, more?: More]

/** Each line finds the documents as they are above. */
function testLines(lines: readonly Line[]): void {
  for (const line of lines) {
    const [who, request, status, more = {}] = line
    const body = more.body === undefined ? '' : ` ${JSON.stringify(more.body)}`
    test(`${who}: ${request}${body} → ${status}`, () => runLine(line))
  }
}

async function runLine([who, request, status, more = {}]: Line): Promise<void> {
  const api = apis[who]
  if (api === undefined) throw new Error(`nobody is called ${who}`)
  await reset()
  const { body, headers, gives, lacks = [] } = withIds(more, ids)
  const [method = '', path = ''] = withIds(request, ids).split(/ (.*)/s)
  const at = path.startsWith('batch') ? `/api/${path}` : `/api/collections/${path}`
  const response = await api.request(method, at, {
    ...(body !== undefined && { json: body }),
    ...(headers && { headers }),
  })
  expectStatus(response, status)
  if (status >= 400) expect(errorProblem(response)).toBeUndefined()
  for (const text of lacks) expect(response.text).not.toContain(text)
  if (Array.isArray(gives)) expect(response.body.docs.map(({ id }: { id: string }) => id)).toEqual([...gives])
  else if (gives !== undefined) expect(response.body).toMatchObject(gives)
}

let isFresh = false

/** Only writes that succeeded leave something behind, but which those are is what is tested. */
async function reset(): Promise<void> {
  if (!isFresh) for (const collection of ['drops', ...Object.keys(DOCUMENTS)].reverse()) await clear(collection)
  for (const [collection, documents] of Object.entries(DOCUMENTS)) {
    expectStatus(await server.api.post(`/api/collections/${collection}`, withIds(documents, ids)), 201)
  }
  isFresh = false
}

async function clear(collection: string): Promise<void> {
  const { docs } = expectStatus(await server.api.list(collection), 200).body
  const operations = docs.map(({ id }: { id: string }) => ({ op: 'delete', collection, id }))
  if (operations.length > 0) expectStatus(await server.api.post('/api/batch', { operations }), 200)
}

const POST = { id: 'p', author_id: '$ann', title: 'P' }

describe('a rule that fails without looking at a document, or no rule', () => {
  testLines([
    ['anonymous', 'GET closed', 401, { lacks: ['hidden'] }],
    ['ann', 'GET closed', 403],
    ['adm', 'GET closed', 403],
    ['anonymous', 'POST closed', 401, { body: { id: 'x', text: 'x' } }],
    ['ann', 'POST closed', 403, { body: { id: 'x', text: 'x' } }],
    ['anonymous', 'GET closed/k', 404, { lacks: ['hidden'] }],
    ['adm', 'GET closed/k', 404],
    ['ann', 'PATCH closed/k', 404, { body: { text: 'x' } }],
    ['ann', 'PUT closed/k', 404, { body: { text: 'x' } }],
    ['ann', 'DELETE closed/k', 404],
    ['ann', 'GET closed/nothing', 404],
    ['anonymous', 'GET drops', 401],
    ['ann', 'GET drops', 403],
    ['anonymous', 'POST posts', 401, { body: POST }],
    ['new', 'POST posts', 403, { body: { ...POST, author_id: '$new' } }],
    ['bad', 'GET orders', 403],
    ['bad', 'GET orders/o3', 404],
    ['nul', 'GET orders', 403],
    ['key', 'GET closed', 200, { gives: ['k'] }],
  ])
})

describe('unreadable is absent: 404 by id, whatever the operation', () => {
  testLines([
    ['anonymous', 'GET posts', 200, { gives: ['bens', 'open'] }],
    ['ann', 'GET posts?count=true', 200, { gives: { total: 3 } }],
    ['ben', 'GET posts?count=true&limit=1', 200, { gives: { total: 2 } }],
    ['adm', 'GET posts', 200, { gives: ['bens', 'draft', 'open'] }],
    ['ben', 'GET posts/draft', 404],
    ['ben', 'PATCH posts/draft', 404, { body: { title: 'x' } }],
    ['ben', 'PUT posts/draft', 404, { body: { author_id: '$ben', title: 'x' } }],
    ['ben', 'DELETE posts/draft', 404],
    ['mod', 'DELETE posts/draft', 404],
    ['anonymous', 'GET posts/draft', 404],
    ['anonymous', 'DELETE posts/draft', 404],
    ['anonymous', 'PUT posts/draft', 404, { body: { author_id: '$ann', title: 'x' } }],
    ['anonymous', 'PUT posts/nothing', 404, { body: { author_id: '$ann', title: 'x' } }],
    ['ben', 'GET posts/draft?expand=author', 404],
    ['ben', 'PATCH posts/draft', 404, { body: { title: 'x' }, headers: { 'if-match': '"x"' } }],
    ['anonymous', 'GET comments', 200, { gives: ['c1', 'c3'] }],
    ['ann', 'GET comments', 200, { gives: ['c1', 'c2', 'c3'] }],
    ['ben', 'GET comments/c2', 404],
    ['bad', 'GET comments/c2', 404],
    ['bad', 'PATCH comments/c2', 404, { body: { text: 'x' } }],
    ['ann', 'GET orders', 200, { gives: ['o1'] }],
    ['mod', 'GET orders', 200, { gives: ['o1', 'o2', 'o3'] }],
    ['ann', 'GET orders/o2', 404],
    ['ann', 'DELETE orders/o2', 404],
  ])
})

describe('readable but not changeable: 401 or 403, and nothing is written', () => {
  testLines([
    ['anonymous', 'PATCH posts/open', 401, { body: { title: 'x' } }],
    ['anonymous', 'PUT posts/open', 401, { body: { author_id: '$ann', title: 'x' } }],
    ['anonymous', 'DELETE posts/open', 401],
    ['ben', 'PATCH posts/open', 403, { body: { title: 'x' } }],
    ['ben', 'PUT posts/open', 403, { body: { author_id: '$ben', title: 'x' } }],
    ['ben', 'DELETE posts/open', 403],
    ['adm', 'PATCH posts/draft', 403, { body: { title: 'x' } }],
    ['mod', 'DELETE posts/open', 409],
    ['mod', 'DELETE posts/bens', 204],
    ['adm', 'DELETE posts/bens', 204],
    ['ben', 'DELETE posts/bens', 204],
    ['ben', 'PATCH posts/bens', 200, { body: { title: 'x' }, gives: { title: 'x' } }],
    ['ben', 'PATCH orders/o2', 403, { body: { total: 8 } }],
    ['ben', 'DELETE orders/o2', 403],
    ['mod', 'PATCH orders/o2', 403, { body: { state: 'open' } }],
    ['ben', 'DELETE comments/c1', 403],
    ['ann', 'DELETE comments/c1', 204],
  ])
})

describe('a document cannot be given away, and old is what it was', () => {
  testLines([
    ['ann', 'PATCH posts/open', 403, { body: { author_id: '$ben' } }],
    ['ann', 'PUT posts/open', 403, { body: { author_id: '$ben', title: 'x' } }],
    ['ben', 'PATCH posts/open', 403, { body: { author_id: '$ben' } }],
    ['ann', 'PATCH posts/open', 200, { body: { author_id: '$ann', title: 'y' }, gives: { title: 'y' } }],
    ['mod', 'PATCH posts/open', 200, { body: { status: 'archived' }, gives: { id: 'open' } }],
    ['mod', 'PATCH posts/open', 403, { body: { status: 'archived', author_id: '$mod' } }],
    ['mod', 'PATCH posts/open', 403, { body: { status: 'draft' } }],
    ['mod', 'PATCH posts/open', 403, { body: { title: 'x' } }],
    ['adm', 'PATCH posts/draft', 403, { body: { status: 'archived' } }],
    ['ann', 'PATCH orders/o1', 200, { body: { total: 6 }, gives: { total: 6 } }],
    ['ann', 'PATCH orders/o1', 403, { body: { total: -1 } }],
    ['ann', 'PATCH orders/o1', 403, { body: { owner: '$ben' } }],
    ['ann', 'PATCH orders/o1', 200, { body: { state: 'closed' }, gives: { state: 'closed' } }],
    ['mod', 'PATCH orders/o1', 200, { body: { state: 'paid' }, gives: { state: 'paid' } }],
    ['mod', 'PATCH orders/o1', 403, { body: { total: 6 } }],
    ['mod', 'PATCH orders/o1', 200, { body: { owner: '$ben' }, gives: { owner: '$ben' } }],
    ['anonymous', 'PATCH versions/v', 200, { body: { n: 2 }, gives: { n: 2 } }],
    ['anonymous', 'PATCH versions/v', 200, { body: { n: { $inc: 1 } }, gives: { n: 2 } }],
    ['anonymous', 'PUT versions/v', 200, { body: { n: 2 }, gives: { n: 2 } }],
    ['ann', 'PATCH versions/v', 403, { body: { n: 3 } }],
    ['ann', 'PATCH versions/z', 403, { body: { n: 1 } }],
    ['ann', 'PATCH versions/v', 403, { body: {} }],
  ])
})

describe('new documents: the resulting one decides, with its defaults', () => {
  testLines([
    ['ann', 'POST posts', 201, { body: POST, gives: { id: 'p', status: 'draft', views: 0 } }],
    ['ann', 'POST posts', 403, { body: { ...POST, author_id: '$ben' } }],
    ['ann', 'PUT posts/p', 201, { body: { author_id: '$ann', title: 'P' }, gives: { id: 'p' } }],
    ['ann', 'PUT posts/p', 404, { body: { author_id: '$ben', title: 'P' } }],
    ['anonymous', 'PUT posts/p', 404, { body: { author_id: '$ben', title: 'P' } }],
    ['new', 'PUT versions/p', 201, { body: { n: 1 }, gives: { id: 'p' } }],
    ['ann', 'POST posts', 201, { body: [POST, { ...POST, id: 'q' }], gives: ['p', 'q'] }],
    ['ann', 'POST posts', 403, { body: [POST, { ...POST, id: 'q', author_id: '$ben' }] }],
    ['ann', 'POST orders', 201, { body: { id: 'o', owner: '$ann' }, gives: { total: 0, state: 'open' } }],
    ['ann', 'POST orders', 403, { body: { id: 'o', owner: '$ann', total: 1 } }],
    ['ann', 'POST orders', 403, { body: { id: 'o', owner: '$ben' } }],
    ['bad', 'POST orders', 403, { body: { id: 'o', owner: '$bad' } }],
    ['anonymous', 'POST orders', 401, { body: { id: 'o', owner: '$ann' } }],
    ['ben', 'POST comments', 201, { body: { id: 'c', post_id: 'open', by_id: '$ben', text: 't' }, gives: { id: 'c' } }],
    ['ben', 'POST comments', 403, { body: { id: 'c', post_id: 'draft', by_id: '$ben', text: 't' } }],
    ['ben', 'POST comments', 403, { body: { id: 'c', post_id: 'nothing', by_id: '$ben', text: 't' } }],
    ['anonymous', 'POST comments', 401, { body: { id: 'c', post_id: 'open', text: 't' } }],
    ['ben', 'PUT comments/c', 404, { body: { post_id: 'open', by_id: '$ben', text: 't' } }],
    ['ben', 'PATCH comments/c1', 200, { body: { text: 'x' }, gives: { text: 'x' } }],
    ['ben', 'PATCH comments/c1', 403, { body: { text: 'x', hidden: true } }],
    ['ben', 'PATCH comments/c1', 403, { body: { hidden: true } }],
    ['anonymous', 'PATCH comments/c3', 401, { body: { text: 'x' } }],
  ])
})

describe('created or updated but not readable: only the key', () => {
  testLines([
    [
      'anonymous',
      'POST drops',
      201,
      { body: { id: 'd', text: 'words' }, gives: { id: 'd' }, lacks: ['words', 'text'] },
    ],
    ['ann', 'POST drops', 201, { body: [{ id: 'd', text: 'words' }], gives: ['d'], lacks: ['words', 'text'] }],
    ['ann', 'PUT drops/d', 201, { body: { text: 'words' }, gives: { id: 'd' }, lacks: ['words'] }],
    [
      'ann',
      'POST comments',
      201,
      {
        body: { id: 'c', post_id: 'bens', by_id: '$ann', text: 'words', hidden: true },
        gives: { id: 'c' },
        lacks: ['words'],
      },
    ],
    ['mod', 'PATCH posts/open', 200, { body: { status: 'archived' }, gives: { id: 'open' }, lacks: ['title', 'Open'] }],
    ['ann', 'PATCH posts/open', 200, { body: { status: 'archived' }, gives: { title: 'Open' } }],
  ])
})

describe('requests, as rules see them', () => {
  const data = { id: 'x', text: 'hello' }
  testLines([
    ['anonymous', 'POST headers', 201, { body: data, headers: { 'X-Team': 'red' }, gives: data }],
    ['anonymous', 'POST headers', 401, { body: data, headers: { 'X-Team': 'blue' } }],
    ['anonymous', 'POST headers', 401, { body: data }],
    ['ann', 'POST headers', 403, { body: data }],
    ['anonymous', 'PATCH headers/h', 200, { body: { text: 'x' } }],
    ['anonymous', 'PUT headers/h', 401, { body: { text: 'x' } }],
    ['anonymous', 'PATCH headers/h', 401, { body: { text: 'x' }, headers: { nothing: '1' } }],
    ['anonymous', 'DELETE headers/h', 204],
  ])
})

describe('fields', () => {
  testLines([
    ['anonymous', 'GET posts/open', 200, { lacks: ['memo', 'staff', 'code', 'secret', 'm2'] }],
    ['ann', 'GET posts/open', 200, { gives: { memo: 'm2' }, lacks: ['staff', 'code', 'secret'] }],
    ['adm', 'GET posts/draft', 200, { gives: { staff: 's1', code: 'c1' }, lacks: ['memo', 'secret'] }],
    ['ann', 'GET posts?filter=memo:eq:m2', 200, { gives: ['open'] }],
    ['ben', 'GET posts?filter=memo:eq:m2', 200, { gives: [] }],
    ['ben', 'GET posts?filter=memo:eq:null', 200, { gives: ['bens', 'open'] }],
    ['ben', "GET posts?where=doc.memo == 'm2'", 200, { gives: [] }],
    ['ben', "GET posts?where=doc.memo != 'm2'", 200, { gives: ['bens', 'open'] }],
    ['ben', 'GET posts?sort=memo', 200, { gives: ['bens', 'open'] }],
    ['ann', 'GET posts?sort=-memo', 200, { gives: ['open', 'draft', 'bens'] }],
    ['ann', 'GET posts?filter=staff:eq:s1', 400],
    ['ann', 'GET posts?sort=staff', 400],
    ['ann', 'GET posts?fields=staff', 400],
    ['ann', "GET posts?where=doc.staff == 's1'", 400],
    ['adm', 'GET posts?filter=staff:eq:s1', 200, { gives: ['draft'] }],
    ['adm', 'GET posts?filter=secret:eq:x', 400],
    ['key', 'GET posts?filter=secret:eq:x', 400],
    ['key', 'GET posts/draft', 200, { lacks: ['secret'] }],
    ['ann', 'GET comments?filter=post.memo:eq:m2', 200, { gives: ['c1', 'c2'] }],
    ['ben', 'GET comments?filter=post.memo:eq:m2', 200, { gives: [] }],
    ['ben', 'GET comments?filter=post.staff:eq:s1', 400],
    ['ben', 'GET comments?filter=post.title:eq:Draft', 200, { gives: [] }],
    ['ann', 'GET comments?filter=post.title:eq:Draft', 200, { gives: ['c3'] }],
    ['ben', 'GET comments?sort=post.title', 200, { gives: ['c3', 'c1'] }],
    ['ben', "GET comments?where=doc.post.title == 'Draft'", 200, { gives: [] }],
    ['ben', 'GET comments?where=doc.post == null', 200, { gives: ['c3'] }],
    ['ben', "GET posts?where=posts.exists(p, p.id == 'draft')", 400],
    ['ann', 'PATCH posts/draft', 422, { body: { views: 7 }, lacks: ['staff'] }],
    ['ann', 'PATCH posts/draft', 422, { body: { staff: 'x' } }],
    ['ann', 'PATCH posts/draft', 422, { body: { secret: 'x' } }],
    ['ann', 'POST posts', 422, { body: { ...POST, views: 1 } }],
    ['ann', 'PATCH posts/draft', 403, { body: { pinned: true } }],
    ['ann', 'PATCH posts/open', 200, { body: { pinned: true }, gives: { pinned: true } }],
    ['ann', 'PATCH posts/draft', 403, { body: { pinned: true, status: 'published' } }],
    ['ann', 'POST posts', 201, { body: { ...POST, status: 'published', pinned: true }, gives: { pinned: true } }],
    ['ann', 'POST posts', 403, { body: { ...POST, pinned: true } }],
    ['ann', 'PATCH users/$ann', 422, { body: { role: 'admin' } }],
    ['ann', 'PATCH users/$ann', 422, { body: { verified: true } }],
    ['ann', 'PATCH users/$ben', 404, { body: { metadata: {} } }],
    ['ann', 'GET users', 200, { gives: ['$ann'] }],
    ['anonymous', 'GET users', 200, { gives: [] }],
  ])

  test('a field that does not exist for a caller is refused in the same words as one that never was', async () => {
    await reset()
    for (const query of ['filter=NAME:eq:x', 'sort=NAME', 'fields=NAME', "where=doc.NAME == 'x'"]) {
      const texts: string[] = []
      for (const name of ['staff', 'stafx', 'secret', 'secrex']) {
        const response = await apis.ann?.get(`/api/collections/posts?${query.replace('NAME', name)}`)
        texts.push(response?.body.error.message.replaceAll(name, 'NAME'))
      }
      expect(new Set(texts).size, `${query}: ${texts}`).toBe(1)
    }
  })

  test('PUT keeps what the caller may not read or write', async () => {
    await reset()
    const body = { author_id: ids.ann, title: 'New' }
    expectStatus((await apis.ann?.put('/api/collections/posts/draft', body)) as never, 200)
    expectStatus((await apis.ann?.put('/api/collections/posts/open', body)) as never, 200)
    const draft = await server.api.get('/api/collections/posts/draft')
    expect(draft.body).toMatchObject({ title: 'New', staff: 's1', code: 'c1', memo: null, slug: null })
    expect((await server.api.get('/api/collections/posts/open')).body).toMatchObject({ views: 3, status: 'draft' })
  })
})

describe('who may not write learns of no conflict', () => {
  const nobody = '00000000-0000-7000-8000-000000000000'
  testLines([
    ['ann', 'POST posts', 403, { body: { ...POST, author_id: '$ben', slug: 'open' } }],
    ['ann', 'POST posts', 403, { body: { ...POST, author_id: '$ben', id: 'draft' } }],
    ['ann', 'POST posts', 403, { body: { ...POST, author_id: nobody } }],
    ['ann', 'POST posts', 403, { body: [POST, { ...POST, id: 'q', author_id: '$ben', slug: 'open' }] }],
    ['ann', 'PATCH posts/draft', 403, { body: { slug: 'open', author_id: '$ben' } }],
    ['ann', 'PATCH posts/draft', 403, { body: { author_id: nobody } }],
    ['ann', 'PUT posts/draft', 403, { body: { author_id: '$ben', title: 'x', slug: 'open' } }],
    ['ann', 'PATCH posts/draft', 403, { body: { slug: 'open', pinned: true } }],
    ['mod', 'PATCH posts/open', 403, { body: { slug: 'draft', status: 'draft' } }],
    ['mod', 'PATCH posts/open', 409, { body: { slug: 'draft', status: 'archived' } }],
    ['mod', 'PATCH orders/o1', 403, { body: { owner: nobody, total: 6 } }],
    ['ann', 'PATCH posts/draft', 409, { body: { slug: 'open', title: 'x' } }],
  ])
})

describe('conflicts name only what the caller may read', () => {
  testLines([
    ['ann', 'POST posts', 409, { body: { ...POST, slug: 'open' }, gives: { error: { details: [{ field: 'slug' }] } } }],
    ['ann', 'POST posts', 409, { body: { ...POST, code: 'c3' }, lacks: ['code is', '"field":"code"'] }],
    ['ann', 'PATCH posts/draft', 409, { body: { slug: 'open' } }],
    ['ann', 'POST posts', 409, { body: { ...POST, id: 'bens' } }],
    ['ann', 'DELETE posts/open', 409, { gives: { error: { code: 'CONFLICT' } } }],
  ])
})

describe('expansions pass the rules of what they lead to', () => {
  testLines([
    ['ann', 'GET posts/open?expand=author', 200, { gives: { author: { id: '$ann' } } }],
    ['ben', 'GET posts/open?expand=author', 200, { gives: { author: null } }],
    ['anonymous', 'GET posts?expand=author', 200, { lacks: ['@example.com'] }],
    ['adm', 'GET posts/bens?expand=author', 200, { gives: { author: { email: 'ben@example.com' } } }],
    ['ben', 'GET posts/open?expand=comments', 200, { gives: { comments: [{ id: 'c1' }] }, lacks: ['spam'] }],
    ['ann', 'GET posts/open?expand=comments', 200, { gives: { comments: [{ id: 'c2' }, { id: 'c1' }] } }],
    ['ben', 'GET comments/c3?expand=post', 200, { gives: { post: null }, lacks: ['Draft'] }],
    ['ann', 'GET comments/c3?expand=post', 200, { gives: { post: { memo: 'm1' } }, lacks: ['s1'] }],
    [
      'ben',
      'GET comments/c1?expand=post.author',
      200,
      { gives: { post: { id: 'open', author: null } }, lacks: ['m2'] },
    ],
    ['ben', 'GET posts/bens?expand=author,comments.by', 200, { gives: { author: { id: '$ben' }, comments: [] } }],
    ['ben', 'GET posts/open?expand=comments.by', 200, { gives: { comments: [{ by: { id: '$ben' } }] } }],
    ['ann', 'GET posts/open?expand=comments.by', 200, { gives: { comments: [{ by: null }, { by: null }] } }],
    [
      'ann',
      'GET comments/c1?expand=post.comments.by',
      200,
      { gives: { post: { comments: [{ by: null }, { id: 'c1' }] } } },
    ],
    ['ben', 'GET posts?expand=author&fields=id,author', 200, { gives: ['bens', 'open'] }],
  ])
})

describe('batches: all or none, in order, each by its own rule', () => {
  const create = (id: string, author = '$ann') => ({
    op: 'create',
    collection: 'posts',
    data: { ...POST, id, author_id: author },
  })
  testLines([
    [
      'ann',
      'POST batch',
      200,
      {
        body: { operations: [create('p'), { op: 'delete', collection: 'posts', id: 'p' }] },
        gives: { results: [{ id: 'p' }, null] },
      },
    ],
    [
      'ann',
      'POST batch',
      403,
      { body: { operations: [create('p'), create('q', '$ben')] }, gives: { error: { operation: 1 } } },
    ],
    [
      'ben',
      'POST batch',
      404,
      {
        body: {
          operations: [create('p', '$ben'), { op: 'update', collection: 'posts', id: 'draft', data: { title: 'x' } }],
        },
        gives: { error: { operation: 1 } },
      },
    ],
    [
      'ben',
      'POST batch',
      403,
      { body: { operations: [{ op: 'delete', collection: 'posts', id: 'open' }] }, gives: { error: { operation: 0 } } },
    ],
    ['anonymous', 'POST batch', 401, { body: { operations: [create('p')] }, gives: { error: { operation: 0 } } }],
    [
      'ben',
      'POST batch',
      200,
      {
        body: {
          operations: [
            { op: 'update', collection: 'posts', id: 'bens', data: { title: 'x' } },
            { op: 'upsert', collection: 'posts', id: 'n', data: { author_id: '$ben', title: 'n' } },
          ],
        },
        gives: { results: [{ title: 'x' }, { id: 'n' }] },
      },
    ],
    [
      'ben',
      'POST batch',
      404,
      {
        body: {
          operations: [{ op: 'upsert', collection: 'posts', id: 'draft', data: { author_id: '$ben', title: 'n' } }],
        },
      },
    ],
    [
      'anonymous',
      'POST batch',
      200,
      {
        body: { operations: [{ op: 'create', collection: 'drops', data: { id: 'd', text: 'words' } }] },
        gives: { results: [{ id: 'd' }] },
        lacks: ['words'],
      },
    ],
    [
      'ann',
      'POST batch',
      200,
      {
        body: {
          operations: [
            create('p'),
            { op: 'update', collection: 'posts', id: 'p', data: { status: 'published' } },
            { op: 'update', collection: 'posts', id: 'p', data: { pinned: true } },
          ],
        },
        gives: { results: [{}, {}, { pinned: true }] },
      },
    ],
    [
      'ann',
      'POST batch',
      200,
      {
        body: {
          operations: [
            { op: 'update', collection: 'posts', id: 'draft', data: { status: 'published' } },
            { op: 'create', collection: 'drops', data: { id: 'd', text: 'x' } },
          ],
        },
      },
    ],
  ])

  test('what is refused has written nothing', async () => {
    await reset()
    const operations = withIds([create('p'), create('q', '$ben')], ids)
    expectStatus((await apis.ann?.post('/api/batch', { operations })) as never, 403)
    expectStatus(await server.api.get('/api/collections/posts/p'), 404)
  })
})
