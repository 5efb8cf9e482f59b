import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Koyalite } from './create-koyalite'
import { createData, type KoyaliteData } from './data'
import { type Category, type Comment, metadata, type Post, type Schema, type User } from './testing/blog'

/** Compiled, never run: `tsc` says whether each line is the error that it is marked as. */
async function typeTests(koya: KoyaliteData<Schema>, id: string, anything: string | undefined): Promise<void> {
  // Filters
  koya.posts.filter({ title: 'x', status: 'draft', published: true, view_count: { $gt: 3 }, author_id: null })
  koya.posts.filter({ created_at: { $gte: new Date() }, tags: { $contains: 'a' }, picture: null, meta: { a: 1 } })
  koya.posts.filter({ 'author.name': { $like: 'A%' }, 'meta.color': 'red', category: { $in: ['a', null] } })
  koya.posts.filter({ $or: [{ title: 'x' }, { $not: { status: { $ne: 'draft' } } }], title: { $not: { $like: 'a' } } })
  koya.comments.filter({ 'post.author.name': 'Ann', 'parent.text': 'x' })
  // @ts-expect-error: no value of the enum
  koya.posts.filter({ status: 'publishd' })
  // @ts-expect-error: a text is no number
  koya.posts.filter({ view_count: { $gt: '3' } })
  // @ts-expect-error: undefined is no condition
  koya.posts.filter({ author_id: undefined })
  // @ts-expect-error: it may be undefined
  koya.posts.filter({ title: anything })
  // @ts-expect-error: there is no such field
  koya.posts.filter({ titel: 'x' })
  // @ts-expect-error: nor such an operator
  koya.posts.filter({ title: { $starts: 'x' } })
  // @ts-expect-error: numbers have no text
  koya.posts.filter({ view_count: { $like: '3' } })
  // @ts-expect-error: booleans have no order
  koya.posts.filter({ published: { $gt: false } })
  // @ts-expect-error: never null
  koya.posts.filter({ title: null })
  // @ts-expect-error: the elements are strings
  koya.posts.filter({ tags: { $contains: 1 } })
  // @ts-expect-error: timestamps are Dates
  koya.posts.filter({ created_at: { $gt: '2026-01-01' } })
  // @ts-expect-error: users have no such field
  koya.posts.filter({ 'author.nam': 'x' })
  // @ts-expect-error: names are strings
  koya.posts.filter({ 'author.name': 1 })
  // @ts-expect-error: no value of the enum, inside of a group
  koya.posts.filter({ $or: [{ status: 'publishd' }] })

  // Expressions
  koya.posts.where`size(doc.title) < ${3} && doc.created_at > ${new Date()} && doc.id in ${[id]}`
  koya.posts.where('doc.title == $1 || $2', id, null).etags().get()
  // @ts-expect-error: undefined is no value
  koya.posts.where`doc.title == ${anything}`
  // @ts-expect-error: nor is an object
  koya.posts.where('doc.meta == $1', { a: 1 })

  // Sorting
  koya.posts.sort('-created_at', 'title', 'author.name', '-meta.color')
  // @ts-expect-error: there is no such field
  koya.posts.sort('-nope')
  // @ts-expect-error: nor behind the reference
  koya.posts.sort('author.nope')

  // Expanded relations
  const plain: Post | null = await koya.posts.first()
  // @ts-expect-error: not expanded
  plain?.author
  const [post] = await koya.posts.expand('author', 'comments.author', 'category').get()
  if (post === undefined) return
  const author: User | null = post.author
  const category: Category | null = post.category
  const comments: (Comment & { author: User | null })[] = post.comments
  const when: Date | undefined = post.comments[0]?.author?.created_at
  // @ts-expect-error: it may be null
  post.author.name
  // @ts-expect-error: an array
  post.comments.author
  // @ts-expect-error: in the place of the key is a document
  const key: string | null = post.category
  // @ts-expect-error: one level deeper is not expanded
  post.comments[0]?.author?.posts
  // @ts-expect-error: there is no such relation
  koya.posts.expand('autor')
  // @ts-expect-error: nor behind another one
  koya.posts.expand('comments.autor')
  // @ts-expect-error: the field is not the relation
  koya.posts.expand('author_id')
  const twice = await koya.comments.expand('parent').expand('comments').first()
  const parent: Comment | null | undefined = twice?.parent
  const answers: Comment[] | undefined = twice?.comments

  // Fields
  const some = await koya.posts.fields('id').expand('author').first()
  const its: string | undefined = some?.id
  const name: string | null | undefined = some?.author?.name
  // @ts-expect-error: not among the fields
  some?.title
  // @ts-expect-error: there is no such field
  koya.posts.fields('nope')
  const deep = await koya.posts
    .fields('id', 'author.name', 'comments.author.email')
    .expand('author', 'comments.author')
    .get()
  const partly: {
    id: string
    author: { name: string | null } | null
    comments: { author: { email: string } | null }[]
  }[] = deep
  // @ts-expect-error: not among the fields of the author
  deep[0]?.author?.email
  // @ts-expect-error: nor of the comments
  deep[0]?.comments[0]?.text
  // @ts-expect-error: users have no such field
  koya.posts.fields('author.nope')
  // @ts-expect-error: there is no such relation
  koya.posts.fields('autor.name')
  const inOne = await koya.posts.getById(id, { fields: ['id', 'category.since'], expand: ['category'] })
  const since: Date | undefined = inOne.category?.since
  // @ts-expect-error: not among the fields of the category
  inOne.category?.slug
  const one = await koya.posts.getById(id, { fields: ['id', 'title'], expand: ['author'] })
  const title: string = one.title
  // @ts-expect-error: not among the fields
  one.status
  // @ts-expect-error: there is no such relation
  await koya.posts.getById(id, { expand: ['autor'] })
  const whole: Post = await koya.posts.getById(id, { signal: new AbortController().signal })

  // Writes
  const created: Post = await koya.posts.create({ title: 'x', author_id: anything, status: undefined })
  // @ts-expect-error: without a title
  await koya.posts.create({})
  // @ts-expect-error: there is no such field
  await koya.posts.create({ title: 'x', nope: 1 })
  await koya.posts.update(id, { view_count: { $inc: 1 }, tags: { $push: 'a' }, title: anything })
  // @ts-expect-error: the key stays
  await koya.posts.update(id, { id: 'x' })
  // @ts-expect-error: no number
  await koya.posts.update(id, { title: { $inc: 1 } })
  // @ts-expect-error: the elements are strings
  await koya.posts.update(id, { tags: { $push: 1 } })
  await koya.categories.replace('a', { since: new Date() })
  // @ts-expect-error: the key is in the path
  await koya.categories.replace('a', { slug: 'b' })
  // @ts-expect-error: keys are strings
  await koya.posts.delete(1)
  const all: Post[] = await koya.posts.createMany([{ title: 'a' }, { title: 'b' }])

  // Batches
  const results = await koya.batch((tx) => [
    tx.posts.create({ title: 'x' }),
    tx.comments.update(id, { text: 'y' }),
    tx.categories.delete('a'),
    tx.collection('batch').create({}),
  ])
  const [first, second, third, fourth]: [Post, Comment, null, { id: number }] = results
  // @ts-expect-error: there are four
  results[4]
  // @ts-expect-error: without a title
  await koya.batch((tx) => [tx.posts.create({})])
  const [, made, , held] = await koya.batch((tx) => {
    const user = tx.users.create({ email: 'a@example.com' })
    const post = tx.posts.create({ title: 'x', author_id: user.key })
    const category = tx.categories.replace('a', {})
    // @ts-expect-error: the key of a post
    tx.posts.create({ title: 'x', author_id: post.key })
    // @ts-expect-error: no reference
    tx.posts.create({ title: user.key })
    // @ts-expect-error: the key of a user
    tx.posts.update(user.key, {})
    // @ts-expect-error: another type
    tx.posts.assert(post.key, { view_count: '1' })
    // @ts-expect-error: no such field
    tx.posts.assert(post.key, { no: 1 })
    // @ts-expect-error: neither values nor an expression
    void (() => koya.batch((tx) => [tx.posts.assert(id)]))
    tx.posts.update(post.key, { category: category.key, author_id: null })
    tx.notes.replace(id, { text: 'x', topic: category.key })
    tx.comments.create({ text: 'x', post_id: post.key, parent_id: tx.comments.update(id, {}).key })
    return [user, post, category, tx.posts.assert(post.key, { author_id: user.key, created_at: new Date() })]
  })
  const asserted: [Post, null] = [made, held]

  // Aggregates
  const groups = await koya.posts.aggregate({
    values: ['count', 'sum:view_count', 'max:created_at:as:latest', 'avg:score'],
    group: ['status', 'created_at:month', 'author.name:as:author'],
    having: { count: { $gt: 5 } },
    sort: ['-count', 'status', 'author'],
  })
  const count: number | undefined = groups[0]?.count
  const sum: number | null | undefined = groups[0]?.sum_view_count
  const latest: Date | null | undefined = groups[0]?.latest
  const status: 'draft' | 'published' | 'archived' | null | undefined = groups[0]?.status
  const month: string | null | undefined = groups[0]?.created_at
  // @ts-expect-error: it was not asked for
  groups[0]?.avg_view_count
  // @ts-expect-error: a text has no sum
  await koya.posts.aggregate({ values: ['sum:title'] })
  // @ts-expect-error: there is no such bucket
  await koya.posts.aggregate({ values: ['count'], group: ['created_at:decade'] })
  // @ts-expect-error: it is in no group
  await koya.posts.aggregate({ values: ['count'], sort: ['title'] })
  // @ts-expect-error: a count is a number
  await koya.posts.aggregate({ values: ['count'], having: { count: { $gt: '5' } } })

  // Collections that are called like members
  const numbers: { id: number }[] = await koya.collection('batch').get()
  // @ts-expect-error: the client's own
  koya.batch.get()
  // @ts-expect-error: there is no such collection
  koya.nope
  void [partly, since, author, category, comments, when, key, parent, answers, its, name, title, whole, created, all]
  void [first, second, third, fourth, asserted, count, sum, latest, status, month, numbers]
}

/** Queries of a client with live queries are live through the whole chain. */
async function liveTypeTests(koya: Koyalite<Schema>, data: KoyaliteData<Schema>): Promise<void> {
  const posts = koya.posts.filter({ published: true }).sort('-created_at').limit(3).where('true')
  const store = posts.expand('author').fields('id').live()
  const docs: readonly { id: string; author: User | null }[] = store.getSnapshot().docs
  const stop: () => void = posts.subscribe(({ docs: [post], seq }) => void [post?.title, seq.length])
  const numbers = koya
    .collection('batch')
    .live()
    .getSnapshot()
    .docs.map(({ id }) => id + 1)
  posts.subscribe({ delta: ({ inserts }) => void inserts[0]?.title, error: ({ code }) => void code })
  const first: Post | null = await posts.first()
  const made: Post = await koya.posts.create({ title: 'x' })
  // @ts-expect-error: one document is no query
  koya.posts.filter({}).create({ title: 'x' })
  // @ts-expect-error: not among the fields
  docs[0]?.title
  // @ts-expect-error: without live queries
  data.posts.live()
  // @ts-expect-error: in the middle of a chain neither
  data.posts.filter({}).subscribe(() => {})
  // @ts-expect-error: another kind of client, which the compiler sees at once
  const other: KoyaliteData<Schema> = koya
  void [other, docs, stop, numbers, first, made]
}

describe('a client', () => {
  test('has the collections of its schema, and its own members before them', () => {
    const koya = createData(metadata, { url: 'https://api.example.com' })
    expect(Object.keys(koya)).toEqual(expect.arrayContaining(['posts', 'users', 'batch', 'collection']))
    expect(koya.batch).toBeFunction()
    expect(koya.lastSeq).toBeUndefined()
    expect(typeTests).toBeFunction()
    expect(liveTypeTests).toBeFunction()
  })

  test('costs the compiler little', () => {
    const root = resolve(import.meta.dir, '../../..')
    const dir = mkdtempSync(join(tmpdir(), 'koyalite-types-'))
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(root, 'node_modules/@types')] },
      include: [join(import.meta.dir, '*.ts')],
    }
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(config))
    const { stdout } = Bun.spawnSync([join(root, 'node_modules/.bin/tsc'), '-p', dir, '--extendedDiagnostics'])
    rmSync(dir, { recursive: true })
    const types = Number(/^Types: +(\d+)$/m.exec(stdout.toString())?.[1])
    // Without the variances in query-types.ts there are 1.4 million.
    expect(types).toBeGreaterThan(1000)
    expect(types).toBeLessThan(150_000)
  }, 60_000)
})
