import { beforeEach, describe, expect, test } from 'bun:test'
import { openTestApi, type TestApi, type TestResponse, user } from '../testing/open-api'

const ANN = '00000000-0000-7000-8000-00000000000a'
const BOB = '00000000-0000-7000-8000-00000000000b'

const SCHEMA = `
version: 1
collections:
  rooms:
    fields:
      id: { type: string, primary: true }
      owner: { type: string, nullable: true }
      open: { type: bool, default: false }
      state: { type: string, enum: [idle, busy], default: idle }
      secret: { type: string, nullable: true, read: "doc.owner == auth.id" }
      code: { type: string, nullable: true, read: "false" }
      inner: { type: string, nullable: true, internal: true }
      tags: { type: json, nullable: true }
      lists: { type: json, nullable: true }
      score: { type: float, default: 0 }
      places: { type: int, default: 3 }
      at: { type: timestamp, nullable: true }
      picture: { type: blob, nullable: true }
      parent_id: { type: string, nullable: true, references: rooms.id }
    rules: { read: "doc.open || doc.owner == auth.id", create: "true", update: "true", delete: "true" }
  sealed:
    fields: { id: { type: string, primary: true }, text: { type: string } }
    rules: { create: "true" }
  numbers:
    fields: { id: { type: int, primary: true }, text: { type: string, nullable: true } }
    rules: { read: "true", create: "true", update: "true" }
  logs:
    fields: { id: { type: int, primary: true, default: auto }, text: { type: string } }
    rules: { read: "true", create: "true" }
`

let api: TestApi

beforeEach(async () => {
  api = await openTestApi(SCHEMA)
  const rooms = [
    { id: 'open', owner: BOB, open: true, secret: 's', code: 'c', tags: ['a', { b: [1, null] }], score: 0.1 },
    { id: 'mine', owner: ANN, secret: 'mine', parent_id: 'bobs', at: '2026-01-02T03:04:05Z' },
    { id: 'bobs', owner: BOB, secret: 'bobs', state: 'busy' },
    { id: 'child', open: true, parent_id: 'open' },
  ]
  for (const room of [rooms[2], rooms[0], rooms[1], rooms[3]]) await api.system('POST', '/collections/rooms', room)
  await api.system('POST', '/collections/sealed', { id: 'x', text: 'sealed' })
  await api.system('POST', '/collections/numbers', { id: 7, text: 'seven' })
})

const log = { op: 'create', collection: 'logs', data: { text: 'written' } }
const room = (id: string, asserted: object) => ({ op: 'assert', collection: 'rooms', id, ...asserted })
const run = (operations: readonly unknown[], as = api.as(user(ANN))) => as('POST', '/batch', { operations })
const logs = async () => (await api.system('GET', '/collections/logs?count=true')).body.total
const seq = async () => (await api.system('GET', '/collections/logs')).headers.get('koyalite-seq')

/** What tells one response from another, apart from the request's id and time. */
function told({ status, body }: TestResponse) {
  const { request_id: _id, timestamp: _at, ...error } = body.error ?? {}
  return { status, error }
}

describe('an assertion holds', () => {
  test.each<[string, object]>([
    ['open', { where: 'true' }],
    ['open', { data: {} }],
    ['open', { where: 'doc.open && doc.score < 0.2' }],
    ['open', { where: 'doc.owner == $1 && doc.places > $2', params: [BOB, 2] }],
    ['open', { data: { open: true, state: 'idle', score: 0.1, places: 3, at: null, owner: BOB } }],
    ['open', { data: { tags: ['a', { b: [1, null] }] } }],
    ['mine', { data: { secret: 'mine', at: '2026-01-02T04:04:05+01:00' } }],
    ['mine', { where: 'doc.owner == auth.id' }],
    ['mine', { where: "request.time > timestamp('2020-01-01T00:00:00Z')" }],
    ['open', { where: "doc.tags.exists(t, t == 'a')" }],
    ['open', { where: "doc.tags.all(t, doc.tags.exists(u, u == t)) && 'a' in doc.tags && size(doc.tags) == 2" }],
    ['mine', { where: "doc.tags == null || doc.tags.exists(t, t == 'a')" }],
    ['child', { where: "doc.parent.id == 'open'" }],
    // What may not be read is null.
    ['open', { where: 'doc.secret == null' }],
    ['open', { data: { secret: null } }],
    ['mine', { where: 'doc.parent == null' }],
    ['open', { data: { picture: null } }],
  ])('%s %j', async (id, asserted) => {
    const { status, body } = await run([room(id, asserted), log, room(id, asserted)])
    expect({ status, body }).toMatchObject({ status: 200, body: { results: [null, { text: 'written' }, null] } })
    expect(await logs()).toBe(1)
  })

  test.each<[string | number]>([[7], ['7']])('of an int key as %p', async (id) => {
    const { status } = await run([{ op: 'assert', collection: 'numbers', id, data: { text: 'seven' } }])
    expect(status).toBe(200)
  })

  test('of the state that the operations before it have made, and those before it alone', async () => {
    const taken = { op: 'update', collection: 'rooms', id: 'mine', data: { places: { $inc: -1 } } }
    const places = (n: number) => room('mine', { data: { places: n } })
    expect((await run([places(3), taken, places(2), taken, places(1)])).status).toBe(200)
    const refused = await run([places(1), taken, places(1)])
    expect(refused.body.error).toMatchObject({ code: 'PRECONDITION_FAILED', operation: 2 })
    expect((await api.system('GET', '/collections/rooms/mine')).body.places).toBe(1)
  })

  test('and changes nothing', async () => {
    const before = await seq()
    expect((await run([room('mine', { where: 'true' })])).body).toEqual({ results: [null] })
    expect(await seq()).toBe(before)
  })
})

describe('one answer', () => {
  const answer = async (one: unknown, as?: ReturnType<TestApi['as']>) => {
    const before = await seq()
    const response = await run([log, one], as)
    expect([await seq(), await logs()]).toEqual([before, 0])
    return told(response)
  }

  test('is that it is false, that there is no such document, and that the document may not be read', async () => {
    // The same document for each: false for its owner, hidden from others, and then gone.
    for (const asserted of [{ where: "doc.state == 'idle'" }, { data: { state: 'idle' } }]) {
      const isFalse = await answer(room('bobs', asserted), api.as(user(BOB)))
      expect(isFalse).toEqual({
        status: 412,
        error: {
          code: 'PRECONDITION_FAILED',
          message: "The assertion about 'bobs' in 'rooms' does not hold.",
          details: [],
          operation: 1,
        },
      })
      expect(await answer(room('bobs', asserted))).toEqual(isFalse)
      expect(await answer(room('bobs', { where: "doc.state == 'busy'" }))).toEqual(isFalse)
      expect(await answer(room('bobs', asserted), api.anonymous)).toEqual(isFalse)
    }
    const hidden = await answer(room('bobs', { data: {} }))
    await api.system('PATCH', '/collections/rooms/mine', { parent_id: null })
    await api.system('DELETE', '/collections/rooms/bobs')
    expect(await answer(room('bobs', { data: {} }))).toEqual(hidden)
  })

  test.each<[string, unknown]>([
    ['what cannot be a key', { op: 'assert', collection: 'numbers', id: 'x', where: 'true' }],
    ['a key that is no whole number', { op: 'assert', collection: 'numbers', id: 1.5, where: 'true' }],
    ['a collection that may not be read', { op: 'assert', collection: 'sealed', id: 'x', where: 'true' }],
    ['one that may not be read, and a missing document', { op: 'assert', collection: 'sealed', id: 'y', data: {} }],
    // A wrong expression would tell which fields there are.
    ['one that may not be read, and no field', { op: 'assert', collection: 'sealed', id: 'x', data: { no: 1 } }],
    ['one that may not be read, and nonsense', { op: 'assert', collection: 'sealed', id: 'x', where: 'doc.(' }],
  ])('is for %s too', async (_, one) => {
    expect(await answer(one)).toMatchObject({ status: 412, error: { code: 'PRECONDITION_FAILED', operation: 1 } })
  })

  test.each([
    ["doc.secret == 's'"],
    ["doc.secret != null && doc.secret.startsWith('s')"],
    ["doc.secret < 't'"],
    ['has(doc.secret)'],
    ["doc.parent.secret == 'bobs'"],
    ['doc.parent != null'],
  ])('is that %s, whatever an unreadable field holds', async (where) => {
    const answers = new Set<string>()
    for (const secret of ['s', 't', null]) {
      await api.system('PATCH', '/collections/rooms/open', { secret })
      await api.system('PATCH', '/collections/rooms/mine', { secret: null })
      await api.system('PATCH', '/collections/rooms/bobs', { secret })
      answers.add(JSON.stringify([await answer(room('open', { where })), await answer(room('mine', { where }))]))
    }
    expect(answers.size).toBe(1)
  })

  test('a key that may write everything, but not read it, asks in vain', async () => {
    const key = { kind: 'service_key', id: 'k', scopes: [{ scope: 'data:write' }] } as const
    expect(await answer(room('mine', { data: {} }), api.as(key))).toMatchObject({ status: 412 })
  })
})

describe('what is wrong with an assertion is said', () => {
  test.each<[string, object, string, RegExp]>([
    ['no condition', {}, 'INVALID_REQUEST', /either `where` or `data`/],
    ['two conditions', { where: 'true', data: {} }, 'INVALID_REQUEST', /either `where` or `data`/],
    ['values of no expression', { data: {}, params: [] }, 'INVALID_REQUEST', /values of a `where`/],
    ['a list of values', { data: [] }, 'INVALID_REQUEST', /data/],
    ['an unknown member', { where: 'true', if: 1 }, 'INVALID_REQUEST', /if/],
    ['an expression that is none', { where: 'doc.(' }, 'INVALID_FILTER', /'where' at character/],
    ['an expression about a field that is not there', { where: 'doc.no == 1' }, 'INVALID_FILTER', /no/],
    ['a field that nobody may read', { where: "doc.code == 'c'" }, 'INVALID_FILTER', /code/],
    ['an internal field', { where: 'doc.inner == null' }, 'INVALID_FILTER', /inner/],
    ['another collection', { where: 'rooms.exists(r, r.open)' }, 'INVALID_FILTER', /rooms/],
    ['a value too few', { where: 'doc.owner == $2', params: ['x'] }, 'INVALID_FILTER', /\$2/],
    ['too many values', { where: 'true', params: Array(101).fill(1) }, 'INVALID_FILTER', /100/],
  ])('%s', async (_, asserted, code, message) => {
    const before = await seq()
    const { body } = await run([log, room('open', asserted)])
    expect(body.error).toMatchObject({ code, operation: 1 })
    expect(JSON.stringify(body.error)).toMatch(message)
    expect([await seq(), await logs()]).toEqual([before, 0])
  })

  test('all values at once', async () => {
    const data = { open: 'yes', no: 1, score: 'x', state: 'lost', code: 'c', inner: null, picture: 'AA==', places: 1.5 }
    const { body } = await run([room('open', { data })])
    expect(body.error).toMatchObject({ code: 'VALIDATION_ERROR', operation: 0 })
    const unknown = ['no', 'code', 'inner']
    expect(body.error.details.map(({ field, code }: { field: string; code: string }) => [field, code])).toEqual(
      Object.keys(data).map((field) => [field, unknown.includes(field) ? 'unknown' : 'type']),
    )
  })

  test('that an expression takes too long, and nobody waits for it', async () => {
    const tags = Array.from({ length: 3000 }, (_, n) => n)
    await api.system('PATCH', '/collections/rooms/open', { tags })
    const before = await seq()
    const slow = room('open', { where: 'doc.tags.all(a, doc.tags.all(b, doc.tags.exists(c, a + b == c || a < 0)))' })
    const started = performance.now()
    const { body } = await run([log, slow])
    expect(body.error).toMatchObject({ code: 'QUERY_TIMEOUT', operation: 1 })
    // It would take hours.
    expect(performance.now() - started).toBeLessThan(10_000)
    expect([await seq(), await logs()]).toEqual([before, 0])
  })

  test('a value is never an operator', async () => {
    for (const data of [{ places: { $gt: 0 } }, { places: { $inc: 1 } }, { open: { $ne: false } }])
      expect((await run([room('open', { data })])).body.error.code).toBe('VALIDATION_ERROR')
    // In a json field it is what it looks like.
    expect((await run([room('open', { data: { tags: { $ne: null } } })])).status).toBe(412)
    await api.system('PATCH', '/collections/rooms/open', { tags: { $ne: null } })
    expect((await run([room('open', { data: { tags: { $ne: null } } })])).status).toBe(200)
  })

  test('more expressions than can be compiled at once', async () => {
    const long = `doc.open && ${Array(350).fill('doc.places > 0').join(' && ')}`
    const { body } = await run(Array(20).fill(room('open', { where: long })))
    expect(body.error).toMatchObject({ code: 'INVALID_REQUEST' })
    expect(body.error.message).toContain('65536 characters')
    expect((await run(Array(1000).fill(room('open', { where: 'doc.places > 0 && doc.open' })))).status).toBe(200)
  })
})

test('with an Idempotency-Key the first answer stands', async () => {
  const headers = { 'idempotency-key': 'once' }
  const operations = [room('mine', { data: { places: 2 } }), log]
  const send = () => api.as(user(ANN))('POST', '/batch', { operations }, headers)
  expect((await send()).status).toBe(412)
  await api.system('PATCH', '/collections/rooms/mine', { places: 2 })
  expect((await send()).body.error).toMatchObject({ code: 'PRECONDITION_FAILED', operation: 0 })
  expect([(await run(operations)).status, await logs()]).toEqual([200, 1])
})

test('in an import nothing is stored where one does not hold', async () => {
  const text = (operations: readonly unknown[]) => operations.map((one) => JSON.stringify(one)).join('\n')
  const send = (operations: readonly unknown[], as = api.system) =>
    as('POST', '/admin/import', undefined, {}, text(operations))
  const refused = await send([log, room('mine', { where: 'doc.open' })])
  expect(refused.body.error).toMatchObject({ code: 'PRECONDITION_FAILED', operation: 1 })
  expect(await logs()).toBe(0)
  expect((await send([log, room('mine', { where: '!doc.open' })])).body.imported).toBe(2)
  const key = { kind: 'service_key', id: 'k', scopes: [{ scope: 'data:write' }] } as const
  expect((await send([log, room('mine', { where: '!doc.open' })], api.as(key))).status).toBe(403)
})
