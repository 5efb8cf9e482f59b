import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { AppError, type ErrorCode } from '@koyalite/contracts'
import { BLOG } from '../testing/blog'
import { type Fixture, openFixture } from '../testing/open-fixture'

const USER = '01890a5d-ac96-774b-bcce-b302099a8001'
const key = (n: number) => `0190aaaa-0000-7000-8000-0000000000${String(n).padStart(2, '0')}`
const at = (n: number) => `2024-05-17T10:00:${String(n).padStart(2, '0')}.000Z`

let db: Fixture
beforeAll(async () => {
  db = await openFixture(BLOG)
  await db.insert('users', { id: USER, email: 'ann@example.com', name: 'Ann' })
  for (let n = 0; n < 12; n++) {
    const author = n % 3 === 0 ? null : USER
    const meta = n % 4 === 0 ? null : { rank: n % 4 === 1 ? 'x' : n }
    await db.insert('posts', {
      id: key(n),
      title: `t${n % 2}`,
      author_id: author,
      meta,
      rank: n % 2 ? 1 : null,
      created_at: at(n % 5),
    })
  }
})
afterAll(() => db.close())

const ids = (params: string | Record<string, string>) =>
  db.list('posts', params).docs.map((doc) => Number(String(doc.id).slice(-2)))

function refused(
  params: string | Record<string, string> | URLSearchParams,
  code: ErrorCode = 'INVALID_REQUEST',
): string {
  try {
    db.list('posts', params)
  } catch (error) {
    if (error instanceof AppError && error.code === code) return error.message
    throw error
  }
  throw new Error('it was taken')
}

describe('sort', () => {
  test('by the key where nothing else is said', () => {
    expect(ids('')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(ids('sort=-id')).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
  })

  test('the key breaks ties in the direction of the last field', () => {
    expect(ids('sort=title')).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11])
    expect(ids('sort=-title')).toEqual([11, 9, 7, 5, 3, 1, 10, 8, 6, 4, 2, 0])
    expect(ids('sort=title,-created_at')).toEqual([4, 8, 2, 6, 10, 0, 9, 3, 7, 11, 1, 5])
    expect(ids('sort=-title,created_at')).toEqual([5, 1, 11, 7, 3, 9, 0, 10, 6, 2, 8, 4])
  })

  test('nulls come first ascending and last descending', () => {
    expect(ids('sort=rank').slice(0, 6)).toEqual([0, 2, 4, 6, 8, 10])
    expect(ids('sort=-rank').slice(6)).toEqual([10, 8, 6, 4, 2, 0])
    expect(ids('sort=author.name').slice(0, 4)).toEqual([0, 3, 6, 9])
  })

  test('what follows the key does not matter', () => {
    expect(db.list('posts', 'sort=-id,title').compiled.page).toEqual(db.list('posts', 'sort=-id').compiled.page)
  })

  test('along references and into json', () => {
    expect(ids('sort=-author.name')).toEqual([11, 10, 8, 7, 5, 4, 2, 1, 9, 6, 3, 0])
    expect(ids('sort=meta.rank')).toEqual([0, 4, 8, 2, 3, 6, 7, 10, 11, 1, 5, 9])
  })

  test.each([
    ['titel', "Unknown field 'titel' of 'posts' (did you mean 'title'?)."],
    ['title,', "A sort has the form -created_at,title, but 'title,' has an empty name."],
    ['--title', "Unknown field '-title' of 'posts' (did you mean 'title'?)."],
    ['secret', "Unknown field 'secret' of 'posts'."],
    ['raw', "'raw' is a blob, which cannot be sorted."],
    ['tags', "'tags' is json, which cannot be sorted; sort by a path into it, like 'tags.key'."],
    ['title,-title', "'title' is listed twice in the sort."],
    ['comments', "Unknown field 'comments' of 'posts'."],
    ['author', "'author' of 'posts' is a reference"],
    ['title,status,score,views,rank,featured,created_at,editor,meta.a', 'A sort has at most 8 fields.'],
    ['title:desc', "A sort has the form -created_at,title: write '-title' instead of 'title:desc'."],
    ['title;DROP TABLE posts', "Unknown field 'title;DROP TABLE posts' of 'posts' (did"],
  ])('%s is refused', (sort, message) => {
    expect(refused({ sort }, 'INVALID_SORT')).toStartWith(message)
  })
})

describe('pages', () => {
  test('limit and offset', () => {
    expect(ids('limit=3')).toEqual([0, 1, 2])
    expect(ids('limit=3&offset=2')).toEqual([2, 3, 4])
    expect(ids('limit=3&offset=100')).toEqual([])
    expect(ids('limit=3&offset=2&sort=-title')).toEqual([7, 5, 3])
  })

  test('total counts what matches, whatever page is shown', () => {
    expect(db.list('posts', 'limit=1&count=true').total).toBe(12)
    expect(db.list('posts', 'limit=1&count=true&offset=5&filter=title:eq:t1').total).toBe(6)
    expect(db.list('posts', 'count=false').total).toBeNull()
    const { nextCursor } = db.list('posts', 'limit=5')
    expect(db.list('posts', `limit=5&count=true&cursor=${nextCursor}`).total).toBe(12)
  })

  test('the last page has no next one', () => {
    expect(db.list('posts', 'limit=12').nextCursor).toBeNull()
    expect(db.list('posts', 'limit=11').nextCursor).not.toBeNull()
    expect(db.list('posts', 'filter=title:eq:zzz').nextCursor).toBeNull()
  })

  test.each([
    '',
    'id',
    '-id',
    'title',
    '-title,created_at',
    'rank,-created_at',
    '-rank',
    '-author.name,rank',
    'meta.rank',
    '-meta.rank,-title',
  ])('cursors through sort=%s visit everything once', (sort) => {
    const params = sort === '' ? 'limit=500' : `limit=500&sort=${sort}`
    const expected = db.list('posts', params).docs
    for (const limit of [1, 2, 5]) {
      const seen = []
      let cursor: string | null = null
      do {
        const page = db.list(
          'posts',
          `${params.replace('500', String(limit))}${cursor === null ? '' : `&cursor=${cursor}`}`,
        )
        seen.push(...page.docs)
        cursor = page.nextCursor
      } while (cursor !== null)
      expect(seen).toEqual([...expected])
    }
  })

  test('documents that come and go between pages move none of the others', async () => {
    const other = await openFixture(BLOG)
    for (let n = 10; n < 20; n++) await other.insert('posts', { id: key(n), title: 't', created_at: at(n) })
    const first = other.list('posts', 'sort=-created_at&limit=4')
    await other.insert('posts', { id: key(30), title: 'new', created_at: at(30) })
    await other.run({ text: 'DELETE FROM posts WHERE id IN (?, ?)', params: [key(16), key(15)] })
    const second = other.list('posts', `sort=-created_at&limit=4&cursor=${first.nextCursor}`)
    expect(second.docs.map((doc) => doc.id)).toEqual([key(14), key(13), key(12), key(11)])
    await other.close()
  })

  test.each([
    ['limit=0', "'limit' must be a whole number from 1 to 500."],
    ['limit=501', "'limit' must"],
    ['limit=-1', "'limit' must"],
    ['limit=1e2', "'limit' must"],
    ['limit=', "'limit' must"],
    ['limit=5;DROP TABLE posts', "'limit' must"],
    ['offset=-1', "'offset' must be a whole number from 0 to 1000000000."],
    ['offset=1.5', "'offset' must"],
    ['offset=99999999999999999999', "'offset' must"],
    ['count=yes', "'count' must be true or false."],
    ['count=1', "'count' must"],
    ['limit=1&limit=2', "The parameter 'limit' can be given only once."],
    ['sort=id&sort=title', "The parameter 'sort' can be given only once."],
    ['sort=', "The parameter 'sort' is empty: remove it, or set a value."],
    ['fields=', "The parameter 'fields' is empty"],
    ['expand=', "The parameter 'expand' is empty"],
    ['cursor=', "The parameter 'cursor' is empty"],
    ['where=', "The parameter 'where' is empty"],
    [
      'filters=a:eq:b',
      "Unknown parameter 'filters' (did you mean 'filter'?); supported are filter, where, params, sort,",
    ],
    ['page=2', "Unknown parameter 'page'; supported are"],
    ['Limit=2', "Unknown parameter 'Limit' (did you mean 'limit'?)"],
    ['__proto__=2', "Unknown parameter '__proto__'"],
  ])('%s is refused', (params, message) => {
    expect(refused(params)).toStartWith(message)
  })
})

describe('a cursor', () => {
  const cursor = () => String(db.list('posts', 'limit=2&sort=title&filter=title:ne:x').nextCursor)

  test('belongs to one filter, where and sort; limit, count, fields and expand may change', () => {
    expect(ids(`limit=3&sort=title&filter=title:ne:x&count=true&fields=id&expand=author&cursor=${cursor()}`)).toEqual([
      4, 6, 8,
    ])
    const foreign = 'The cursor is invalid, or belongs to a query with a different filter, where or sort.'
    expect(refused(`sort=-title&filter=title:ne:x&cursor=${cursor()}`)).toBe(foreign)
    expect(refused(`sort=title&cursor=${cursor()}`)).toBe(foreign)
    expect(refused(`sort=title&filter=title:ne:y&cursor=${cursor()}`)).toBe(foreign)
    expect(refused(`cursor=${cursor()}`)).toBe(foreign)
    expect(() => db.list('users', `sort=email&cursor=${cursor()}`)).toThrow(foreign)
  })

  test('cannot be had together with an offset', () => {
    expect(refused(`sort=title&filter=title:ne:x&offset=0&cursor=${cursor()}`)).toBe(
      "'cursor' and 'offset' cannot be combined.",
    )
  })

  test('that is damaged anywhere is refused', () => {
    const whole = cursor()
    expect(whole).toMatch(/^[A-Za-z0-9_-]+$/)
    const base = 'limit=3&sort=title&filter=title:ne:x'
    for (let index = 0; index < whole.length; index++) {
      const damaged = whole.slice(0, index) + (whole[index] === 'A' ? 'B' : 'A') + whole.slice(index + 1)
      expect(refused({ sort: 'title', filter: 'title:ne:x', cursor: damaged })).toContain('cursor')
    }
    for (const cut of [
      'x',
      '!!',
      'bnVsbA',
      'e30',
      'W10',
      whole.slice(1),
      whole.slice(0, -1),
      `${whole}A`,
      "' OR 1=1",
    ]) {
      expect(refused(`${base}&cursor=${encodeURIComponent(cut)}`)).toContain('cursor')
    }
  })
})

describe('plans', () => {
  const plan = (params: string) => db.plan(db.list('posts', params).compiled.page).join('\n')
  const next = (params: string) => plan(`${params}&cursor=${db.list('posts', params).nextCursor}`)

  test('a plain list walks the key, and a cursor enters it in the middle', () => {
    expect(plan('limit=2')).toBe('SCAN d0 USING INDEX sqlite_autoindex_posts_1')
    expect(next('limit=2')).toContain('SEARCH d0 USING COVERING INDEX sqlite_autoindex_posts_1 (id>?)')
    expect(next('limit=2&sort=-id')).toContain('SEARCH d0 USING COVERING INDEX sqlite_autoindex_posts_1 (id<?)')
  })

  test('an indexed field in either direction: only ties are sorted', () => {
    expect(plan('limit=2&sort=-created_at')).toContain('SCAN d0 USING INDEX posts_by_date')
    expect(next('limit=2&sort=-created_at')).toContain('SEARCH d0 USING INDEX posts_by_date (created_at<?)')
    expect(next('limit=2&sort=created_at')).toContain('SEARCH d0 USING INDEX posts_by_date (created_at>?)')
    for (const sort of ['-created_at', 'created_at']) {
      expect(next(`limit=2&sort=${sort}`)).toContain('USE TEMP B-TREE FOR LAST TERM OF ORDER BY')
    }
  })

  test('a filter with = and a sort share an index of both', () => {
    const params = `limit=2&filter=author_id:eq:${USER}&sort=-created_at`
    expect(plan(params)).toContain('USING INDEX posts_by_author (author_id=?)')
    expect(next(params)).toContain('USING INDEX posts_by_author (author_id=? AND created_at<?)')
  })

  test.each([
    ['', 'SCAN d0 USING INDEX sqlite_autoindex_posts_1'],
    ['sort=-created_at', 'SCAN d0 USING INDEX posts_by_date, USE TEMP B-TREE FOR LAST TERM OF ORDER BY'],
    [
      `filter=author_id:eq:${USER}&filter=score:lte:1&sort=created_at`,
      'SEARCH d0 USING INDEX posts_by_author (author_id=?), USE TEMP B-TREE FOR LAST TERM OF ORDER BY',
    ],
    ['sort=title', 'SCAN d0, USE TEMP B-TREE FOR ORDER BY'],
  ])('the walk for %s: %s', (params, expected) => {
    const { walk } = db.list('posts', params).compiled
    expect(walk && db.plan(walk).join(', ')).toBe(expected)
  })

  test.each(['sort=-created_at&offset=3', 'sort=-featured', 'sort=status,created_at', 'expand=comments&limit=200'])(
    'there is no walk for %s, which would make documents that are not shown',
    (params) => {
      expect(db.list('posts', params).compiled.walk).toBeNull()
    },
  )

  test('in, eq:null and ne:null can use an index', () => {
    expect(plan(`filter=author_id:in:${USER},${key(1)}&sort=-title`)).toContain('(author_id=?)')
    expect(plan('filter=author_id:eq:null&sort=-title')).toContain('(author_id=?)')
    expect(db.list('posts', 'filter=author_id:ne:null').compiled.page.text).toContain('"d0"."author_id" IS NOT NULL')
  })
})

test('collections and fields may be called like anything', async () => {
  const odd = await openFixture(`
version: 1
collections:
  select: { fields: { id: { type: int, primary: true, default: auto }, from: { type: string }, order_id: { type: int, nullable: true, references: order.id } } }
  order: { fields: { id: { type: int, primary: true, default: auto }, group: { type: string }, key: { type: json, nullable: true }, j: { type: string, default: v } } }
  keys: { fields: { id: { type: int, primary: true, default: auto }, shown_id: { type: int, references: shown.id } } }
  shown: { fields: { id: { type: int, primary: true, default: auto }, d0: { type: string, default: x } } }
`)
  await odd.insert('order', { group: 'g', key: ['a'] })
  await odd.insert('select', { from: 'x', order_id: 1 })
  await odd.insert('shown', { d0: 'y' })
  await odd.insert('keys', { shown_id: 1 })
  const response = odd.list(
    'select',
    'filter=order.group:eq:g&filter=order.key:contains:a&sort=-from,order.j&expand=order.select&limit=500',
  )
  expect(response.docs).toEqual([
    {
      id: 1,
      from: 'x',
      order_id: 1,
      order: { id: 1, group: 'g', key: ['a'], j: 'v', select: [{ id: 1, from: 'x', order_id: 1 }] },
    },
  ])
  expect(odd.list('shown', 'expand=keys.shown&limit=500&sort=d0').docs).toEqual([
    { id: 1, d0: 'y', keys: [{ id: 1, shown_id: 1, shown: { id: 1, d0: 'y' } }] },
  ])
  await odd.close()
})
