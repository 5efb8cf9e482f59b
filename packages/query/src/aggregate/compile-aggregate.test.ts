import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import { READ_ALL } from '../access/read-access'
import { type Fixture, openFixture, SCOPE } from '../testing/open-fixture'
import { runAggregate } from '../testing/run-aggregate'
import { compileAggregate } from './compile-aggregate'
import { parseAggregateQuery } from './parse-aggregate'

const SCHEMA = `
version: 1
types: { status: { enum: [draft, published] } }
collections:
  authors:
    fields: { id: { type: string, primary: true }, name: { type: string, nullable: true } }
  posts:
    fields:
      id:     { type: int, primary: true, default: auto }
      status: { type: status, nullable: true, index: true }
      author_id: { type: string, nullable: true, references: authors.id }
      amount: { type: int, nullable: true }
      score:  { type: float, nullable: true }
      title:  { type: string, nullable: true }
      pinned: { type: bool, default: false }
      at:     { type: timestamp, nullable: true, index: true }
      meta:   { type: json, nullable: true }
      raw:    { type: blob, nullable: true }
      secret: { type: string, nullable: true, internal: true }
      count:  { type: int, nullable: true }
      as:     { type: int, nullable: true }
`

describe('over some documents', () => {
  let db: Fixture
  beforeAll(async () => {
    db = await openFixture(SCHEMA)
    await db.insert('authors', { id: 'a', name: 'Ann' }, { id: 'b', name: null })
    await db.insert(
      'posts',
      { status: 'draft', author_id: 'a', amount: 1, score: 0.5, title: 'x', meta: { v: 1, w: 'a' } },
      { status: 'draft', author_id: 'b', amount: 2, title: 'B', pinned: true, meta: { v: 1.0, w: ['a'] } },
      { status: 'published', author_id: 'a', amount: null, score: 2, title: 'a', meta: { v: '1' } },
      { status: null, amount: 7, score: -1, title: null, meta: { v: true } },
      { status: null, amount: -3, title: 'é', pinned: true, meta: { v: null } },
    )
  })
  afterAll(() => db.close())
  const found = (params: string) => runAggregate(db, 'posts', params)

  test('without group there is one group', () => {
    expect(found('')).toEqual([{ count: 5 }])
    expect(
      found('values=count,count:amount,count_distinct:status,sum:amount,avg:amount,min:amount,max:amount'),
    ).toEqual([
      {
        count: 5,
        count_amount: 4,
        count_distinct_status: 2,
        sum_amount: 7,
        avg_amount: 1.75,
        min_amount: -3,
        max_amount: 7,
      },
    ])
    expect(found('values=count,sum:amount,avg:score,min:title&filter=id:gt:99')).toEqual([
      { count: 0, sum_amount: null, avg_score: null, min_title: null },
    ])
    expect(found('group=status&filter=id:gt:99')).toEqual([])
  })

  test('groups in the order of their keys, null first; values of every type', () => {
    expect(found('group=status')).toEqual([
      { status: null, count: 2 },
      { status: 'draft', count: 2 },
      { status: 'published', count: 1 },
    ])
    expect(found('group=pinned&values=sum:score,max:title,min:pinned:as:x'.replace(',min:pinned:as:x', ''))).toEqual([
      { pinned: false, sum_score: 1.5, max_title: 'x' },
      { pinned: true, sum_score: null, max_title: 'é' },
    ])
  })

  test('along references, where null is whatever leads nowhere', () => {
    expect(found('group=author.name')).toEqual([
      { 'author.name': null, count: 3 },
      { 'author.name': 'Ann', count: 2 },
    ])
    expect(found('group=author_id.name:as:who&values=count_distinct:author.id')).toEqual([
      { who: null, 'count_distinct_author.id': 1 },
      { who: 'Ann', 'count_distinct_author.id': 1 },
    ])
  })

  test('along paths into json, where types differ', () => {
    expect(found('group=meta.v')).toEqual([
      { 'meta.v': null, count: 1 },
      { 'meta.v': 1, count: 2 },
      { 'meta.v': '1', count: 1 },
      { 'meta.v': true, count: 1 },
    ])
    expect(found('group=meta.w:as:w&having=w:ne:null')).toEqual([
      { w: 'a', count: 1 },
      { w: ['a'], count: 1 },
    ])
    expect(found('values=count:meta.v,count_distinct:meta.v')).toEqual([
      { 'count_meta.v': 4, 'count_distinct_meta.v': 3 },
    ])
    expect(found("group=meta.o'n?:as:n")).toEqual([{ n: null, count: 5 }])
    expect(found(`group=${encodeURIComponent('meta.o\'n?"')}`)).toEqual([{ 'meta.o\'n?"': null, count: 5 }])
  })

  test('names of their own', () => {
    expect(found('values=count:as:n,sum:amount:as:total,count:as,max:as:as:as&group=status:as:s')).toEqual([
      { s: null, n: 2, total: 4, count_as: 0, as: null },
      { s: 'draft', n: 2, total: 3, count_as: 0, as: null },
      { s: 'published', n: 1, total: null, count_as: 0, as: null },
    ])
  })

  test('having, sort and limit go by what is shown', () => {
    expect(found('group=status&having=count:gte:2&having=status:ne:null')).toEqual([{ status: 'draft', count: 2 }])
    expect(found('group=status&values=sum:amount&sort=-sum_amount')).toEqual([
      { status: null, sum_amount: 4 },
      { status: 'draft', sum_amount: 3 },
      { status: 'published', sum_amount: null },
    ])
    expect(found('group=status,pinned&sort=-count,-pinned&limit=2')).toEqual([
      { status: null, pinned: true, count: 1 },
      { status: 'draft', pinned: true, count: 1 },
    ])
    expect(found('having=count:gt:5')).toEqual([])
    expect(found('group=status&having=status:in:draft,null&values=avg:amount&having=avg_amount:lt:2')).toEqual([
      { status: 'draft', avg_amount: 1.5 },
    ])
    expect(found('group=pinned&having=pinned:eq:true')).toEqual([{ pinned: true, count: 2 }])
    expect(found('group=title&having=title:like:%25é')).toEqual([{ title: 'é', count: 1 }])
  })

  test('where, as in lists', () => {
    expect(found(`where=${encodeURIComponent("doc.amount > 0 && doc.status == 'draft'")}&values=sum:amount`)).toEqual([
      { sum_amount: 3 },
    ])
  })

  test.each([
    ['group=state', "Unknown field 'state' of 'posts' (did you mean 'status'?)."],
    ['group=secret', "Unknown field 'secret' of 'posts'."],
    ['values=max:secret', "Unknown field 'secret' of 'posts'."],
    ['group=author', "'author' of 'posts' is a reference: use 'author_id'"],
    ['group=raw', "'raw' is a blob, which cannot be grouped."],
    ['group=meta', "'meta' is json, which cannot be grouped; use a path into it, like 'meta.key'."],
    ['group=status,status', "'status' is listed twice."],
    ['group=at:day:as:a,at:day:as:b', "'at:day' is listed twice."],
    ['values=max:title:as:a,max:title:as:b', "'max:title' is listed twice."],
    ['values=count,sum:amount:as:count', "Two entries are called 'count'"],
    ['group=at:month,at:year', "Two entries are called 'at': give one of them a name of its own, with ':as:name'."],
    ['group=count', "Two entries are called 'count'"],
    ['group=status,', "'group' has an empty entry"],
    ['group=at:quarter', "Unknown time bucket 'quarter'; supported are hour, day, week, month, year."],
    ['group=at:months', "Unknown time bucket 'months' (did you mean 'month'?)"],
    ['group=status:month', "'month' takes a timestamp or a date, but 'status' is a string."],
    ['group=at:month:x', "An entry of 'group' has the form field, or field:month, but 'at:month:x' does not."],
    ['group=at:as:Bad-Name', "'Bad-Name' cannot be a name"],
    ['group=at:as:constructor', "'constructor' cannot be a name"],
    ['values=sum', "An entry of 'values' has the form sum:field, but 'sum' does not."],
    ['values=sum:title', "'sum' takes an int or a float, but 'title' is a string."],
    ['values=sum:meta.v', "'sum' takes an int or a float, but 'meta.v' is json."],
    ['values=min:pinned', "'min' takes a number, a time, a string or a uuid, but 'pinned' is a bool."],
    ['values=median:amount', "Unknown function 'median'"],
    ['values=average:amount', "Unknown function 'average' (did you mean 'avg'?)"],
    ['values=', "The parameter 'values' is empty"],
    ['expand=author', "Unknown parameter 'expand'"],
    ['offset=1', "Unknown parameter 'offset'"],
    ['limit=1001', "'limit' must be a whole number from 1 to 1000."],
    ['limit=0', "'limit' must be a whole number from 1 to 1000."],
    ['sort=amount', "'amount' is not in 'group' or 'values' (did you mean 'count'?); there are count."],
    ['sort=count,-count', "'count' is listed twice in the sort."],
    ['having=cuont:gt:1', "'cuont' is not in 'group' or 'values' (did you mean 'count'?)"],
    ['having=count', 'A filter has the form field:operator:value'],
    ['having=count:gt:x', "'count' is an int: compare it with a whole number"],
    ['group=status&having=status:eq:nothing', "'status' is never 'nothing'"],
    ['timezone=Europe/Pariss', "Unknown time zone 'Europe/Pariss' (did you mean 'Europe/Paris'?)"],
    [`values=${Array.from({ length: 21 }, (_, n) => `max:c${n}`)}`, "'values' has more than 20 entries."],
    ['filter=nothing', 'A filter has the form'],
  ])('%s is refused', (params, message) => {
    expect(() => found(params)).toThrow(AppError)
    expect(() => found(params)).toThrow(message)
  })

  test('one text for all values and names: statements are cached by it', () => {
    const textOf = (params: string) => {
      const query = parseAggregateQuery(db.schema, db.collection('posts'), new URLSearchParams(params), READ_ALL, SCOPE)
      return compileAggregate(query, READ_ALL).text
    }
    const one = textOf('group=status:as:a&filter=amount:gt:1&having=count:gt:3&sort=-count&limit=4&values=count')
    expect(textOf('group=status:as:b&filter=amount:gt:9&having=n:gt:7&sort=-n&limit=8&values=count:as:n')).toBe(one)
    const day = (zone: string) => textOf(`group=at:day,at:hour:as:hour&timezone=${zone}`)
    expect(day('America/New_York')).toBe(day('America/Toronto'))
    expect(day('%2B05:30')).toBe(day('-01:00'))
    for (const zone of Intl.supportedValuesOf('timeZone')) expect(day(zone).length).toBeLessThan(3000)
  })

  test('a count by an indexed field reads the index only', () => {
    const query = parseAggregateQuery(
      db.schema,
      db.collection('posts'),
      new URLSearchParams('group=status'),
      READ_ALL,
      SCOPE,
    )
    expect(db.plan(compileAggregate(query, READ_ALL)).join('\n')).toContain('USING COVERING INDEX')
  })
})

describe('numbers', () => {
  let db: Fixture
  beforeEach(async () => {
    db = await openFixture(SCHEMA)
  })
  afterEach(() => db.close())
  const MOST = Number.MAX_SAFE_INTEGER

  test('a sum of integers is exact up to 2^53 − 1, whatever it went through, and refused beyond', async () => {
    await db.insert('posts', { amount: MOST - 1 }, { amount: 1 })
    expect(runAggregate(db, 'posts', 'values=sum:amount')).toEqual([{ sum_amount: MOST }])
    const parts = Array.from({ length: 1500 }, () => ({ amount: MOST, status: 'draft' }))
    await db.insert('posts', ...parts)
    expect(() => runAggregate(db, 'posts', 'values=sum:amount')).toThrow("'sum_amount' is too large")
    expect(() => runAggregate(db, 'posts', 'values=sum:amount:as:x')).toThrow("'x' is too large")
    await db.insert('posts', ...parts.map(() => ({ amount: -MOST, status: 'draft' })))
    expect(runAggregate(db, 'posts', 'values=sum:amount')).toEqual([{ sum_amount: MOST }])
    await db.insert('posts', { amount: 1 })
    try {
      runAggregate(db, 'posts', 'values=sum:amount')
      throw new Error('this is one too many')
    } catch (error) {
      expect([(error as AppError).code, (error as AppError).status]).toEqual(['OUT_OF_RANGE', 422])
    }
    // What is not shown is no trouble.
    expect(runAggregate(db, 'posts', 'values=sum:amount&group=status&having=status:ne:null')).toEqual([
      { status: 'draft', sum_amount: 0 },
    ])
    expect(runAggregate(db, 'posts', 'values=sum:amount&having=sum_amount:lt:0')).toEqual([])
  })

  test('floats: infinite sums and averages are refused', async () => {
    await db.insert('posts', { score: 0.1 }, { score: 0.2 }, { score: 0.3 })
    const [group] = runAggregate(db, 'posts', 'values=sum:score,avg:score')
    expect(group?.sum_score).toBeCloseTo(0.6, 15)
    expect(group?.avg_score).toBeCloseTo(0.2, 15)
    await db.insert('posts', { score: 1.7e308 }, { score: 1.7e308 })
    for (const value of ['sum:score', 'avg:score']) {
      expect(() => runAggregate(db, 'posts', `values=${value}`)).toThrow('is too large')
    }
    expect(runAggregate(db, 'posts', 'values=max:score')).toEqual([{ max_score: 1.7e308 }])
  })

  test('a thousand groups are shown; of more, only the ones that were asked for', async () => {
    await db.insert('posts', ...Array.from({ length: 1000 }, (_, n) => ({ title: String(n).padStart(4, '0') })))
    expect(runAggregate(db, 'posts', 'group=title')).toHaveLength(1000)
    await db.insert('posts', { title: 'more' })
    for (const params of ['group=title', 'group=title&sort=-title', 'group=title&limit=5']) {
      expect(() => runAggregate(db, 'posts', params)).toThrow("There are more than 1000 groups: add 'sort' and 'limit'")
    }
    expect(runAggregate(db, 'posts', 'group=title&sort=-title&limit=2')).toEqual([
      { title: 'more', count: 1 },
      { title: '0999', count: 1 },
    ])
    expect(runAggregate(db, 'posts', 'group=title&sort=title&limit=1000')).toHaveLength(1000)
    expect(runAggregate(db, 'posts', 'group=title&limit=5&having=title:gte:0998')).toHaveLength(3)
  })
})
