import { beforeAll, describe, expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'
import { compareNullsFirst, type Doc } from '../fixtures/filter-model'
import { THINGS } from '../fixtures/schemas'

const server = useServer({ schema: THINGS })
let docs: readonly Doc[] = []

beforeAll(async () => {
  const rows = Array.from({ length: 130 }, (_, n) => ({
    i: n % 7 === 0 ? null : n % 5,
    s: n % 11 === 0 ? null : ['b', 'a', 'B', 'é', '😀', '\uffee', ''][n % 7],
    f: n % 3 === 0 ? null : (n % 4) / 3,
    b: n % 5 === 0 ? null : n % 2 === 0,
    at: n % 4 === 0 ? null : new Date(Date.UTC(2026, 0, 1 + (n % 6))).toISOString(),
    day: n % 4 === 1 ? null : `2026-0${1 + (n % 9)}-01`,
    u: n % 2 === 0 ? null : `0190a5f0-7b1c-7def-8abc-${String(n % 13).padStart(12, '0')}`,
  }))
  docs = expectStatus(await server.api.post('/api/collections/things', rows), 201).body.docs
})

/** Ids in the order that the contract gives to a sort parameter. */
function sorted(sort: string): readonly unknown[] {
  const keys = sort.split(',').map((part) => ({ field: part.replace(/^-/, ''), sign: part.startsWith('-') ? -1 : 1 }))
  if (!keys.some((key) => key.field === 'id')) keys.push({ field: 'id', sign: keys.at(-1)?.sign ?? 1 })
  const order = (a: Doc, b: Doc) => {
    for (const { field, sign } of keys) {
      const difference = compareNullsFirst(a[field], b[field]) * sign
      if (difference !== 0) return difference
    }
    return 0
  }
  return [...docs].sort(order).map((doc) => doc.id)
}

interface Page {
  readonly docs: readonly Doc[]
  readonly next_cursor: string | null
}

/** All ids, page by page along the cursor. */
async function walk(
  parameters: Record<string, string | number>,
  betweenPages = async () => {},
): Promise<readonly unknown[]> {
  const ids: unknown[] = []
  let cursor: string | null = null
  do {
    const page: Page = expectStatus(
      await server.api.list('things', cursor === null ? parameters : { ...parameters, cursor }),
      200,
    ).body
    expect(page.docs.length).toBeLessThanOrEqual(Number(parameters.limit))
    ids.push(...page.docs.map((doc) => doc.id))
    cursor = page.next_cursor
    await betweenPages()
  } while (cursor !== null && ids.length < 1000)
  return ids
}

const SORTS = [
  'id',
  '-id',
  'i',
  '-i',
  's',
  '-s',
  'f',
  '-f',
  'b',
  '-b',
  'at',
  '-at',
  'day',
  '-day,b',
  'u',
  '-u',
  'i,-s',
  '-i,s',
  '-at,-f,s',
  'b,i,f,-id',
  '-id,s',
]

describe('sort: nulls first ascending, the key as the last tie-breaker in the last direction', () => {
  for (const sort of SORTS) {
    test(sort, async () => {
      const response = expectStatus(await server.api.list('things', { sort, limit: 500 }), 200)
      expect(response.body.docs.map((doc: Doc) => doc.id)).toEqual(sorted(sort))
      expect(response.body.next_cursor).toBeNull()
    })
    test(`${sort} with the cursor returns the same`, async () => {
      expect(await walk({ sort, limit: 17, fields: 'id' })).toEqual(sorted(sort))
    })
  }

  test('the default is the key', async () => {
    expect((await server.api.list('things', { limit: 500 })).body.docs.map((doc: Doc) => doc.id)).toEqual(sorted('id'))
  })

  for (const sort of [
    'nofield',
    '-nofield',
    'i,nofield',
    '',
    ',',
    'i,',
    '--i',
    's desc',
    'owner.nofield',
    'i;',
    '__proto__',
  ]) {
    test(`${sort || '(empty)'} is a 400`, async () => {
      expectError(
        await server.api.list('things', { sort }),
        'INVALID_SORT',
        ...(sort === '' ? (['INVALID_REQUEST'] as const) : []),
      )
    })
  }
})

describe('limit and offset', () => {
  test('the default limit is 50, the largest 500', async () => {
    const first = expectStatus(await server.api.list('things'), 200).body
    expect(first.docs.length).toBe(50)
    expect(first.next_cursor).toEqual(expect.any(String))
    expectStatus(await server.api.list('things', { limit: 500 }), 200)
    expectStatus(await server.api.list('things', { limit: 1 }), 200)
  })

  test('offset skips', async () => {
    const response = await server.api.list('things', { sort: '-i', limit: 10, offset: 25 })
    expect(response.body.docs.map((doc: Doc) => doc.id)).toEqual(sorted('-i').slice(25, 35))
    expect((await server.api.list('things', { offset: 100_000 })).body).toEqual({ docs: [], next_cursor: null })
  })

  for (const [name, value] of [
    ['limit', '0'],
    ['limit', '501'],
    ['limit', '-1'],
    ['limit', 'ten'],
    ['limit', '1.5'],
    ['limit', ''],
    ['limit', '1e2'],
    ['limit', '99999999999999999999'],
    ['offset', '-1'],
    ['offset', 'x'],
    ['offset', '99999999999999999999'],
    ['count', 'maybe'],
    ['lmit', '5'],
    ['cursor', 'nonsense'],
    ['cursor', ''],
    ['cursor', 'eyJhIjoxfQ'],
    ['cursor', '%00'],
  ] as const) {
    test(`${name}=${value} is a 400`, async () =>
      expectError(await server.api.list('things', { [name]: value }), 'INVALID_REQUEST'))
  }

  test('a parameter that may appear once is refused if repeated', async () => {
    expectError(await server.api.get('/api/collections/things?limit=1&limit=2'), 'INVALID_REQUEST')
  })
})

describe('cursor', () => {
  test('belongs to its sort and filter, and excludes offset', async () => {
    const made = { sort: '-i', filter: 'i:gte:0', limit: 5 }
    const { next_cursor: cursor } = (await server.api.list('things', made)).body
    expectStatus(await server.api.list('things', { ...made, cursor }), 200)
    expectStatus(await server.api.list('things', { ...made, limit: 50, cursor }), 200)
    for (const changed of [{ sort: 'i' }, { filter: 'i:gte:1' }, { offset: 5 }, { where: 'doc.i > 0' }]) {
      const response = await server.api.list('things', { ...made, ...changed, cursor })
      expect(response.status, JSON.stringify(changed)).toBe(400)
    }
    const { filter: _filter, ...unfiltered } = made
    expect((await server.api.list('things', { ...unfiltered, cursor })).status).toBe(400)
    expect((await server.api.list('owners', { cursor })).status).toBe(400)
  })

  test('is refused with any change to it', async () => {
    const { next_cursor: cursor } = (await server.api.list('things', { sort: 's', limit: 5 })).body as {
      next_cursor: string
    }
    for (let at = 0; at < cursor.length; at += 3) {
      const forged = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`
      const response = await server.api.list('things', { sort: 's', limit: 5, cursor: forged })
      expectError(response, 'INVALID_REQUEST')
    }
  })

  test('during inserts, every existing document is returned exactly once, in order', async () => {
    const there = (await walk({ sort: 'i', limit: 100 })).length
    const before = (await server.api.list('things', { sort: 'i', limit: 500 })).body.docs.map((doc: Doc) => doc.id)
    let inserted = 0
    const met = await walk({ sort: 'i', limit: 13 }, async () => {
      const more = [0, 1, 2, 3, 4].map((i) => ({ i: inserted++ % 2 ? i : null, s: 'new' }))
      expectStatus(await server.api.post('/api/collections/things', inserted < 60 ? more : { s: 'new' }), 201)
    })
    expect(new Set(met).size).toBe(met.length)
    expect(before.length).toBe(there)
    const known = new Set(before)
    expect(met.filter((id) => known.has(id))).toEqual(before)
  })

  test('during deletes, each remaining document is returned exactly once', async () => {
    const all = (await server.api.list('things', { sort: '-s', limit: 500 })).body.docs.map((doc: Doc) => doc.id)
    const deleted: unknown[] = []
    const met = await walk({ sort: '-s', limit: 20 }, async () => {
      for (const id of all.splice(0, 3)) {
        deleted.push(id)
        expectStatus(await server.api.delete(`/api/collections/things/${id}`), 204)
      }
    })
    expect(new Set(met).size).toBe(met.length)
    const missed = all.filter((id: unknown) => !met.includes(id))
    expect(missed).toEqual([])
  })
})

test('count=true returns the total of the filter on every page; without it there is none', async () => {
  const all = (await server.api.list('things', { filter: 's:eq:a', limit: 500 })).body.docs.length
  for (const page of [{ limit: 1 }, { limit: 3, offset: 2 }, { limit: 500 }]) {
    expect((await server.api.list('things', { filter: 's:eq:a', count: true, ...page })).body.total).toBe(all)
  }
  expect((await server.api.list('things', { filter: 's:eq:a', count: false })).body).not.toHaveProperty('total')
  expect((await server.api.list('things', { filter: 's:eq:a' })).body).not.toHaveProperty('total')
  expect((await server.api.list('things', { filter: 's:eq:none', count: true })).body.total).toBe(0)
})
