import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import { BLOG } from '../testing/blog'
import { type Fixture, openFixture } from '../testing/open-fixture'

const ANN = '01890a5d-ac96-774b-bcce-b302099a8001'
const BOB = '01890a5d-ac96-774b-bcce-b302099a8002'
const key = (n: number) => `0190aaaa-0000-7000-8000-00000000000${n}`

let db: Fixture
beforeAll(async () => {
  db = await openFixture(BLOG)
  await db.insert('users', { id: ANN, email: 'ann@example.com', name: 'Ann' })
  await db.insert('users', { id: BOB, email: 'bob@example.com', name: 'Bob', boss_id: ANN })
  await db.insert(
    'posts',
    { id: key(1), title: 'one', author_id: ANN, tags: ['x', { y: [true, null] }], featured: true, raw: 'AAEC' },
    { id: key(2), title: 'two', editor: BOB },
  )
  await db.insert(
    'comments',
    { id: 1, post_id: key(1), author_id: BOB, text: 'first' },
    { id: 2, post_id: key(1), text: 'second', parent_id: 1 },
    { id: 3, post_id: key(2), author_id: ANN, text: 'third', parent_id: 1 },
  )
})
afterAll(() => db.close())

const list = (params: string, collection = 'posts') => db.list(collection, `${params}`).docs

function refused(params: string): string {
  for (const read of [() => db.list('posts', params), () => db.get('posts', key(1), params)]) {
    try {
      read()
    } catch (error) {
      if (error instanceof AppError && error.code === 'INVALID_REQUEST') continue
      throw error
    }
    throw new Error(`${params} was taken`)
  }
  try {
    db.list('posts', params)
  } catch (error) {
    return (error as AppError).message
  }
  return ''
}

describe('fields', () => {
  test('only what was asked, in the order of the schema', () => {
    expect(list('fields=title,id')).toEqual([
      { id: key(1), title: 'one' },
      { id: key(2), title: 'two' },
    ])
    expect(list('fields=title&sort=-title')).toEqual([{ title: 'two' }, { title: 'one' }])
    expect(list('fields=featured,tags,raw,meta&limit=1')).toEqual([
      { tags: ['x', { y: [true, null] }], meta: null, featured: true, raw: 'AAEC' },
    ])
  })

  test('of expanded documents', () => {
    expect(list('fields=id,author.name&expand=author')).toEqual([
      { id: key(1), author: { name: 'Ann' } },
      { id: key(2), author: null },
    ])
    expect(list('fields=comments.text,comments.author.email&expand=comments.author&limit=1')).toEqual([
      {
        comments: [
          { text: 'second', author: null },
          { text: 'first', author: { email: 'bob@example.com' } },
        ],
      },
    ])
    expect(Object.keys(list('fields=id,author&expand=author&limit=1')[0]?.author ?? {})).toContain('email')
  })

  test('a relation that is expanded is shown without being named', () => {
    expect(list('fields=id&expand=editor')[1]).toMatchObject({ id: key(2), editor: { name: 'Bob' } })
  })

  test.each([
    ['fields=titel', "Unknown field 'titel' of 'posts' (did you mean 'title'?)."],
    ['fields=id,secret', "Unknown field 'secret' of 'posts'."],
    ['fields=id,', "'fields' is a comma-separated list of names, but one of them is empty."],
    ['fields=author', "'author' is a relation: to include it, add expand=author."],
    ['fields=author.name', "'author' is a relation: to include it, add expand=author."],
    ['fields=editor.name', "'editor' is a relation: to include it, add expand=editor."],
    ['fields=author.nam&expand=author', "Unknown field 'author.nam' of 'users' (did you mean 'name'?)."],
    ['fields=author.password_hint&expand=author', "Unknown field 'author.password_hint' of 'users'."],
    ['fields=meta.color', "'meta' can only be selected as a whole: use it without '.color'."],
    ["fields=id') FROM users --", 'Unknown field'],
  ])('%s is refused', (params, message) => {
    expect(refused(params)).toStartWith(message)
  })
})

describe('expand', () => {
  test('forward: author_id stays, and author is the document', () => {
    const [one, two] = list('expand=author')
    expect(one).toMatchObject({ author_id: ANN, author: { id: ANN, name: 'Ann', verified: false } })
    expect(two).toMatchObject({ author_id: null, author: null })
    expect(one?.author).not.toHaveProperty('password_hint')
  })

  test('a reference whose name does not end in _id is replaced in place', () => {
    const [one, two] = list('expand=editor')
    expect(Object.keys(two ?? {})).toEqual(Object.keys(list('')[1] ?? {}))
    expect(one?.editor).toBeNull()
    expect(two?.editor).toMatchObject({ id: BOB })
  })

  test('back: an array, key descending', () => {
    expect(list('expand=comments').map((doc) => (doc.comments as { id: number }[]).map(({ id }) => id))).toEqual([
      [2, 1],
      [3],
    ])
    expect(db.get('comments', 1, 'expand=comments')?.doc.comments).toMatchObject([{ id: 3 }, { id: 2 }])
    expect(db.get('comments', 2, 'expand=comments,parent,parent.comments')?.doc).toMatchObject({
      comments: [],
      parent: { id: 1, comments: [{ id: 3 }, { id: 2 }] },
    })
  })

  test('two fields of one collection that refer have a relation each', () => {
    const ann = db.get('users', ANN, 'expand=posts_by_author_id,posts_by_editor,users')?.doc
    expect(ann).toMatchObject({ posts_by_author_id: [{ id: key(1) }], posts_by_editor: [], users: [{ id: BOB }] })
  })

  test('nested, three deep, with json, booleans and blobs intact', () => {
    const [one] = list('expand=comments.author.boss,comments.post&limit=1')
    expect(one).toMatchObject({
      comments: [
        { id: 2, author: null, post: { id: key(1), tags: ['x', { y: [true, null] }], featured: true, raw: 'AAEC' } },
        { id: 1, author: { name: 'Bob', boss: { name: 'Ann' } } },
      ],
    })
  })

  test('naming a relation twice expands it once', () => {
    expect(list('expand=comments,comments.author,comments')).toEqual(list('expand=comments.author'))
  })

  test('the whole document comes along for the ETag', () => {
    const { whole } = db.get('posts', key(1)) ?? {}
    expect(db.get('posts', key(1), 'expand=author')?.whole).toEqual(whole as never)
    expect(db.get('posts', key(1), 'fields=id')?.whole).toEqual(whole as never)
  })

  test.each([
    ['expand=autor', "Unknown relation 'autor' of 'posts' (did you mean 'author'?)."],
    ['expand=comments.autor', "Unknown relation 'comments.autor' of 'comments' (did you mean 'author'?)."],
    ['expand=author_id', "Unknown relation 'author_id' of 'posts' (did you mean 'author'?)."],
    ['expand=title', "Unknown relation 'title' of 'posts'."],
    ['expand=author..boss', "'expand' is a comma-separated list of names, but one of them is empty."],
    ['expand=author.boss.boss.boss', "'expand' goes at most 3 relations deep."],
    ['expand=__proto__', "Unknown relation '__proto__' of 'posts'."],
    [`expand=${Array.from({ length: 33 }, (_, n) => `r${n}`).join(',')}`, "'expand' has more than 32 names."],
    [`fields=${Array.from({ length: 501 }, (_, n) => `f${n}`).join(',')}`, "'fields' has more than 500 names."],
    ['expand=author&expand=comments', "The parameter 'expand' can be given only once."],
  ])('%s is refused', (params, message) => {
    expect(refused(params)).toStartWith(message)
  })
})

describe('bounds of expand', () => {
  let big: Fixture
  beforeAll(async () => {
    big = await openFixture(BLOG)
    await big.insert('users', { id: ANN, email: 'ann@example.com' })
    await big.run({
      text: `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 119)
        INSERT INTO posts (id, title, author_id) SELECT printf('0190aaaa-0000-7000-8000-%012d', i), 't' || i, ? FROM n`,
      params: [ANN],
    })
    await big.run({
      text: `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 129)
        INSERT INTO comments (post_id, author_id, text) SELECT posts.id, ?, 'c' || n.i FROM posts CROSS JOIN n`,
      params: [ANN],
    })
  })
  afterAll(() => big.close())

  test('an array has the newest 100', () => {
    const comments = big.list('posts', 'limit=1&expand=comments').docs[0]?.comments as { text: string }[]
    expect(comments.map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, index) => `c${129 - index}`))
  })

  test('10,000 expanded documents are a response, one more is a 400', () => {
    expect(big.list('posts', 'limit=100&expand=comments').docs).toHaveLength(100)
    const message = "'expand' would add more than 10,000 documents: lower 'limit', or expand fewer relations."
    expect(() => big.list('posts', 'limit=101&expand=comments')).toThrow(message)
    expect(() => big.list('posts', 'limit=100&expand=comments,author')).toThrow(message)
    expect(() =>
      big.list('posts', 'limit=100&sort=-title&filter=title:like:t1%&expand=comments.post.comments'),
    ).toThrow(message)
    expect(big.list('posts', 'limit=49&expand=comments.author,author').docs).toHaveLength(49)
    expect(() => big.get('users', ANN, 'expand=posts_by_author_id.comments')).toThrow(message)
    expect(() => big.get('posts', key(1), 'expand=comments.post.comments')).toThrow(message)
    expect(big.get('posts', key(1), 'expand=comments.post.author')).not.toBeNull()
  })

  test('offset and cursor count the page that is shown', () => {
    expect(big.list('posts', 'limit=100&offset=10&expand=comments').docs).toHaveLength(100)
    const { nextCursor } = big.list('posts', 'limit=100&expand=comments')
    expect(big.list('posts', `limit=101&expand=comments&cursor=${nextCursor}`).docs).toHaveLength(20)
  })

  test('where the bound cannot be reached nothing is counted', () => {
    expect(big.list('posts', 'limit=100&expand=comments').compiled.page.text).not.toContain('count(*)')
    expect(big.list('posts', 'limit=99&expand=comments,author').compiled.page.text).not.toContain('count(*)')
    expect(() => big.list('posts', 'limit=101&expand=comments')).toThrow()
  })
})
