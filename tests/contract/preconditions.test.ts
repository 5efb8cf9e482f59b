import { describe, expect, test } from 'bun:test'
import { createApi, createKey, expectError, expectStatus, useServer } from '@koyalite/testkit'
import { NOTES } from '../fixtures/schemas'

const OPEN = `
  open:
    fields: { id: { type: uuid, primary: true, default: auto }, text: { type: string } }
    rules: { create: "true", read: "true" }
`
const server = useServer({ schema: `${NOTES.trimEnd()}\n${OPEN}` })
const NOTES_URL = '/api/collections/notes'

async function makeNote(): Promise<{ path: string; etag: string }> {
  const response = expectStatus(await server.api.post(NOTES_URL, { text: 'x' }), 201)
  return { path: `${NOTES_URL}/${response.body.id}`, etag: response.headers.get('etag') ?? '' }
}
const etagOf = async (path: string) => (await server.api.get(path)).headers.get('etag')
const total = async () => (await server.api.list('notes', { limit: 1, count: true })).body.total

describe('ETag and If-Match', () => {
  test('a document has an ETag, the same in every response, a new one after every change', async () => {
    const { path, etag } = await makeNote()
    expect(etag).toMatch(/^(W\/)?"[^"]+"$/)
    expect(await etagOf(path)).toBe(etag)
    const patched = await server.api.patch(path, { n: 1 })
    expect(patched.headers.get('etag')).not.toBe(etag)
    expect(await etagOf(path)).toBe(patched.headers.get('etag'))
    const put = await server.api.put(path, { text: 'y' })
    expect(put.headers.get('etag')).not.toBe(patched.headers.get('etag'))
    expect(await etagOf(path)).toBe(put.headers.get('etag'))
  })

  test('a matching ETag allows a write', async () => {
    const { path, etag } = await makeNote()
    const patched = expectStatus(await server.api.patch(path, { n: 1 }, { 'if-match': etag }), 200)
    const next = patched.headers.get('etag') ?? ''
    const put = expectStatus(await server.api.put(path, { text: 'y' }, { 'if-match': next }), 200)
    expectStatus(await server.api.delete(path, { headers: { 'if-match': put.headers.get('etag') ?? '' } }), 204)
  })

  test('a stale ETag is a 412, and nothing changes', async () => {
    const { path, etag } = await makeNote()
    const moved = expectStatus(await server.api.patch(path, { n: 1 }), 200)
    const stale = { 'if-match': etag }
    expectError(await server.api.patch(path, { n: 2 }, stale), 'PRECONDITION_FAILED')
    expectError(await server.api.put(path, { text: 'y' }, stale), 'PRECONDITION_FAILED')
    expectError(await server.api.delete(path, { headers: stale }), 'PRECONDITION_FAILED')
    expect((await server.api.get(path)).body).toEqual(moved.body)
  })

  test('lists of ETags and * work as HTTP defines', async () => {
    const { path, etag } = await makeNote()
    expectStatus(await server.api.patch(path, { n: 1 }, { 'if-match': `"other", ${etag}` }), 200)
    expectStatus(await server.api.patch(path, { n: 2 }, { 'if-match': '*' }), 200)
  })

  test('PUT with If-Match never creates', async () => {
    const id = crypto.randomUUID()
    const response = await server.api.put(`${NOTES_URL}/${id}`, { text: 'x' }, { 'if-match': '"any"' })
    expectError(response, 'PRECONDITION_FAILED')
    expectError(await server.api.get(`${NOTES_URL}/${id}`), 'NOT_FOUND')
  })

  test('PUT with If-None-Match does not replace a matching document', async () => {
    const { path, etag } = await makeNote()
    for (const tags of ['*', etag, `"other", ${etag}`])
      expectError(await server.api.put(path, { text: 'y' }, { 'if-none-match': tags }), 'PRECONDITION_FAILED')
    expect(await etagOf(path)).toBe(etag)
    expectStatus(await server.api.put(path, { text: 'y' }, { 'if-none-match': '"other"' }), 200)
    const fresh = `${NOTES_URL}/${crypto.randomUUID()}`
    const writes = Array.from({ length: 10 }, () => server.api.put(fresh, { text: 'x' }, { 'if-none-match': '*' }))
    const statuses = (await Promise.all(writes)).map((response) => response.status).sort()
    expect(statuses).toEqual([201, ...Array.from({ length: 9 }, () => 412)])
  })

  test('of many writers with the same ETag exactly one wins', async () => {
    const { path, etag } = await makeNote()
    const writes = Array.from({ length: 30 }, (_, n) => server.api.patch(path, { n: n + 1 }, { 'if-match': etag }))
    const statuses = (await Promise.all(writes)).map((response) => response.status).sort()
    expect(statuses).toEqual([200, ...Array.from({ length: 29 }, () => 412)])
  })
})

describe('Idempotency-Key', () => {
  const key = () => ({ 'idempotency-key': crypto.randomUUID() })

  test('returns the first response again, and writes once', async () => {
    const header = key()
    const before = await total()
    const first = expectStatus(await server.api.post(NOTES_URL, { text: 'once' }, header), 201)
    const again = expectStatus(await server.api.post(NOTES_URL, { text: 'once' }, header), 201)
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'))
    expect(await total()).toBe(before + 1)
  })

  test('also after the document has changed, and after a restart of the server', async () => {
    const header = key()
    const first = expectStatus(await server.api.post(NOTES_URL, { text: 'kept' }, header), 201)
    expectStatus(await server.api.patch(`${NOTES_URL}/${first.body.id}`, { n: 9 }), 200)
    await server.restart()
    expect(expectStatus(await server.api.post(NOTES_URL, { text: 'kept' }, header), 201).body).toEqual(first.body)
  })

  test('works for PATCH, PUT, DELETE, arrays and batches too', async () => {
    const { path } = await makeNote()
    const inc = key()
    expect((await server.api.patch(path, { n: { $inc: 1 } }, inc)).body.n).toBe(1)
    expect((await server.api.patch(path, { n: { $inc: 1 } }, inc)).body.n).toBe(1)
    expect((await server.api.get(path)).body.n).toBe(1)
    const before = await total()
    const many = key()
    const docs = (await server.api.post(NOTES_URL, [{ text: 'a' }, { text: 'b' }], many)).body
    expect((await server.api.post(NOTES_URL, [{ text: 'a' }, { text: 'b' }], many)).body).toEqual(docs)
    const batched = key()
    const operations = [{ op: 'create', collection: 'notes', data: { text: 'c' } }]
    const results = (await server.api.post('/api/batch', { operations }, batched)).body
    expect((await server.api.post('/api/batch', { operations }, batched)).body).toEqual(results)
    expect(await total()).toBe(before + 3)
    const put = key()
    const id = crypto.randomUUID()
    const replaced = await server.api.put(`${NOTES_URL}/${id}`, { text: 'd' }, put)
    const replayed = await server.api.put(`${NOTES_URL}/${id}`, { text: 'd' }, put)
    expect([replayed.status, replayed.body]).toEqual([replaced.status, replaced.body])
    const gone = key()
    expectStatus(await server.api.delete(path, { headers: gone }), 204)
    expectStatus(await server.api.delete(path, { headers: gone }), 204)
  })

  test('sent many times concurrently writes once, and all get the same response', async () => {
    const before = await total()
    const header = key()
    const responses = await Promise.all(
      Array.from({ length: 40 }, () => server.api.post(NOTES_URL, { text: 'parallel' }, header)),
    )
    expect(new Set(responses.map((response) => response.status))).toEqual(new Set([201]))
    expect(new Set(responses.map((response) => response.body.id)).size).toBe(1)
    expect(await total()).toBe(before + 1)
  })

  test('reused for another body, document or route never writes', async () => {
    const header = key()
    const first = expectStatus(await server.api.post(NOTES_URL, { text: 'mine' }, header), 201)
    const before = await total()
    for (const response of [
      await server.api.post(NOTES_URL, { text: 'other' }, header),
      await server.api.patch(`${NOTES_URL}/${first.body.id}`, { text: 'other' }, header),
      await server.api.put(`${NOTES_URL}/${crypto.randomUUID()}`, { text: 'other' }, header),
    ]) {
      expectError(response, 'CONFLICT')
    }
    expect(await total()).toBe(before)
    expect((await server.api.get(`${NOTES_URL}/${first.body.id}`)).body.text).toBe('mine')
  })

  test('is scoped to its actor: another one neither sees the response nor is blocked', async () => {
    const header = key()
    const first = expectStatus(await server.api.post(NOTES_URL, { text: 'same' }, header), 201)
    const other = createApi(server.process.url, await createKey(server.project))
    const second = expectStatus(await other.post(NOTES_URL, { text: 'same' }, header), 201)
    expect(second.body.id).not.toBe(first.body.id)
  })

  test('of an anonymous caller needs at least 22 characters, and never matches those of others', async () => {
    const open = '/api/collections/open'
    for (const short of ['1', 'a'.repeat(21)]) {
      const refused = await server.anonymous.post(open, { text: 'x' }, { 'idempotency-key': short })
      expectError(refused, 'INVALID_REQUEST')
      expect(refused.body.error.message).toContain('at least 22 characters')
      expectStatus(await server.api.post(open, { text: 'x' }, { 'idempotency-key': short }), 201)
    }
    const header = key()
    const first = expectStatus(await server.anonymous.post(open, { text: 'x' }, header), 201)
    expect((await server.anonymous.post(open, { text: 'x' }, header)).body).toEqual(first.body)
    expectStatus(await server.anonymous.post(open, { text: 'x' }, key()), 201)
    // Another actor's key is another one.
    expect((await server.api.post(open, { text: 'x' }, header)).body.id).not.toBe(first.body.id)
  })

  test('of a request with a very large response: not executed twice, and repeated with a 409', async () => {
    const header = key()
    const body = { text: 'x'.repeat(1_100_000) }
    expectStatus(await server.api.post('/api/collections/open', body, header), 201)
    const before = (await server.api.list('open', { count: true, limit: 1 })).body.total
    expectError(await server.api.post('/api/collections/open', body, header), 'CONFLICT')
    expect((await server.api.list('open', { count: true, limit: 1 })).body.total).toBe(before)
  })

  test('has no effect on signing in, whose responses contain tokens', async () => {
    const header = key()
    const email = `${crypto.randomUUID()}@example.com`
    const account = { email, password: 'correct horse battery' }
    const first = expectStatus(await server.anonymous.post('/api/auth/register', account, header), 201)
    expectError(await server.anonymous.post('/api/auth/register', account, header), 'CONFLICT')
    const again = expectStatus(await server.anonymous.post('/api/auth/login', account, header), 200)
    expect(again.body.access_token).not.toBe(first.body.access_token)
  })

  test('a refused write can be corrected and sent with a new key', async () => {
    const header = key()
    const first = await server.api.post(NOTES_URL, { text: 7 }, header)
    expectError(first, 'VALIDATION_ERROR')
    expectError(await server.api.post(NOTES_URL, { text: 7 }, header), 'VALIDATION_ERROR')
    expectStatus(await server.api.post(NOTES_URL, { text: 'seven' }, key()), 201)
  })

  test('an absurd key is a clear 4xx or a plain success', async () => {
    for (const [value, status] of [
      ['x'.repeat(5000), 400],
      ['"', 201],
      ["'; DROP TABLE notes; --", 201],
      ['ünïcode', 201],
    ] as const) {
      const response = await server.api.post(NOTES_URL, { text: 'x' }, { 'idempotency-key': encodeURI(value) })
      expectStatus(response, status)
    }
  })
})

describe('Koyalite-Seq', () => {
  const parse = (text: string | null): { epoch: string; n: number } => {
    expect(text).toMatch(/^.+\.\d+$/)
    const dot = (text ?? '').lastIndexOf('.')
    return { epoch: (text ?? '').slice(0, dot), n: Number((text ?? '').slice(dot + 1)) }
  }

  test('is in every response to a read or write, and grows with every change', async () => {
    const { path } = await makeNote()
    const responses = [
      await server.api.list('notes'),
      await server.api.post(NOTES_URL, { text: 'a' }),
      await server.api.get(path),
      await server.api.patch(path, { n: 1 }),
      await server.api.put(path, { text: 'b' }),
      await server.api.post('/api/batch', {
        operations: [{ op: 'update', collection: 'notes', id: path.split('/').at(-1), data: { n: 5 } }],
      }),
      await server.api.delete(path),
      await server.api.list('notes'),
    ]
    const seqs = responses.map((response) => parse(response.headers.get('koyalite-seq')))
    expect(new Set(seqs.map((seq) => seq.epoch)).size).toBe(1)
    const n = seqs.map((seq) => seq.n)
    expect(n).toEqual([...n].sort((a, b) => a - b))
    for (const write of [1, 3, 4, 5, 6]) expect(n[write]).toBeGreaterThan(n[write - 1] ?? 0)
    expect(n[2]).toBe(n[1] ?? 0)
  })

  test('never decreases for a client while many write', async () => {
    const client = async () => {
      let last = 0
      for (let i = 0; i < 25; i++) {
        const response =
          i % 2 ? await server.api.post(NOTES_URL, { text: 'busy' }) : await server.api.list('notes', { limit: 1 })
        const { n } = parse(response.headers.get('koyalite-seq'))
        expect(n).toBeGreaterThanOrEqual(last)
        last = n
      }
    }
    await Promise.all(Array.from({ length: 16 }, client))
  })

  test('a write is visible to every read whose response has its seq', async () => {
    for (let i = 0; i < 50; i++) {
      const made = await server.api.post(NOTES_URL, { text: 'mine' })
      const read = await server.api.get(`${NOTES_URL}/${made.body.id}`)
      expect(read.status).toBe(200)
      expect(parse(read.headers.get('koyalite-seq')).n).toBeGreaterThanOrEqual(
        parse(made.headers.get('koyalite-seq')).n,
      )
    }
  })

  test('keeps its epoch across a clean restart', async () => {
    const before = parse((await server.api.list('notes')).headers.get('koyalite-seq'))
    await server.restart('SIGTERM')
    expect(parse((await server.api.list('notes')).headers.get('koyalite-seq'))).toEqual(before)
  })
})
