import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openTestApi, type TestApi } from '../testing/open-api'
import { prefersMinimal } from './prefer'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi(`
version: 1
collections:
  notes:
    fields: &fields
      id:   { type: string, primary: true }
      text: { type: string }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
  drops:
    fields: *fields
    rules: { create: "true" }
  drafts:
    fields: *fields
    rules: { create: "true", read: "doc.text == 'open'", update: "true" }
`)
})
afterAll(() => api.close())

const MINIMAL = { prefer: 'return=minimal' }

describe('Prefer: return=minimal', () => {
  test('a new document has a Location, its ETag and no body', async () => {
    for (const id of ['a1', 'live', '~b', 'with / and é']) {
      const created = await api.anonymous('POST', '/collections/notes', { id, text: 'x' }, MINIMAL)
      expect(created).toMatchObject({ status: 201, body: null })
      expect(created.headers.get('koyalite-seq')).not.toBeNull()
      expect(created.headers.get('preference-applied')).toBe('return=minimal')
      const path = (created.headers.get('location') as string).replace(/^\/api/, '')
      const found = await api.anonymous('GET', path)
      expect(found).toMatchObject({ status: 200, body: { id, text: 'x' } })
      expect(created.headers.get('etag')).toBe(found.headers.get('etag'))
    }
  })

  test('a change is a 204 with its ETag, whether something differs or not; a delete as always', async () => {
    await api.anonymous('POST', '/collections/notes', { id: 'c', text: 'x' })
    for (const [method, text] of [
      ['PATCH', 'y'],
      ['PATCH', 'y'],
      ['PUT', 'z'],
    ] as const) {
      const changed = await api.anonymous(method, '/collections/notes/c', { text }, MINIMAL)
      expect(changed).toMatchObject({ status: 204, body: null })
      expect(changed.headers.get('location')).toBeNull()
      const found = await api.anonymous('GET', '/collections/notes/c')
      expect(found.body.text).toBe(text)
      expect(changed.headers.get('etag')).toBe(found.headers.get('etag'))
      const next = { ...MINIMAL, 'if-match': changed.headers.get('etag') as string }
      expect((await api.anonymous('PATCH', '/collections/notes/c', { text }, next)).status).toBe(204)
    }
    expect(await api.anonymous('DELETE', '/collections/notes/c', undefined, MINIMAL)).toMatchObject({ status: 204 })
  })

  test('a document that its writer may not read has no ETag', async () => {
    const dropped = await api.anonymous('POST', '/collections/drops', { id: 'a', text: 'x' }, MINIMAL)
    expect(dropped.headers.get('location')).toBe('/api/collections/drops/~a')
    expect(dropped.headers.get('etag')).toBeNull()
    const open = await api.anonymous('PUT', '/collections/drafts/a', { text: 'open' }, MINIMAL)
    expect(open).toMatchObject({ status: 201, body: null })
    expect(open.headers.get('etag')).not.toBeNull()
    const closed = await api.anonymous('PATCH', '/collections/drafts/a', { text: 'closed' }, MINIMAL)
    expect(closed).toMatchObject({ status: 204, body: null })
    expect(closed.headers.get('etag')).toBeNull()
  })

  test('errors, arrays and repeated requests are what they are without it', async () => {
    const call = (body: unknown, headers: Record<string, string> = MINIMAL) =>
      api.anonymous('POST', '/collections/notes', body, headers)
    expect((await call({ id: 'd', text: 5 })).body.error.code).toBe('VALIDATION_ERROR')
    expect((await call([{ id: 'd', text: 'x' }])).body).toEqual({ docs: [{ id: 'd', text: 'x' }] })
    const key = { 'idempotency-key': crypto.randomUUID() }
    expect(await call({ id: 'e', text: 'x' }, key)).toMatchObject({ status: 201, body: { id: 'e', text: 'x' } })
    const again = await call({ id: 'e', text: 'x' }, { ...key, ...MINIMAL })
    expect(again).toMatchObject({ status: 201, body: null })
    expect(again.headers.get('location')).toBe('/api/collections/notes/~e')
  })
})

test.each([
  ['return=minimal', true],
  ['respond-async, Return="minimal"; x=1', true],
  ['return=representation', false],
  ['return=representation, return=minimal', false],
  ['return=minimalist', false],
  ['noreturn=minimal', false],
  ['', false],
])('Prefer: %s', (prefer, isMinimal) => {
  expect(prefersMinimal(new Headers({ prefer }))).toBe(isMinimal)
})
