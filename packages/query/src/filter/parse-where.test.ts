import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import { READ_ALL, type ReadAccess } from '../access/read-access'
import { BLOG } from '../testing/blog'
import { type Fixture, openFixture } from '../testing/open-fixture'

const ANN = '01890a5d-ac96-774b-bcce-b302099a8001'
const key = (n: number) => `0190aaaa-0000-7000-8000-00000000000${n}`

let db: Fixture
beforeAll(async () => {
  db = await openFixture(BLOG)
  await db.insert('users', { id: ANN, email: 'ann@example.com', name: 'Ann' })
  await db.insert(
    'posts',
    { id: key(1), title: 'one', author_id: ANN, views: 5, meta: { color: 'red' }, created_at: '2024-05-01T00:00:00Z' },
    { id: key(2), title: 'two', status: 'published', views: 1, created_at: '2024-05-02T00:00:00Z' },
    { id: key(3), title: 'three', views: 9, rank: 2, tags: ['a'], created_at: '2024-07-01T00:00:00Z' },
  )
})
afterAll(() => db.close())

const found = (where: string, more = {}, access: ReadAccess = READ_ALL) =>
  db
    .list('posts', { where, ...more }, access)
    .docs.map((doc) => String(doc.id).at(-1))
    .join('')

function refused(where: string, access?: ReadAccess): string {
  try {
    found(where, {}, access)
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_FILTER') return error.message
    throw error
  }
  throw new Error('it was taken')
}

test.each([
  ["doc.title == 'one'", '1'],
  ['doc.views > 1', '13'],
  ["doc.views > 1 && doc.status == 'draft'", '13'],
  ["doc.views == 1 || doc.meta.color == 'red'", '12'],
  ["doc.author.name == 'Ann'", '1'],
  ['doc.created_at < request.time', '12'],
  ['doc.rank == null', '12'],
  ['auth.id == null', '123'],
  ['false', ''],
])('%s', (where, posts) => {
  expect(found(where)).toBe(posts)
})

test('what errs is not true, nor is its negation', () => {
  expect(found("doc.author.name != 'Ann'")).toBe('')
  expect(found("!(doc.author.name == 'Ann')")).toBe('')
  expect(found('doc.rank > 1')).toBe('3')
  expect(found('!(doc.rank > 1)')).toBe('')
})

test('together with filters, sort, cursor and total', () => {
  const params = { filter: 'title:ne:three', sort: '-views', limit: '1', count: 'true' }
  const first = db.list('posts', { where: 'doc.views > 0', ...params })
  expect(first).toMatchObject({ docs: [{ title: 'one' }], total: 2 })
  expect(found('doc.views > 0', { ...params, cursor: first.nextCursor })).toBe('2')
  expect(() => found('doc.views > 1', { ...params, cursor: first.nextCursor })).toThrow('The cursor is invalid')
})

describe('refused', () => {
  test('with the place', () => {
    expect(refused('doc.titel == 1')).toBe(
      "'where' at character 5: unknown field 'titel' of posts (did you mean 'title'?).",
    )
    expect(refused('doc.title ==')).toStartWith("'where' at character")
    expect(refused('doc.title')).toContain('bool')
    expect(refused("doc.views == 'x'")).toContain("'where' at character")
    expect(refused('('.repeat(9000))).toContain("'where' at character")
    expect(refused("'; DROP TABLE posts; --")).toContain("'where' at character")
  })

  test('collections, and more of the request than its time', () => {
    expect(refused('users.exists(u, true)')).toContain('users')
    expect(refused("request.ip == ''")).toContain('ip')
  })

  test('what may not be read does not exist', () => {
    const noViews: ReadAccess = {
      ...READ_ALL,
      field: (_, field) => ({ kind: field.name === 'views' ? 'none' : 'all' }),
    }
    const never = refused('doc.qiews > 1', noViews)
    expect(refused('doc.views > 1', noViews).replace('views', 'qiews')).toBe(never)
    expect(refused("doc.secret == 's'").replaceAll('secret', 'qqqqqq')).toBe(refused("doc.qqqqqq == 's'"))
    expect(refused("doc.author.password_hint == 's'")).toContain('unknown field')
  })

  test('rows that may not be read are as absent', () => {
    const noUsers: ReadAccess = {
      ...READ_ALL,
      rows: (collection) => ({ kind: collection.name === 'users' ? 'none' : 'all' }),
    }
    expect(found("doc.author.name == 'Ann'", {}, noUsers)).toBe('')
  })
})
