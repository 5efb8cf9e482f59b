import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Sql } from '@koyalite/contracts'
import { encodeCursor } from '../list/cursor'
import { BLOG } from '../testing/blog'
import { type Fixture, openFixture } from '../testing/open-fixture'
import { type FieldAccess, READ_ALL, type ReadAccess, type RowAccess } from './read-access'

const ANN = '01890a5d-ac96-774b-bcce-b302099a8001'
const BOB = '01890a5d-ac96-774b-bcce-b302099a8002'
const key = (n: number) => `0190aaaa-0000-7000-8000-00000000000${n}`

let db: Fixture
beforeAll(async () => {
  db = await openFixture(BLOG)
  await db.insert('users', { id: ANN, email: 'ann@example.com', name: 'Ann', password_hint: 'cat' })
  await db.insert('users', { id: BOB, email: 'bob@example.com', name: 'Bob', boss_id: ANN })
  await db.insert(
    'posts',
    { id: key(1), title: 'one', status: 'published', author_id: ANN, score: 1, secret: 's', editor: BOB },
    { id: key(2), title: 'two', author_id: BOB, score: 2, meta: { a: 1 } },
    { id: key(3), title: 'three', status: 'published', author_id: BOB, score: 3, meta: { a: 2 } },
  )
  await db.insert(
    'comments',
    { id: 1, post_id: key(1), author_id: BOB, text: 'x' },
    { id: 2, post_id: key(2), text: 'y' },
  )
})
afterAll(() => db.close())

const where = (build: (column: (name: string) => string) => { text: string; params?: Sql['params'] }) => ({
  kind: 'where' as const,
  sql(alias: string): Sql {
    const { text, params = [] } = build((name) => `"${alias}"."${name}"`)
    return { text, params }
  },
})

/** An access with some rules; everything else is open. Rules bind values, so that a mix-up of parameters shows. */
function access(rules: { rows?: Record<string, RowAccess>; fields?: Record<string, FieldAccess> }): ReadAccess {
  return {
    rows: (collection) => rules.rows?.[collection.name] ?? { kind: 'all' },
    field: (collection, field) => rules.fields?.[`${collection.name}.${field.name}`] ?? { kind: 'all' },
  }
}

const NONE = { kind: 'none' } as const
const numbers = (params: string, as: ReadAccess) =>
  db.list('posts', params, as).docs.map((doc) => Number(String(doc.id).slice(-1)))

describe('rows', () => {
  const published = access({ rows: { posts: where((c) => ({ text: `${c('status')} = ?`, params: ['published'] })) } })
  const onlyAnn = access({
    rows: { users: where((c) => ({ text: `${c('email')} = ?`, params: ['ann@example.com'] })) },
  })

  test('are left out of lists, totals, pages and single reads', () => {
    expect(numbers('', published)).toEqual([1, 3])
    expect(numbers('filter=title:ne:one&sort=-title', published)).toEqual([3])
    const page = db.list('posts', 'limit=1&count=true&sort=-score', published)
    expect([page.total, page.docs[0]?.title]).toEqual([2, 'three'])
    expect(db.list('posts', `limit=1&sort=-score&cursor=${page.nextCursor}`, published).docs[0]?.title).toBe('one')
    expect(db.get('posts', key(2), '', published)).toBeNull()
    expect(db.get('posts', key(2), 'expand=author', published)).toBeNull()
    expect(db.get('posts', key(1), '', published)?.doc.title).toBe('one')
    expect(db.list('posts', 'count=true', access({ rows: { posts: NONE } }))).toMatchObject({ docs: [], total: 0 })
  })

  test('are null or absent where they would be expanded', () => {
    const docs = db.list('posts', 'expand=author,editor,comments.author', onlyAnn).docs
    expect(docs.map((doc) => (doc.author as { name: string } | null)?.name)).toEqual(['Ann', undefined, undefined])
    expect(docs[1]).toMatchObject({ author_id: BOB, author: null })
    expect(docs[0]).toMatchObject({ editor: null, comments: [{ author_id: BOB, author: null }] })
    expect(db.get('users', BOB, 'expand=posts_by_author_id', published)?.doc.posts_by_author_id).toMatchObject([
      { id: key(3) },
    ])
    const closed = access({ rows: { users: NONE, comments: NONE } })
    expect(db.list('posts', 'expand=author,comments&limit=1', closed).docs[0]).toMatchObject({
      author: null,
      comments: [],
    })
  })

  test('are null in filters and sorts that go through them', () => {
    expect(numbers('filter=author.name:eq:Bob', onlyAnn)).toEqual([])
    expect(numbers('filter=author.name:ne:Bob', onlyAnn)).toEqual([1, 2, 3])
    expect(numbers('filter=author.name:eq:null', onlyAnn)).toEqual([2, 3])
    expect(numbers('filter=author.boss.name:eq:Ann', onlyAnn)).toEqual([])
    expect(numbers('sort=author.name', onlyAnn)).toEqual([2, 3, 1])
  })

  test('are nothing that a cursor could be compared with', () => {
    const after = (...values: readonly unknown[]) => {
      const cursor = encodeCursor(JSON.stringify(['posts', '-title,-id', [], null, null]), values as readonly string[])
      return numbers(`sort=-title&cursor=${cursor}`, published)
    }
    // Whatever it says is a value, and never another document's.
    for (const value of [true, { of: 'x' }, { of: 'i99999999999999999999' }, { of: 'b0' }, ['b00'], { of: 7 }])
      expect(() => after(value, key(2))).toThrow('The cursor is invalid')
    expect(after({ of: 'b' }, key(2))).toEqual([3, 1])
  })

  test('a rule that is null opens nothing', () => {
    const unknown = access({ rows: { posts: where(() => ({ text: 'NULL' })), users: where(() => ({ text: 'NULL' })) } })
    expect(numbers('', unknown)).toEqual([])
    expect(numbers('filter=title:ne:x', unknown)).toEqual([])
    expect(db.get('posts', key(1), '', unknown)).toBeNull()
  })

  test('count towards the bound of expand only where they are shown', () => {
    expect(db.list('posts', 'limit=500&expand=comments.author', onlyAnn).docs).toHaveLength(3)
  })
})

describe('a field that may not be read', () => {
  const noScore = access({
    fields: { 'posts.score': NONE, 'posts.meta': NONE, 'users.name': NONE, 'posts.author_id': NONE },
  })
  const errorOf = (params: string, as: ReadAccess) => {
    try {
      db.list('posts', params, as)
    } catch (error) {
      return (error as Error).message
    }
    return 'taken'
  }

  test('is in no document', () => {
    expect(Object.keys(db.list('posts', 'limit=1', noScore).docs[0] ?? {})).toEqual([
      'id',
      'title',
      'status',
      'editor',
      'tags',
      'views',
      'rank',
      'featured',
      'raw',
      'created_at',
    ])
    expect(db.get('posts', key(1), 'expand=editor', noScore)?.doc.editor).not.toHaveProperty('name')
    expect(db.get('posts', key(1), '', noScore)?.whole).not.toHaveProperty('score')
  })

  test('does not exist in any clause: the message is that of a field that never was', () => {
    const clauses = (field: string) => [
      `filter=${field}:eq:1`,
      `filter=editor.${field}:eq:1`,
      `filter=${field}.a:eq:1`,
      `sort=${field}`,
      `sort=-${field}.a`,
      `fields=${field}`,
      `fields=editor.${field}&expand=editor`,
      `expand=${field}`,
    ]
    for (const hidden of ['score', 'name', 'author', 'author_id']) {
      const never = 'q'.repeat(hidden.length)
      const same = clauses(hidden).map((clause) => errorOf(clause, noScore))
      expect(same.map((message) => message.replaceAll(hidden, never))).toEqual(
        clauses(never).map((clause) => errorOf(clause, noScore)),
      )
    }
  })

  test('is not what was meant', () => {
    for (const clause of [
      'filter=scor:eq:1',
      'sort=scor',
      'fields=scor',
      'expand=autho',
      'filter=met:eq:1',
      'filter=secre:eq:1',
    ]) {
      expect(errorOf(clause, noScore)).not.toMatch(/'(score|author|author_id|meta|secret)'/)
    }
  })

  test('nor do the relations that it makes, on either side', () => {
    expect(() => db.get('users', BOB, 'expand=posts_by_author_id', noScore)).toThrow(
      "Unknown relation 'posts_by_author_id'",
    )
    expect(db.get('users', BOB, 'expand=posts_by_editor', noScore)?.doc.posts_by_editor).toHaveLength(1)
  })

  test('internal ones are closed to everyone', () => {
    expect(errorOf('filter=secret:eq:s', READ_ALL)).toBe("Unknown field 'secret' of 'posts'.")
    expect(errorOf('filter=author.password_hint:eq:cat', READ_ALL)).toBe("Unknown field 'password_hint' of 'users'.")
    expect(JSON.stringify(db.list('posts', 'expand=author,comments.author').docs)).not.toMatch(
      /secret|password_hint|"cat"/,
    )
  })
})

describe('a field that is decided for each document', () => {
  const own = access({
    fields: {
      'posts.score': where((c) => ({ text: `${c('author_id')} = ?`, params: [BOB] })),
      'posts.author_id': where((c) => ({ text: `${c('title')} <> ?`, params: ['two'] })),
      'posts.meta': where((c) => ({ text: `${c('title')} <> ?`, params: ['two'] })),
      'users.name': where((c) => ({ text: `${c('email')} = ?`, params: ['ann@example.com'] })),
      'posts.editor': where(() => ({ text: 'NULL' })),
    },
  })

  test('is absent from the documents where the rule fails', () => {
    const docs = db.list('posts', 'fields=id,score,author_id,editor&filter=id:ne:null', own).docs
    expect(docs).toEqual([
      { id: key(1), author_id: ANN },
      { id: key(2), score: 2 },
      { id: key(3), score: 3, author_id: BOB },
    ])
    expect(db.get('posts', key(1), '', own)?.doc).not.toHaveProperty('score')
    expect(db.get('posts', key(2), '', own)?.doc).toMatchObject({ score: 2 })
  })

  test('is null in every clause there', () => {
    expect(numbers('filter=score:eq:null', own)).toEqual([1])
    expect(numbers('filter=score:gte:1', own)).toEqual([2, 3])
    expect(numbers('filter=score:ne:2', own)).toEqual([1, 3])
    expect(numbers('sort=score', own)).toEqual([1, 2, 3])
    expect(numbers('sort=-score', own)).toEqual([3, 2, 1])
    expect(numbers('filter=meta.a:eq:1', own)).toEqual([])
    expect(numbers('filter=author.name:eq:Ann', own)).toEqual([1])
    expect(numbers('filter=author.name:eq:null&sort=-id', own)).toEqual([3, 2])
    const first = db.list('posts', 'sort=-score&limit=2', own)
    expect(db.list('posts', `sort=-score&limit=2&cursor=${first.nextCursor}`, own).docs.map((doc) => doc.id)).toEqual([
      key(1),
    ])
  })

  test('leads nowhere there', () => {
    const docs = db.list('posts', 'expand=author,editor', own).docs
    expect(docs.map((doc) => (doc.author as { email: string } | null)?.email)).toEqual([
      'ann@example.com',
      undefined,
      'bob@example.com',
    ])
    expect(docs[2]?.author).not.toHaveProperty('name')
    expect(docs[0]).not.toHaveProperty('editor')
    expect(db.get('users', BOB, 'expand=posts_by_author_id', own)?.doc.posts_by_author_id).toMatchObject([
      { id: key(3) },
    ])
  })
})

test('what is compiled for an access is kept with it', () => {
  const first = db.list('posts', '').compiled.page
  expect(db.list('posts', '').compiled.page.text).toBe(first.text)
  expect(db.list('posts', '', access({ fields: { 'posts.score': NONE } })).compiled.page.text).not.toContain('score')
})
