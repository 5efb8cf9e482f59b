import { beforeEach, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { openTestApi, type TestApi, user } from '../testing/open-api'
import { inOrder } from './run-batch'

const ANN = '00000000-0000-7000-8000-00000000000a'

const SCHEMA = `
version: 1
collections:
  notes:
    fields:
      id: { type: string, primary: true }
      tag: { type: string, unique: true, nullable: true }
      n: { type: int }
    rules:
      create: "doc.n < 90 && !notes.exists(n, n.n > doc.n)"
      read: "true"
  nodes:
    fields:
      id: { type: string, primary: true }
      parent_id: { type: string, nullable: true, references: nodes.id }
    rules: { create: "true", read: "true" }
  counted:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: string }
    rules: { create: "true", read: "true" }
  labels:
    fields:
      id: { type: string, primary: true }
      tag: { type: string, unique: true, nullable: true }
      n: { type: int }
    rules: { create: "doc.n < 90", read: "true", update: "doc.n < 80", delete: "true" }
`

let api: TestApi

beforeEach(async () => {
  api = await openTestApi(SCHEMA)
  await api.system('POST', '/collections/users', { id: ANN, email: 'ann@example.com' })
})

const create = (path: string, body: unknown) => api.as(user(ANN))('POST', path, body)
const notes = (...numbers: number[]) => numbers.map((n) => ({ id: `n${n}`, n }))

describe('many new documents', () => {
  test('come back in the order in which they were sent, however many', async () => {
    for (const count of [1, 2, 3, 50, 127, 128, 129, 1000]) {
      const documents = Array.from({ length: count }, (_, index) => ({ text: `${count}: ${index}` }))
      const { status, body } = await create('/collections/counted', documents)
      expect(status).toBe(201)
      expect(body.docs.map((doc: { text: string }) => doc.text)).toEqual(documents.map(({ text }) => text))
      const ids = body.docs.map((doc: { id: number }) => doc.id)
      expect(ids).toEqual(ids.toSorted((one: number, other: number) => one - other))
    }
  })

  test('are checked one after the other: a rule sees those before, and none after', async () => {
    expect((await create('/collections/notes', notes(1, 2, 3, 4, 5))).status).toBe(201)
    const refused = await create('/collections/notes', notes(10, 11, 9, 12))
    expect(refused.status).toBe(403)
    expect(refused.body.error.operation).toBe(2)
    expect((await api.system('GET', '/collections/notes?count=true')).body.total).toBe(5)
  })

  test('fail by the first of them that is wrong, whatever is wrong with later ones', async () => {
    const taken = { id: 'b', n: 2, tag: 'x' }
    const refusedFirst = await create('/collections/notes', [{ id: 'a', n: 1, tag: 'x' }, { id: 'z', n: 95 }, taken])
    expect([refusedFirst.status, refusedFirst.body.error.operation]).toEqual([403, 1])
    const takenFirst = await create('/collections/notes', [{ id: 'a', n: 1, tag: 'x' }, taken, { id: 'z', n: 95 }])
    expect([takenFirst.status, takenFirst.body.error.operation]).toEqual([409, 1])
    expect(takenFirst.body.error.details).toMatchObject([{ field: 'tag', code: 'unique' }])
    expect((await api.system('GET', '/collections/notes?count=true')).body.total).toBe(0)
  })

  test('may refer to earlier ones of their collection, not to later ones', async () => {
    const chain = [{ id: 'root' }, { id: 'child', parent_id: 'root' }]
    expect((await create('/collections/nodes', chain)).status).toBe(201)
    const forward = await create('/collections/nodes', [{ id: 'early', parent_id: 'late' }, { id: 'late' }])
    expect([forward.status, forward.body.error.operation]).toEqual([409, 0])
  })

  test('of several collections, with other operations between them, see what came before', async () => {
    const operations = [
      { op: 'create', collection: 'notes', data: { id: 'a', n: 1 } },
      { op: 'create', collection: 'notes', data: { id: 'b', n: 2 } },
      { op: 'create', collection: 'nodes', data: { id: 'x' } },
      { op: 'upsert', collection: 'nodes', data: { id: 'y', parent_id: 'x' } },
      { op: 'create', collection: 'nodes', data: { id: 'z', parent_id: 'y' } },
      { op: 'create', collection: 'notes', data: { id: 'c', n: 3 } },
    ]
    const { status, body } = await create('/batch', { operations })
    expect(status).toBe(200)
    expect(body.results.map(({ id }: { id: string }) => id)).toEqual(['a', 'b', 'x', 'y', 'z', 'c'])
  })

  test('end as they would one by one', async () => {
    const document = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      tag: fc.option(fc.constantFrom('x', 'y', 'z')),
      n: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 9 }) }, { weight: 1, arbitrary: fc.constant(95) }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(document, { minLength: 1, maxLength: 6 }), async (documents) => {
        const together = await create('/collections/notes', documents)
        await clear()
        const failed = await firstFailure(documents)
        await clear()
        if (failed === null) expect(together.body.docs).toEqual(documents)
        else expect([together.status, together.body.error.operation]).toEqual([failed.status, failed.index])
      }),
      { numRuns: 60 },
    )
  })
})

describe('many upserts', () => {
  const label = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    tag: fc.option(fc.constantFrom('x', 'y', 'z')),
    n: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 9 }) }, { weight: 1, arbitrary: fc.constant(85) }),
  })
  const labels = async () => (await api.system('GET', '/collections/labels')).body.docs
  const upserts = (data: readonly object[]) => data.map((one) => ({ op: 'upsert', collection: 'labels', data: one }))

  test.each(['a user', 'the system'])('of %s end as they would one by one', async (who) => {
    const send = who === 'a user' ? api.as(user(ANN)) : api.system
    const run = (operations: readonly object[]) => send('POST', '/batch', { operations })
    const several = { minLength: 1, maxLength: 8 }
    const stored = fc.uniqueArray(label, { maxLength: 2, selector: ({ id }) => id })
    await fc.assert(
      fc.asyncProperty(stored, fc.array(label, several), async (before, documents) => {
        const begin = async () => {
          for (const { id } of await labels()) await api.system('DELETE', `/collections/labels/${id}`)
          for (const one of before) await api.system('POST', '/collections/labels', { ...one, tag: null })
        }
        await begin()
        const together = await run(upserts(documents))
        const after = await labels()
        await begin()
        for (const [index, one] of upserts(documents).entries()) {
          const alone = await run([one])
          if (alone.status === 200) continue
          expect([together.status, together.body.error.operation]).toEqual([alone.status, index])
          return
        }
        expect([together.status, after]).toEqual([200, await labels()])
      }),
      { numRuns: 80 },
    )
  })

  test('of one new key are one document, created and replaced', async () => {
    const twice = [1, 2, 3].map((n) => ({ id: 'a', tag: null, n }))
    const { body } = await api.system('POST', '/batch', { operations: upserts(twice) })
    expect(body.results).toEqual(twice)
    expect(await labels()).toEqual([{ id: 'a', tag: null, n: 3 }])
  })
})

async function firstFailure(documents: readonly unknown[]): Promise<{ index: number; status: number } | null> {
  for (const [index, document] of documents.entries()) {
    const { status } = await create('/collections/notes', document)
    if (status !== 201) return { index, status }
  }
  return null
}

async function clear(): Promise<void> {
  const { body } = await api.system('GET', '/collections/notes?limit=500')
  for (const { id } of body.docs) await api.system('DELETE', `/collections/notes/${id}`)
}

test('a batch holds nobody up for long, and makes no answer of any length', () => {
  const changes = (count: number) =>
    Array.from({ length: count }, () => () => ({ kind: 'updated', document: '12345' }) as const)
  const run = ({ run }: ReturnType<typeof inOrder>) => {
    const steps = run({} as Parameters<typeof run>[0])
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
    }
  }
  expect(run(inOrder(changes(3), { ms: 60_000, characters: 15 }))).toHaveLength(3)
  expect(() => run(inOrder(changes(4), { ms: 60_000, characters: 15 }))).toThrow(
    expect.objectContaining({ code: 'INVALID_REQUEST', operation: 3 }),
  )
  expect(() => run(inOrder(changes(1), { ms: -1, characters: 15 }))).toThrow(
    expect.objectContaining({ code: 'QUERY_TIMEOUT', operation: 0 }),
  )
})

test('an answer that would hold a large document many times is refused, and nothing is written', async () => {
  const large = { id: 'large', tag: 'x'.repeat(2_000_000), n: 0 }
  expect((await api.system('POST', '/collections/notes', large)).status).toBe(201)
  const change = { op: 'update', collection: 'notes', id: 'large', data: { n: { $inc: 1 } } }
  const send = (count: number) => api.system('POST', '/batch', { operations: Array(count).fill(change) })
  const refused = await send(40)
  expect([refused.status, refused.body.error.code]).toEqual([400, 'INVALID_REQUEST'])
  expect((await api.system('GET', '/collections/notes/large')).body).toEqual(large)
  expect((await send(4)).body.results.at(-1).n).toBe(4)
})

describe('a key in a batch', () => {
  const upsert = (id: unknown) =>
    api.system('POST', '/batch', { operations: [{ op: 'upsert', collection: 'counted', id, data: { text: 'x' } }] })

  test.each([[12], ['12']])('%p of an int is one for every operation, as in a path', async (id) => {
    const written = { status: 200, body: { results: [{ id: 12, text: 'x' }] } }
    expect([await upsert(id), await upsert(id)]).toMatchObject([written, written])
    const change = { op: 'update', collection: 'counted', id, data: { text: 'y' } }
    const operations = [change, { op: 'delete', collection: 'counted', id }]
    expect((await api.system('POST', '/batch', { operations })).body).toEqual({
      results: [{ id: 12, text: 'y' }, null],
    })
  })

  test.each([['12.0'], ['x'], ['9007199254740993'], [1.5]])('%p is none of an int', async (id) => {
    expect((await upsert(id)).status).toBe(404)
    expect((await api.system('GET', '/collections/counted')).body.docs).toEqual([])
  })
})

describe('operations of an import', () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ op: 'create', collection: 'counted', data: { text: `${n}` } }))
  const send = async (operations: readonly unknown[]) =>
    api.system('POST', '/admin/import', undefined, {}, operations.map((one) => JSON.stringify(one)).join('\n'))
  const stored = async () => (await api.system('GET', '/collections/counted?count=true')).body.total

  test('are done together, of any collections, and more than a batch may have', async () => {
    const change = { op: 'update', collection: 'users', id: ANN, data: { verified: true } }
    expect(await send([...lines(1500), change])).toMatchObject({ status: 200, body: { imported: 1501 } })
    expect(await stored()).toBe(1500)
    expect((await api.system('GET', `/collections/users/${ANN}`)).body.verified).toBe(true)
  })

  test.each([
    ['a document that is refused', { op: 'create', collection: 'counted', data: { text: 7 } }],
    ['a number that nobody can read', { op: 'create', collection: 'nodes', data: { id: 'a', parent_id: 2 ** 70 } }],
    ['a reference that leads nowhere', { op: 'create', collection: 'nodes', data: { id: 'a', parent_id: 'b' } }],
    ['no such operation', { op: 'merge', collection: 'nodes' }],
    ['no such collection', { op: 'create', collection: 'knots', data: {} }],
  ])('none is done where one is %s', async (_, wrong) => {
    const { status, body } = await send([...lines(3), wrong, ...lines(1)])
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body.error.operation).toBe(3)
    expect(await stored()).toBe(0)
  })

  describe('with an Idempotency-Key', () => {
    const text = (operations: readonly unknown[]) => operations.map((one) => JSON.stringify(one)).join('\n')
    const repeat = (path: string, key: string, body: string, caller = api.system) =>
      caller('POST', path, undefined, { 'idempotency-key': key }, body)

    test('are done once', async () => {
      const body = text(lines(3))
      const first = await repeat('/admin/import', 'seeds', body)
      expect(first).toMatchObject({ status: 200, body: { imported: 3 } })
      await api.system('POST', '/collections/counted', { text: 'later' })
      const again = await repeat('/admin/import', 'seeds', body)
      expect(again).toMatchObject({ status: 200, body: { imported: 3 } })
      expect(await stored()).toBe(4)
      const other = await repeat('/admin/import', 'seeds', text(lines(2)))
      expect([other.status, other.body.error.code]).toEqual([409, 'CONFLICT'])
      expect(await repeat('/admin/import', 'more', body)).toMatchObject({ status: 200, body: { imported: 3 } })
      expect(await stored()).toBe(7)
    })

    test('of one collection too, whose mode is a part of the request', async () => {
      const body = text([{ text: 'a' }, { text: 'b' }])
      const path = '/admin/import/counted'
      for (let n = 0; n < 2; n++)
        expect(await repeat(path, 'rows', body)).toMatchObject({ status: 200, body: { imported: 2 } })
      expect(await stored()).toBe(2)
      expect((await repeat(`${path}?mode=upsert`, 'rows', body)).status).toBe(409)
      const key = { kind: 'service_key', id: 'other', scopes: [{ scope: 'data:write' }] } as const
      expect((await repeat(path, 'rows', body, api.as(key))).status).toBe(200)
      expect(await stored()).toBe(4)
    })

    test('repeat what refused them, with its index', async () => {
      const body = text([...lines(1), { op: 'create', collection: 'counted', data: { text: 7 } }])
      for (let n = 0; n < 2; n++) {
        const refused = await repeat('/admin/import', 'wrong', body)
        expect(refused.body.error).toMatchObject({ code: 'VALIDATION_ERROR', operation: 1 })
      }
      const mended = await repeat('/admin/import', 'wrong', text(lines(2)))
      expect([mended.status, await stored()]).toEqual([409, 0])
    })
  })

  test('are for those to whom rules do not apply', async () => {
    expect((await api.anonymous('POST', '/admin/import', {})).status).toBe(401)
    expect((await create('/admin/import', lines(1)[0])).status).toBe(403)
    const some = { kind: 'service_key', id: 'k', scopes: [{ scope: 'data:write', collections: ['nodes'] }] } as const
    expect((await api.as(some)('POST', '/admin/import', lines(1)[0])).status).toBe(403)
  })
})
