import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { READ_ALL } from '../access/read-access'
import { parseAggregateQuery } from '../aggregate/parse-aggregate'
import { parseListQuery } from '../list/parse-list-query'
import { BLOG } from '../testing/blog'
import { type Fixture, openFixture, SCOPE } from '../testing/open-fixture'
import { queryShape } from './query-shape'

let blog: Fixture
beforeAll(async () => {
  blog = await openFixture(BLOG)
})
afterAll(() => blog.close())

const shapeOf = (params: string | [string, string][]) =>
  queryShape(parseListQuery(blog.schema, blog.collection('posts'), new URLSearchParams(params), READ_ALL, SCOPE))

test.each([
  ['', 'posts'],
  ['limit=7&fields=id', 'posts'],
  ['sort=id', 'posts'],
  ['sort=-id', 'posts?sort=-id'],
  ['filter=title:eq:Ann', 'posts?filter=title:eq:?'],
  ['filter={"title":"Ann"}', 'posts?filter=title:eq:?'],
  ['filter=views:in:1,2,3', 'posts?filter=views:in:?'],
  ['filter=views:nin:1&filter=rank:ne:2', 'posts?filter=views:nin:?&filter=rank:ne:?'],
  ['filter=title:like:a%&filter=title:like:b%', 'posts?filter=title:like:?'],
  ['filter=author_id:eq:null', 'posts?filter=author_id:eq:null'],
  ['filter=author.name:eq:Ann', 'posts?filter=author.name:eq:?'],
  ['filter=meta.secret.0:eq:Ann', 'posts?filter=meta.*:eq:?'],
  ['sort=meta.secret', 'posts?sort=meta.*'],
  [
    'filter={"$or":[{"title":"a"},{"title":"b"},{"views":{"$gt":3}}]}',
    'posts?filter={"$or":[{"title":{"$eq":"?"}},{"views":{"$gt":"?"}}]}',
  ],
  ['filter={"$not":{"title":{"$like":"a"}}}', 'posts?filter={"$not":{"title":{"$like":"?"}}}'],
  ['sort=-created_at,title&count=true&offset=20', 'posts?sort=-created_at,title&count=true&offset=?'],
  ['expand=author,editor', 'posts?expand=author,editor'],
])('%s is %s', (params, shape) => {
  expect(shapeOf(params)).toBe(shape)
})

test.each([
  ["doc.title == 'Ann' && doc.views > 10", 'doc.title == ? && doc.views > ?'],
  ["doc.status in ['draft', 'published'] // of Ann", 'doc.status in [?]'],
  ["doc.meta['Ann'] == r'''x''' || doc.score<1.5", 'doc.meta[?] == ? || doc.score<?'],
  ['doc.meta.ann.age == 3 && has(doc.meta.ann)', 'doc.meta.*.* == ? && has(doc.meta.*)'],
  ["doc.author.boss.name == 'Ann' && doc.title.size() > 2", 'doc.author.boss.name == ? && doc.title.size() > ?'],
  [
    'auth.id == doc.author_id && doc.created_at < request.time',
    'auth.id == doc.author_id && doc.created_at < request.time',
  ],
])('of an expression the literals, keys of json and comments go: %s', (where, shape) => {
  expect(shapeOf([['where', where]])).toBe(`posts?where=${shape}`)
})

test('values beside an expression have the shape of values in it', () => {
  const params: [string, string][] = [
    ['where', "doc.title == $1 && doc.status in [$2, 'draft']"],
    ['params', '["Ann","published"]'],
  ]
  expect(shapeOf(params)).toBe(shapeOf([['where', "doc.title == 'Ann' && doc.status in ['published', 'draft']"]]))
})

test.each([
  ['', 'posts/aggregate?values=count'],
  [
    'values=count,avg:score&group=status,created_at:month&filter=views:gt:3&having=count:gt:5&sort=-count&limit=3',
    'posts/aggregate?values=count,avg:score&group=status,created_at:month&filter=views:gt:?&having=count:gt:?',
  ],
  [
    'group=meta.ann,title:as:ann&values=max:views:as:most&having={"meta.ann":1}&having=ann:eq:x&having=most:gt:3',
    'posts/aggregate?values=max:views&group=meta.*,title&having=meta.*:eq:?&having=title:eq:?&having=max:views:gt:?',
  ],
  [
    'group=title:as:ann&having={"$or":[{"ann":"x"},{"count":1}]}',
    'posts/aggregate?values=count&group=title&having={"$or":[{"title":{"$eq":"?"}},{"count":{"$eq":"?"}}]}',
  ],
])('an aggregate: %s', (params, shape) => {
  const query = parseAggregateQuery(blog.schema, blog.collection('posts'), new URLSearchParams(params), READ_ALL, SCOPE)
  expect(queryShape(query)).toBe(shape)
})

test('no value gets into a shape, which is not long', () => {
  const value = fc.string({ minLength: 3, maxLength: 2000 }).map((text) => `Q${text.replaceAll('\0', '')}`)
  fc.assert(
    fc.property(value, (text) => {
      const shape = shapeOf([
        ['filter', `title:eq:${text}`],
        ['filter', JSON.stringify({ $or: [{ 'author.name': text }, { meta: { [text]: text } }] })],
        ['where', `doc.title != ${JSON.stringify(text)}`],
      ])
      expect(shape).not.toContain('Q')
      expect(shape.length).toBeLessThan(600)
    }),
  )
})
