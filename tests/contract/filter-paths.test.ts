import { beforeAll, describe, expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'
import { THINGS } from '../fixtures/schemas'

const server = useServer({ schema: THINGS })

const JSON_VALUES: readonly unknown[] = [
  { color: 'red', n: 1, flag: true, tags: ['x', 'y'], deep: { er: { s: 'in' } } },
  { color: 'Red', n: '1', flag: 1, tags: ['x,y', 1], deep: { er: null } },
  { color: 'blue', n: 2.5, flag: 'true', tags: [], deep: {} },
  { color: null, n: true, flag: false, tags: 'zzz' },
  { n: 10 },
  ['x', 'y', 1, true, null],
  ['1', 'true'],
  'zzz',
  1,
  null,
]
const ids = new Map<string, unknown>()

beforeAll(async () => {
  const owners = expectStatus(
    await server.api.post('/api/collections/owners', [
      { name: 'Ann', rank: 1 },
      { name: 'Bob', rank: null },
    ]),
    201,
  ).body.docs
  const rows = [
    ...JSON_VALUES.map((j, index) => ({ s: `json ${index}`, j })),
    { s: 'of Ann', owner_id: owners[0].id },
    { s: 'of Bob', owner_id: owners[1].id },
    { s: 'of nobody' },
  ]
  for (const doc of expectStatus(await server.api.post('/api/collections/things', rows), 201).body.docs)
    ids.set(doc.s, doc.id)
})

async function names(parameters: Parameters<typeof server.api.list>[1]): Promise<readonly string[]> {
  const response = expectStatus(await server.api.list('things', { limit: 500, ...parameters }), 200)
  return response.body.docs.map((doc: { s: string }) => doc.s)
}
const JSONS = 's:like:json%'
const OWNED = 's:like:of%'

describe('a path into json: the value is read as JSON, otherwise as text; types compare strictly', () => {
  const CASES: readonly (readonly [filter: string, matches: readonly number[]])[] = [
    ['j.color:eq:red', [0]],
    ['j.color:eq:"red"', [0]],
    ['j.color:in:red,blue', [0, 2]],
    ['j.color:like:r%', [0, 1]],
    ['j.n:eq:1', [0]],
    ['j.n:eq:1.0', [0]],
    ['j.n:eq:"1"', [1]],
    ['j.n:eq:true', [3]],
    ['j.n:gt:1', [2, 4]],
    ['j.n:gte:1', [0, 2, 4]],
    ['j.n:lt:5', [0, 2]],
    ['j.n:in:1,10', [0, 4]],
    ['j.flag:eq:true', [0]],
    ['j.flag:eq:false', [3]],
    ['j.flag:eq:1', [1]],
    ['j.flag:eq:"true"', [2]],
    ['j.deep.er.s:eq:in', [0]],
    ['j.tags:contains:x', [0]],
    ['j.tags:contains:"x,y"', [1]],
    ['j.tags:contains:x,y', [1]],
    ['j.tags:contains:1', [1]],
    ['j.color:eq:null', [3, 4, 5, 6, 7, 8, 9]],
    ['j.color:ne:null', [0, 1, 2]],
    ['j.color:ne:red', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['j.color:nin:red,blue', [1, 3, 4, 5, 6, 7, 8, 9]],
    ['j.nothing:eq:x', []],
  ]
  for (const [filter, matches] of CASES) {
    test(filter, async () => {
      expect(await names({ filter: [JSONS, filter] })).toEqual(matches.map((index) => `json ${index}`))
    })
  }

  test('contains on the field itself is membership in an array', async () => {
    expect(await names({ filter: [JSONS, 'j:contains:x'] })).toEqual(['json 5'])
    expect(await names({ filter: [JSONS, 'j:contains:1'] })).toEqual(['json 5'])
    expect(await names({ filter: [JSONS, 'j:contains:"1"'] })).toEqual(['json 6'])
  })

  test('the field itself may be tested for null', async () => {
    expect(await names({ filter: [JSONS, 'j:eq:null'] })).toEqual(['json 9'])
  })

  test('a key of the path is data, never SQL', async () => {
    for (const key of ["x'y", 'x"y', 'x)--', '$', 'x[0]']) {
      const response = await server.api.list('things', { filter: `j.${key}:eq:1` })
      expectStatus(response, 200)
    }
  })
})

describe('a path through a reference', () => {
  const CASES: readonly (readonly [filter: string, matches: readonly string[]])[] = [
    ['owner.name:eq:Ann', ['of Ann']],
    ['owner.name:like:a%', ['of Ann']],
    ['owner.name:in:Ann,Bob', ['of Ann', 'of Bob']],
    ['owner.rank:gte:1', ['of Ann']],
    ['owner.rank:eq:null', ['of Bob', 'of nobody']],
    ['owner.name:ne:Ann', ['of Bob', 'of nobody']],
    ['owner.name:nin:Ann', ['of Bob', 'of nobody']],
    ['owner_id:eq:null', ['of nobody']],
  ]
  for (const [filter, matches] of CASES) {
    test(filter, async () => expect(await names({ filter: [OWNED, filter] })).toEqual(matches))
  }

  test('its values are typed too', async () => {
    expectError(await server.api.list('things', { filter: 'owner.rank:gt:abc' }), 'INVALID_FILTER')
  })

  test('sorting by it: a missing document counts as null', async () => {
    expect(await names({ filter: OWNED, sort: '-owner.name' })).toEqual(['of Bob', 'of Ann', 'of nobody'])
    expect(await names({ filter: OWNED, sort: 'owner.name' })).toEqual(['of nobody', 'of Ann', 'of Bob'])
  })
})

describe('where', () => {
  const CASES: readonly (readonly [where: string, matches: readonly string[]])[] = [
    ["doc.s == 'of Ann'", ['of Ann']],
    ["doc.s.startsWith('of A') || doc.s.endsWith('Bob')", ['of Ann', 'of Bob']],
    ["doc.s.startsWith('of') && doc.owner_id == null", ['of nobody']],
    ["doc.s.startsWith('of') && !(doc.owner_id == null)", ['of Ann', 'of Bob']],
    ["doc.s.startsWith('of') && doc.owner_id != null && doc.owner.name == 'Ann'", ['of Ann']],
    ["doc.s in ['of Ann', 'of Bob']", ['of Ann', 'of Bob']],
    ["doc.s.startsWith('of') && (doc.owner_id == null ? true : false)", ['of nobody']],
    [
      "doc.s.startsWith('of') && doc.at == null && request.time > timestamp('2020-01-01T00:00:00Z')",
      ['of Ann', 'of Bob', 'of nobody'],
    ],
    // Errors deny, also under a negation: an absent reference, and an ordering with null.
    ["doc.s.startsWith('of') && doc.owner.name != 'Ann'", ['of Bob']],
    ["doc.s.startsWith('of') && !(doc.owner.name == 'Ann')", ['of Bob']],
    ["doc.s.startsWith('of') && !(doc.i > 3)", []],
    ["doc.s.startsWith('of') && (doc.i > 3 || true)", ['of Ann', 'of Bob', 'of nobody']],
  ]
  for (const [where, matches] of CASES) {
    test(where, async () => expect(await names({ where })).toEqual(matches))
  }

  test('combines with filter', async () => {
    expect(await names({ where: "doc.s.startsWith('of')", filter: 'owner.name:eq:Bob' })).toEqual(['of Bob'])
  })

  test('text is data, never SQL', async () => {
    expect(await names({ where: `doc.s == "x' OR '1'='1"` })).toEqual([])
  })

  for (const where of [
    '',
    'doc.',
    'doc.nofield == 1',
    "doc.i == 'x'",
    "doc.c == 'purple'",
    'doc.s',
    '1 + 1',
    'owners.exists(o, o.rank == 1)',
    'things.exists(o, o.i == 1)',
    "doc.s == 'open",
    'nothing == 1',
    'request.ip == "x"',
    '('.repeat(5000),
    `${'!'.repeat(3000)}true`,
  ]) {
    test(`${where.slice(0, 40) || '(empty)'} is a clear 400`, async () => {
      expectError(await server.api.list('things', { where }), where === '' ? 'INVALID_REQUEST' : 'INVALID_FILTER')
    })
  }
})
