import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import { READ_ALL } from '../access/read-access'
import { parseListQuery } from '../list/parse-list-query'
import { BLOG } from '../testing/blog'
import { type Fixture, openFixture, SCOPE } from '../testing/open-fixture'
import { compileCondition } from './condition-sql'

let db: Fixture
beforeAll(async () => {
  db = await openFixture(BLOG)
  await db.insert('users', { id: USER_1, email: 'ann@example.com', name: 'Ann' })
  await db.insert('users', { id: USER_2, email: 'bob@example.com', name: 'Bob', boss_id: USER_1 })
  const at = (day: number) => `2024-05-0${day}T10:00:00.000Z`
  await db.insert(
    'posts',
    {
      id: key(1),
      title: 'Alpha',
      status: 'draft',
      author_id: USER_1,
      score: 0.5,
      views: 1,
      rank: 1,
      created_at: at(1),
    },
    { id: key(2), title: 'beta', status: 'published', author_id: USER_2, score: -2, views: 20, created_at: at(2) },
    { id: key(3), title: 'null', score: 1e300, views: -3, featured: true, rank: 3, created_at: at(3) },
    { id: key(4), title: '100%, \\ "Ünïcode" 😀', editor: USER_2, raw: 'AAEC', created_at: at(4) },
  )
})
afterAll(() => db.close())

const USER_1 = '01890a5d-ac96-774b-bcce-b302099a8001'
const USER_2 = '01890a5d-ac96-774b-bcce-b302099a8002'
const key = (n: number) => `0190aaaa-0000-7000-8000-00000000000${n}`

/** The numbers of the posts that a filter finds. */
function found(...filters: string[]): string {
  const params = new URLSearchParams(filters.map((filter): [string, string] => ['filter', filter]))
  return db
    .list('posts', params)
    .docs.map((doc) => String(doc.id).at(-1))
    .join('')
}

function compiled(filter: string) {
  const query = parseListQuery(db.schema, db.collection('posts'), new URLSearchParams({ filter }), READ_ALL, SCOPE)
  return compileCondition(query.condition, 't', READ_ALL)
}

function errorOf(...filters: string[]): string {
  try {
    found(...filters)
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_FILTER' && error.status === 400) return error.message
    throw error
  }
  throw new Error(`${filters} was taken`)
}

describe('each operator, the SQL it becomes, and what that finds', () => {
  const cases: [filter: string, text: string, params: unknown[], posts: string][] = [
    ['title:eq:Alpha', '"t"."title" = ?', ['Alpha'], '1'],
    ['title:ne:Alpha', '("t"."title" = ?) IS NOT TRUE', ['Alpha'], '234'],
    ['views:gt:1', '"t"."views" > ?', [1], '2'],
    ['views:gte:1', '"t"."views" >= ?', [1], '12'],
    ['views:lt:1', '"t"."views" < ?', [1], '34'],
    ['views:lte:-3', '"t"."views" <= ?', [-3], '3'],
    ['title:like:%ALPH_', '"t"."title" LIKE +?', ['%ALPH_'], '1'],
    ['title:contains:eta', 'instr("t"."title", ?) > 0', ['eta'], '2'],
    ['views:in:1,20,7', '"t"."views" IN (SELECT "value" FROM json_each(?))', ['[1,20,7]'], '12'],
    ['views:nin:1,20', '("t"."views" IN (SELECT "value" FROM json_each(?))) IS NOT TRUE', ['[1,20]'], '34'],
    ['rank:eq:null', '"t"."rank" IS NULL', [], '24'],
    ['rank:ne:null', '"t"."rank" IS NOT NULL', [], '13'],
    ['featured:eq:true', '"t"."featured" = ?', [1], '3'],
    ['score:eq:0.5', '"t"."score" = ?', [0.5], '1'],
    ['raw:ne:null', '"t"."raw" IS NOT NULL', [], '4'],
    [
      'author.name:eq:Bob',
      '(SELECT "t_1"."name" = ? FROM "users" AS "t_1" WHERE "t_1"."id" = "t"."author_id")',
      ['Bob'],
      '2',
    ],
  ]
  test.each(cases)('%s', (filter, text, params, posts) => {
    const sql = compiled(filter)
    expect(sql.text).toBe(text)
    expect(sql.params).toEqual(params as never)
    expect(found(filter)).toBe(posts)
  })
})

describe('values', () => {
  test('a value is everything after the second colon', () => {
    expect(errorOf('title:eq')).toBe("A filter has the form field:operator:value, but 'title:eq' does not.")
    expect(found('title:eq:a:b')).toBe('')
    expect(found('title:contains::')).toBe('')
    expect(found('title:eq:')).toBe('')
  })

  test('several filters are joined by AND', () => {
    expect(found('views:gt:0', 'views:lt:10')).toBe('1')
    expect(found('views:gt:0', 'views:lt:0')).toBe('')
  })

  test('null is null, and \\null is the text', () => {
    expect(found('author_id:eq:null')).toBe('34')
    expect(found('author_id:ne:null')).toBe('12')
    expect(found('title:eq:null')).toBe('')
    expect(found('title:eq:\\null')).toBe('3')
    expect(found('title:ne:\\null')).toBe('124')
    expect(found('title:eq:\\\\null')).toBe('')
    expect(found('title:in:\\null,beta')).toBe('23')
  })

  test('only eq, ne, in and nin know null', () => {
    expect(found('title:gte:null')).toBe('3')
    expect(found('title:contains:null')).toBe('3')
    expect(found('rank:in:null,1')).toBe('124')
    expect(found('rank:nin:null,1')).toBe('3')
    expect(errorOf('views:gt:null')).toContain('views')
  })

  test('ne and nin keep nulls', () => {
    expect(found('rank:ne:1')).toBe('234')
    expect(found('rank:nin:1,3')).toBe('24')
    expect(found(`author_id:ne:${USER_1}`)).toBe('234')
    expect(found('author.name:ne:Bob')).toBe('134')
    expect(found('author.name:nin:Bob,Ann')).toBe('34')
  })

  test('commas and backslashes of a list are escaped with a backslash', () => {
    expect(found('title:in:100%\\, \\\\ "Ünïcode" 😀,x')).toBe('4')
    expect(found('title:in:a\\b,Alpha')).toBe('1')
    expect(found('title:in:')).toBe('')
  })

  test('like ignores the case of ASCII letters only; _ is one character', () => {
    expect(found('title:like:ALPHA')).toBe('1')
    expect(found('title:like:%ü%')).toBe('')
    expect(found('title:like:%Ü%')).toBe('4')
    expect(found('title:like:%" _')).toBe('4')
    expect(found('title:like:%!%%')).toBe('')
  })

  test('contains is exact', () => {
    expect(found('title:contains:ALPHA')).toBe('')
    expect(found('title:contains:%')).toBe('4')
    expect(found('title:contains:')).toBe('1234')
  })

  test('uuids in any case, timestamps with any offset', () => {
    expect(found(`author_id:eq:${USER_1.toUpperCase()}`)).toBe('1')
    expect(found('created_at:eq:2024-05-02T12:00:00+02:00')).toBe('2')
    expect(found('created_at:gt:2024-05-03T10:00:00Z')).toBe('4')
    expect(found('created_at:eq:2024-05-02T10:00:00.0009Z')).toBe('2')
  })

  test('a plus sign that arrives as a space is still an offset', () => {
    expect(db.list('posts', 'filter=created_at:eq:2024-05-02T12:00:00+02:00').docs).toHaveLength(1)
  })

  test('text is compared by code point', () => {
    expect(found('title:gt:a')).toBe('23')
    expect(found('title:lt:B')).toBe('14')
  })

  test.each([
    ['views:gt:abc', "'views' is an int: compare it with a whole number from -9007199254740991 to 9007199254740991."],
    ['views:eq:1.5', "'views' is an int"],
    ['views:eq:', "'views' is an int"],
    ['views:eq: 1', "'views' is an int"],
    ['views:eq:0x10', "'views' is an int"],
    ['views:eq:9007199254740992', "'views' is an int"],
    ['score:eq:1e999', "'score' is a float: compare it with a finite number."],
    ['score:eq:NaN', "'score' is a float"],
    ['featured:eq:1', "'featured' is a bool: compare it with true or false."],
    ['featured:eq:TRUE', "'featured' is a bool"],
    ['author_id:eq:x', "'author_id' is a uuid"],
    ['created_at:gt:2024-02-30T00:00:00Z', "'created_at' is a timestamp"],
    [
      'status:eq:publishd',
      "'status' is never 'publishd' (did you mean 'published'?): it is one of draft, published, archived.",
    ],
    ['status:in:draft,gone', "'status' is never 'gone'"],
    ['rank:eq:7', "'rank' is never '7': it is one of 1, 2, 3."],
    ['views:in:1,', "'views' is an int"],
  ])('%s is refused', (filter, message) => {
    expect(errorOf(filter)).toStartWith(message)
  })

  test('no text has a U+0000', () => {
    expect(errorOf('title:eq:a\0b')).toBe("'title' must not contain U+0000.")
    expect(errorOf('meta.a:like:%\0%')).toBe("'meta.a' must not contain U+0000.")
  })

  test('an order or a pattern may use what is not in the enum', () => {
    expect(found('rank:lt:7')).toBe('13')
    expect(found('status:like:dr%')).toBe('134')
  })
})

describe('what there is not', () => {
  test.each([
    ['titel:eq:x', "Unknown field 'titel' of 'posts' (did you mean 'title'?)."],
    ['qqqqqq:eq:x', "Unknown field 'qqqqqq' of 'posts'."],
    ['author.nam:eq:x', "Unknown field 'nam' of 'users' (did you mean 'name'?)."],
    ['title:equal:x', "Unknown operator 'equal'"],
    ['title:=:x', "Unknown operator '=' (did you mean 'eq'?); supported are eq, ne,"],
    ['title.x:eq:x', "'title' is a string: 'title.x' is not a valid path."],
    [
      'author:eq:x',
      "'author' of 'posts' is a reference: use 'author_id', or a field of the referenced document ('author.id').",
    ],
    ['comments.text:eq:x', "Unknown field 'comments' of 'posts'"],
    ['meta..a:eq:x', "'meta..a' has an empty step."],
    [`meta${'.a'.repeat(17)}:eq:x`, `'meta${'.a'.repeat(17)}' goes more than 16 steps into json.`],
    [`author${'.boss'.repeat(5)}.name:eq:x`, `'author${'.boss'.repeat(5)}.name' follows more than 5 references.`],
    [':eq:x', 'A filter has the form field:operator:value'],
    ['', 'A filter has the form field:operator:value'],
    ['secret:eq:x', "Unknown field 'secret' of 'posts'."],
    ['ssecret:eq:x', "Unknown field 'ssecret' of 'posts'."],
    ['author.password_hint:eq:x', "Unknown field 'password_hint' of 'users'."],
    ['__proto__:eq:x', "Unknown field '__proto__' of 'posts'."],
  ])('%s', (filter, message) => {
    expect(errorOf(filter)).toStartWith(message)
  })

  test.each([
    [
      'views:like:1%',
      "'like' does not apply to 'views', which is an int; supported are eq, ne, gt, gte, lt, lte, in, nin.",
    ],
    ['featured:gt:true', "'gt' does not apply to 'featured', which is a bool; supported are eq, ne, in, nin."],
    ['created_at:contains:2024', "'contains' does not apply to 'created_at', which is a timestamp"],
    ['author_id:like:0%', "'like' does not apply to 'author_id', which is a uuid"],
    ['raw:eq:AAEC', "'raw' is a blob: only eq:null and ne:null apply to it."],
    ['raw:in:null', "'raw' is a blob"],
  ])('%s makes no sense', (filter, message) => {
    expect(errorOf(filter)).toStartWith(message)
  })
})

describe('references', () => {
  test('by the name of the relation, of the field, in place, and in several steps', () => {
    expect(found('author.name:eq:Ann')).toBe('1')
    expect(found('author_id.name:eq:Ann')).toBe('1')
    expect(found('editor.name:eq:Bob')).toBe('4')
    expect(found(`editor:eq:${USER_2}`)).toBe('4')
    expect(found('author.boss.name:eq:Ann')).toBe('2')
    expect(found('author.boss_id.email:like:ANN@%')).toBe('2')
    expect(found('author.boss.name:eq:null')).toBe('134')
    expect(found('author.verified:eq:false')).toBe('12')
  })
})

describe('bounds', () => {
  test('filters, list values, patterns', () => {
    expect(errorOf(...Array(51).fill('views:gt:0'))).toBe('A list is filtered by at most 50 comparisons.')
    expect(found(...Array(50).fill('views:gt:1'))).toBe('2')
    expect(errorOf(`views:in:${Array(1001).fill('1').join(',')}`)).toBe("'in' on 'views' has more than 1000 values.")
    expect(errorOf(`title:like:${'%a'.repeat(251)}`)).toBe("The pattern for 'title' is longer than 500 characters.")
  })

  test('a pattern of many wildcards over a long text is soon done', async () => {
    const long = await openFixture(BLOG)
    await long.insert('posts', { id: key(1), title: 'a'.repeat(100_000) })
    expect(long.list('posts', { filter: `title:like:${'%a'.repeat(249)}%b` }).docs).toEqual([])
    await long.close()
  })

  test('the text of a statement does not depend on values', () => {
    expect(compiled('views:in:1').text).toBe(compiled('views:in:1,2,3').text)
    expect(compiled('meta.a:eq:x').text).toBe(compiled('meta.b.c:eq:"; DROP TABLE posts').text)
  })
})

test('values and names cannot become SQL', () => {
  for (const evil of ['" OR 1=1 --', "' OR 1=1 --", '"; DROP TABLE posts; --', "x' UNION SELECT 1 --", '\\', '%00']) {
    expect(found(`title:eq:${evil}`)).toBe('')
    expect(found(`title:in:${evil},x`)).toBe('')
    expect(found(`meta.${evil.replaceAll(':', '')}:eq:1`)).toBe('')
    expect(errorOf(`${evil}:eq:1`)).toContain('Unknown field')
    expect(errorOf(`title:${evil}:1`)).toContain('Unknown operator')
  }
  expect(found()).toBe('1234')
})
