import { describe, expect, test } from 'bun:test'
import { expectError, expectStatus, fieldsOf, useServer } from '@koyalite/testkit'

const server = useServer({
  schema: `
version: 1
types:
  status: { enum: [draft, published] }
collections:
  posts:
    fields:
      id:         { type: uuid, primary: true, default: auto }
      title:      { type: string, default: untitled }
      status:     { type: status, default: draft }
      score:      { type: float, default: 0.5 }
      views:      { type: int, default: 3 }
      open:       { type: bool, default: true }
      meta:       { type: json, default: { a: [1] } }
      note:       { type: string, nullable: true }
      inner_note: { type: string, internal: true, default: hush }
      created_at: { type: timestamp, default: now }
      updated_at: { type: timestamp, default: now, onUpdate: now }
  counters:
    fields:
      id: { type: int, primary: true, default: auto }
      n:  { type: int }
  codes:
    fields:
      code: { type: string, primary: true, maxLength: 10 }
      n:    { type: int, default: 0 }
  select:
    fields:
      id:    { type: int, primary: true, default: auto }
      order: { type: int, unique: true }
      group: { type: string, nullable: true }
`,
})
const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const MISSING = '0190a5f0-7b1c-7def-8abc-0123456789ab'

describe('defaults', () => {
  test('fill missing fields of a new document', async () => {
    const before = Date.now()
    const response = expectStatus(await server.api.post('/api/collections/posts', {}), 201)
    const { id, created_at, updated_at, ...rest } = response.body
    expect(rest).toEqual({
      title: 'untitled',
      status: 'draft',
      score: 0.5,
      views: 3,
      open: true,
      meta: { a: [1] },
      note: null,
    })
    expect(id).toMatch(UUID7)
    expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(Date.parse(created_at)).toBeGreaterThanOrEqual(before)
    expect(Date.parse(created_at)).toBeLessThanOrEqual(Date.now())
    expect(updated_at).toBe(created_at)
  })

  test('yield to given values', async () => {
    const said = {
      title: 'x',
      status: 'published',
      score: 1,
      views: 0,
      open: false,
      meta: null,
      note: 'y',
      created_at: '2020-01-01T00:00:00.000Z',
    }
    const response = await server.api.post('/api/collections/posts', { ...said, meta: [] })
    expect(expectStatus(response, 201).body).toMatchObject({ ...said, meta: [] })
  })

  test('null is a value, not an absence: a field that is not nullable refuses it', async () => {
    expectError(await server.api.post('/api/collections/posts', { views: null }), 'VALIDATION_ERROR')
  })

  test('uuids of documents created in sequence ascend', async () => {
    const ids: string[] = []
    for (let i = 0; i < 20; i++) ids.push((await server.api.post('/api/collections/posts', {})).body.id)
    expect(ids).toEqual([...ids].sort())
    expect(new Set(ids).size).toBe(20)
  })
})

test('onUpdate: now moves with every real change', async () => {
  const made = (await server.api.post('/api/collections/posts', { updated_at: '2020-01-01T00:00:00.000Z' })).body
  const path = `/api/collections/posts/${made.id}`
  const patched = expectStatus(await server.api.patch(path, { views: 9 }), 200).body
  expect(Date.parse(patched.updated_at)).toBeGreaterThan(Date.parse('2025-01-01'))
  expect(patched.created_at).toBe(made.created_at)
})

describe('internal fields', () => {
  test('are in no response', async () => {
    const made = await server.api.post('/api/collections/posts', {})
    const path = `/api/collections/posts/${made.body.id}`
    const responses = [
      made,
      await server.api.get(path),
      await server.api.list('posts'),
      await server.api.patch(path, { views: 1 }),
      await server.api.put(path, {}),
    ]
    for (const response of responses) {
      expect(response.status).toBeLessThan(300)
      expect(response.text).not.toContain('inner_note')
      expect(response.text).not.toContain('hush')
    }
    expect((await server.api.get('/api/openapi.json')).text).not.toContain('inner_note')
  })

  test('do not exist in any clause', async () => {
    expectError(await server.api.list('posts', { filter: 'inner_note:eq:hush' }), 'INVALID_FILTER')
    expectError(await server.api.list('posts', { where: "doc.inner_note == 'hush'" }), 'INVALID_FILTER')
    expectError(await server.api.list('posts', { sort: 'inner_note' }), 'INVALID_SORT')
    expectError(await server.api.list('posts', { fields: 'id,inner_note' }), 'INVALID_REQUEST')
  })

  test('cannot be written', async () => {
    expectError(
      await server.api.post('/api/collections/posts', { inner_note: 'x' }),
      'VALIDATION_ERROR',
      'INVALID_REQUEST',
    )
  })
})

describe('keys', () => {
  test('a client may choose a uuid; it is lower-cased, and found in either case', async () => {
    const id = '0190A5F0-7B1C-7DEF-8ABC-00000000000A'
    expect(expectStatus(await server.api.post('/api/collections/posts', { id }), 201).body.id).toBe(id.toLowerCase())
    expectStatus(await server.api.get(`/api/collections/posts/${id}`), 200)
    expectStatus(await server.api.get(`/api/collections/posts/${id.toLowerCase()}`), 200)
  })

  test('a taken key is a conflict that names the field', async () => {
    const { id } = (await server.api.post('/api/collections/posts', {})).body
    const response = await server.api.post('/api/collections/posts', { id })
    expectError(response, 'CONFLICT')
    expect(response.body.error.details.map((detail: { field: string }) => detail.field)).toEqual(['id'])
  })

  test('an int auto key increments, and is never reused', async () => {
    const first = (await server.api.post('/api/collections/counters', { n: 1 })).body.id
    const second = (await server.api.post('/api/collections/counters', { n: 2 })).body.id
    expect(second).toBe(first + 1)
    expectStatus(await server.api.delete(`/api/collections/counters/${second}`), 204)
    expect((await server.api.post('/api/collections/counters', { n: 3 })).body.id).toBe(second + 1)
  })

  test('nobody can exhaust the int auto keys by choosing the last one', async () => {
    for (const id of [2 ** 53 - 1, 2 ** 52 + 1]) {
      const refused = [
        await server.api.post('/api/collections/counters', { id, n: 0 }),
        await server.api.put(`/api/collections/counters/${id}`, { n: 0 }),
        await server.api.post('/api/batch', {
          operations: [{ op: 'upsert', collection: 'counters', id, data: { n: 0 } }],
        }),
      ]
      for (const response of refused) {
        expectError(response, 'VALIDATION_ERROR')
        expect(fieldsOf(response)).toEqual(['id'])
      }
    }
    expectStatus(await server.api.post('/api/collections/counters', { id: 2 ** 52, n: 0 }), 201)
    const next = expectStatus(await server.api.post('/api/collections/counters', { n: 0 }), 201).body
    expect(next.id).toBe(2 ** 52 + 1)
    expectStatus(await server.api.delete(`/api/collections/counters/${next.id}`), 204)
  })

  test('a chosen int key', async () => {
    expectStatus(await server.api.post('/api/collections/counters', { id: 1000, n: 1 }), 201)
    expect((await server.api.get('/api/collections/counters/1000')).body).toEqual({ id: 1000, n: 1 })
  })

  test('a string key without a default is required, and may contain characters that a URL must escape', async () => {
    expectError(await server.api.post('/api/collections/codes', {}), 'VALIDATION_ERROR')
    for (const code of ['a b', 'ü/%?#', '..%2f', 'null', "'"]) {
      expectStatus(await server.api.post('/api/collections/codes', { code }), 201)
      const response = await server.api.get(`/api/collections/codes/${encodeURIComponent(code)}`)
      expect(expectStatus(response, 200).body).toEqual({ code, n: 0 })
      expectStatus(await server.api.delete(`/api/collections/codes/${encodeURIComponent(code)}`), 204)
    }
  })

  test('a string key must be addressable in a URL', async () => {
    for (const code of ['', '.', '..']) {
      for (const response of [
        await server.api.post('/api/collections/codes', { code }),
        await server.api.post('/api/batch', {
          operations: [{ op: 'upsert', collection: 'codes', id: code, data: {} }],
        }),
      ]) {
        expectError(response, 'VALIDATION_ERROR')
        expect(fieldsOf(response)).toEqual(['code'])
      }
    }
    for (const code of ['...', '.a', 'a/..', '%2e', '%2e%2e']) {
      const { body } = expectStatus(await server.api.post('/api/collections/codes', { code }), 201)
      const path = `/api/collections/codes/${encodeURIComponent(code)}`
      expect(expectStatus(await server.api.get(path), 200).body).toEqual(body)
      expectStatus(await server.api.delete(path), 204)
    }
  })

  test('a key that is invalid for its type is not found', async () => {
    for (const path of [
      'posts/7',
      'posts/x',
      'counters/abc',
      'counters/1.5',
      'counters/99999999999999999999',
      'codes/nothere',
    ]) {
      expectError(await server.api.get(`/api/collections/${path}`), 'NOT_FOUND')
    }
    expectError(await server.api.get(`/api/collections/posts/${MISSING}`), 'NOT_FOUND')
  })

  test('a PATCH or PUT never moves a document to another key', async () => {
    const { id } = (await server.api.post('/api/collections/posts', { title: 'stay' })).body
    for (const response of [
      await server.api.patch(`/api/collections/posts/${id}`, { id: MISSING }),
      await server.api.put(`/api/collections/posts/${id}`, { id: MISSING, title: 'stay' }),
    ]) {
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.status).toBeLessThan(500)
    }
    expectStatus(await server.api.get(`/api/collections/posts/${id}`), 200)
    expectError(await server.api.get(`/api/collections/posts/${MISSING}`), 'NOT_FOUND')
  })
})

test('SQL keywords are valid names', async () => {
  const made = expectStatus(await server.api.post('/api/collections/select', { order: 1, group: 'a' }), 201)
  expectStatus(await server.api.patch(`/api/collections/select/${made.body.id}`, { order: { $inc: 1 } }), 200)
  const list = await server.api.list('select', {
    filter: 'order:eq:2',
    sort: '-group,order',
    fields: 'order,group',
    where: 'doc.order > 1',
  })
  expect(expectStatus(list, 200).body.docs).toEqual([{ order: 2, group: 'a' }])
  expectError(await server.api.post('/api/collections/select', { order: 2 }), 'CONFLICT')
})

describe('a key after ~', () => {
  const at = (key: string) => `/api/collections/codes/~${encodeURIComponent(key)}`

  test.each(['live', 'aggregate', 'suggest', '~', '~x', '~~x', 'a/b', '...', 'a b', '%7E', 'plain'])(
    'is that of the document, whatever it is: %s',
    async (code) => {
      expectStatus(await server.api.put(at(code), { n: 1 }), 201)
      expect(expectStatus(await server.api.get(at(code)), 200).body).toEqual({ code, n: 1 })
      expect(expectStatus(await server.api.patch(at(code), { n: 2 }), 200).body).toEqual({ code, n: 2 })
      expect(expectStatus(await server.api.put(at(code), { n: 3 }), 200).body).toEqual({ code, n: 3 })
      expect((await server.api.list('codes', { filter: `code:eq:${code}` })).body.docs).toEqual([{ code, n: 3 }])
      expectStatus(await server.api.delete(at(code)), 204)
      expectError(await server.api.get(at(code)), 'NOT_FOUND')
    },
  )

  test('may be of any type, and every spelling is the same key', async () => {
    const { id } = expectStatus(await server.api.post('/api/collections/posts', {}), 201).body
    expect(expectStatus(await server.api.get(`/api/collections/posts/~${id.toUpperCase()}`), 200).body.id).toBe(id)
    const counter = expectStatus(await server.api.post('/api/collections/counters', { n: 1 }), 201).body
    expectStatus(await server.api.delete(`/api/collections/counters/~${counter.id}`), 204)
    expectError(await server.api.get('/api/collections/counters/~~1'), 'NOT_FOUND')
  })

  test('a key that begins with ~ needs another ~', async () => {
    expectStatus(await server.api.post('/api/collections/codes', { code: '~y' }), 201)
    expectError(await server.api.get('/api/collections/codes/~y'), 'NOT_FOUND')
    expectStatus(await server.api.get('/api/collections/codes/~~y'), 200)
    expectStatus(await server.api.get('/api/collections/codes/%7E~y'), 200)
  })
})
