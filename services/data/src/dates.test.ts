import { afterAll, beforeAll, beforeEach, describe, expect, setSystemTime, test } from 'bun:test'
import { openTestApi, type TestApi, user } from './testing/open-api'

const ANN = '00000000-0000-7000-8000-00000000000a'

const SCHEMA = `
version: 1
collections:
  tasks:
    fields:
      id: { type: string, primary: true }
      made: { type: date, default: today }
      due: { type: date, nullable: true, index: true, min: 2020-01-01, max: 2030-12-31 }
      fixed: { type: date, default: "2026-01-31" }
      at: { type: timestamp, nullable: true }
      meta: { type: json, nullable: true }
    rules:
      create: "doc.due == null || doc.due >= today()"
      read: "true"
      update: "old.due == null || old.due >= today()"
      delete: "today() > doc.due + 30"
  notices:
    fields:
      id: { type: string, primary: true }
      from: { type: date }
      secret: { type: string, nullable: true, read: "doc.from <= today()" }
    rules: { read: "doc.from <= today() || auth.role == 'editor'" }
`

let api: TestApi
const ann = () => api.as(user(ANN))

beforeAll(async () => {
  setSystemTime(new Date('2026-01-31T12:00:00Z'))
  api = await openTestApi(SCHEMA)
})
beforeEach(() => {
  setSystemTime(new Date('2026-01-31T12:00:00Z'))
})
afterAll(async () => {
  setSystemTime()
  await api.close()
})

const list = async (query: string, as = api.anonymous) => {
  const { status, body } = await as('GET', `/collections/tasks?${query}`)
  return status === 200 ? body.docs.map(({ id }: { id: string }) => id) : `${status} ${body.error.message}`
}

describe('values', () => {
  test('the day in UTC is the default, whatever day it is here', async () => {
    setSystemTime(new Date('2026-01-31T23:59:59.999Z'))
    expect((await ann()('POST', '/collections/tasks', { id: 'late' })).body).toMatchObject({
      ...{ made: '2026-01-31', due: null, fixed: '2026-01-31' },
    })
    setSystemTime(new Date('2026-02-01T00:00:00.000Z'))
    expect((await ann()('POST', '/collections/tasks', { id: 'early' })).body.made).toBe('2026-02-01')
    expect((await ann()('PUT', '/collections/tasks/late', {})).body.made).toBe('2026-02-01')
    for (const id of ['late', 'early']) await api.system('DELETE', `/collections/tasks/${id}`)
  })

  test.each([
    ['2026-02-30', 'format', 'due must be a date such as 2026-01-31'],
    ['2026-2-3', 'format', 'due must be a date such as 2026-01-31'],
    ['2026-02-03T00:00:00Z', 'format', 'due must be a date such as 2026-01-31'],
    ['today', 'format', 'due must be a date such as 2026-01-31'],
    ['', 'format', 'due must be a date such as 2026-01-31'],
    [20260203, 'type', 'due must be a string or null'],
    ['2019-12-31', 'min', 'due must not be before 2020-01-01'],
    ['2031-01-01', 'max', 'due must not be after 2030-12-31'],
  ])('%p is refused', async (due, code, message) => {
    for (const [method, path, body] of [
      ['POST', '/collections/tasks', { id: 'wrong', due }],
      ['PUT', '/collections/tasks/wrong', { due }],
      ['POST', '/collections/tasks', [{ id: 'wrong', due }]],
    ] as const) {
      const response = await api.system(method, path, body)
      expect([response.status, response.body.error.details]).toEqual([422, [{ field: 'due', code, message }]])
    }
    expect((await api.system('GET', '/collections/tasks/wrong')).status).toBe(404)
  })
})

describe('lists', () => {
  beforeAll(async () => {
    const tasks = [
      { id: 'a', due: '2026-01-30', at: '2026-01-30T00:00:00Z' },
      { id: 'b', due: '2026-01-31', at: '2026-01-31T23:59:59Z', meta: { day: '2026-01-31' } },
      { id: 'c', due: '2026-02-01', at: '2026-02-01T00:00:00Z', meta: { day: '2026-02-30' } },
      { id: 'd', at: null, meta: { day: 5 } },
    ]
    expect((await api.system('POST', '/collections/tasks', tasks)).status).toBe(201)
  })

  test.each([
    ['eq:2026-01-31', ['b']],
    ['ne:2026-01-31', ['a', 'c', 'd']],
    ['gt:2026-01-31', ['c']],
    ['gte:2026-01-31', ['b', 'c']],
    ['lt:2026-01-31', ['a']],
    ['lte:2026-01-31', ['a', 'b']],
    ['in:2026-01-31,null', ['b', 'd']],
    ['nin:2026-01-31,null', ['a', 'c']],
    ['eq:null', ['d']],
    ['eq:2026-02-30', "400 'due' is a date: compare it with a date like 2024-05-17."],
    ['gt:2026-01-31T00:00:00Z', "400 'due' is a date: compare it with a date like 2024-05-17."],
    ['in:2026-01-31,x', "400 'due' is a date: compare it with a date like 2024-05-17."],
    [
      'like:2026%25',
      "400 'like' does not apply to 'due', which is a date; supported are eq, ne, gt, gte, lt, lte, in, nin.",
    ],
    [
      'contains:2026',
      "400 'contains' does not apply to 'due', which is a date; supported are eq, ne, gt, gte, lt, lte, in, nin.",
    ],
  ])('filter=due:%s', async (filter, found) => {
    expect(await list(`filter=due:${filter}`)).toEqual(found as never)
  })

  test('sorted, and page by page', async () => {
    expect(await list('sort=due')).toEqual(['d', 'a', 'b', 'c'])
    expect(await list('sort=-due')).toEqual(['c', 'b', 'a', 'd'])
    const first = await api.anonymous('GET', '/collections/tasks?sort=-due&limit=2')
    expect(await list(`sort=-due&limit=2&cursor=${first.body.next_cursor}`)).toEqual(['a', 'd'])
  })

  test.each([
    ["doc.due == date('2026-01-31')", ['b']],
    ['doc.due < today()', ['a']],
    ['doc.due == today() + 1', ['c']],
    ['doc.due - today() == 1', ['c']],
    ['date(doc.at) == doc.due', ['a', 'b', 'c']],
    ['timestamp(doc.due) == doc.at', ['a', 'c']],
    ['date(doc.meta.day) == doc.due', ['b']],
    ['doc.due.getMonth() == 1', ['c']],
    ["doc.due in [date('2026-01-30'), today()]", ['a', 'b']],
    ["doc.due == date('2026-02-30')", []],
    ["doc.due == '2026-01-31'", "400 date == string is not supported: convert with date(…), at character 1 of 'where'"],
  ])('where=%s', async (where, found) => {
    const response = await list(`where=${encodeURIComponent(where)}`)
    if (typeof found === 'string') expect(response).toContain('convert with date(…)')
    else expect(response).toEqual(found)
  })
})

describe('rules that look at the day change at midnight', () => {
  beforeAll(async () => {
    await api.system('POST', '/collections/notices', { id: 'n', from: '2026-02-01', secret: 's' })
  })

  test('of reads and fields', async () => {
    const editor = api.as(user(ANN, { role: 'editor' }))
    const reader = ann()
    const seen = async (as: typeof reader) => (await as('GET', '/collections/notices')).body.docs
    setSystemTime(new Date('2026-01-31T23:59:59.999Z'))
    expect([await seen(reader), await seen(editor)]).toEqual([[], [{ id: 'n', from: '2026-02-01' }]])
    setSystemTime(new Date('2026-02-01T00:00:00.000Z'))
    const document = { id: 'n', from: '2026-02-01', secret: 's' }
    expect([await seen(reader), await seen(editor)]).toEqual([[document], [document]])
    setSystemTime(new Date('2026-01-31T23:59:59.999Z'))
    expect(await seen(reader)).toEqual([])
  })

  test('of writes', async () => {
    const write = ann()
    const due = { id: 'w', due: '2026-01-31' }
    expect((await write('POST', '/collections/tasks', due)).status).toBe(201)
    setSystemTime(new Date('2026-02-01T00:00:00.000Z'))
    expect((await write('PATCH', '/collections/tasks/w', { due: '2026-03-01' })).status).toBe(403)
    expect((await write('POST', '/collections/tasks', { ...due, id: 'w2' })).status).toBe(403)
    expect((await write('DELETE', '/collections/tasks/w')).status).toBe(403)
    setSystemTime(new Date('2026-03-03T00:00:00.000Z'))
    expect((await write('DELETE', '/collections/tasks/w')).status).toBe(204)
  })
})
