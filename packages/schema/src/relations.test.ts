import { expect, test } from 'bun:test'
import { parseSchema } from './parse-schema'
import { relationsOf } from './relations'
import { BLOG } from './testing/example-schemas'

function names(text: string, collection: string): readonly string[] {
  const result = parseSchema(text, { file: 's' })
  const found = result.ok && result.schema.collections.get(collection)
  if (!result.ok || !found) throw new Error(JSON.stringify(result))
  return [...relationsOf(result.schema, found).values()].map((relation) => `${relation.kind} ${relation.name}`)
}

const id = 'id: { type: uuid, primary: true }'

test('a reference is called as its field without _id, and back as the collection', () => {
  expect(names(BLOG, 'posts')).toEqual(['forward author', 'reverse comments'])
  expect(names(BLOG, 'comments')).toEqual(['forward post', 'forward parent', 'reverse comments'])
  expect(names(BLOG, 'users')).toEqual(['reverse posts'])
})

test('a reference that does not end in _id, or whose short name is taken, keeps its name', () => {
  const text = `version: 1\ncollections: { a: { fields: { ${id}, owner: { type: uuid, references: users.id }, maker: { type: string }, maker_id: { type: uuid, references: users.id } } } }`
  expect(names(text, 'a')).toEqual(['forward owner', 'forward maker_id'])
  expect(names(text, 'users')).toEqual(['reverse a_by_owner', 'reverse a_by_maker_id'])
})

test('back along a reference to a collection that has a field of that name', () => {
  const text = `version: 1\ncollections: { posts: { fields: { ${id}, likes: { type: int, default: 0 } } }, likes: { fields: { ${id}, post_id: { type: uuid, references: posts.id } } } }`
  expect(names(text, 'posts')).toEqual(['reverse likes_by_post_id'])
})

test('two relations of one name are a problem of the file', () => {
  const text = `version: 1\ncollections: { a: { fields: { ${id}, b_by_x: { type: int, default: 0 } } }, b: { fields: { ${id}, x: { type: uuid, references: a.id }, y: { type: uuid, references: a.id } } } }`
  const result = parseSchema(text, { file: 's' })
  expect(result.ok ? [] : result.problems.map((problem) => problem.message)).toEqual([
    "the relation of 'x' would be named 'b_by_x' in 'a', but that name is taken: rename one of them",
  ])
})
