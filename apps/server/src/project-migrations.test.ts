import { expect, test } from 'bun:test'
import { checkRules, rulesOf } from '@koyalite/query'
import { deserializeSchema, type Schema, serializeSchema } from '@koyalite/schema'
import { readSchemaText, withUsableRules } from './project-migrations'

const TEXT = `version: 1
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string, read: "doc.title != 'x'", write: "auth.role == 'editor'" }
    rules: { read: "doc.title != ''", create: "true" }
    policies: [{ name: none, on: [create], effect: restrict, using: "doc.title != 'y'" }]
  notes:
    fields: { id: { type: int, primary: true, default: auto }, post_id: { type: int, references: posts.id } }
    rules: { read: "doc.post.title == 'a'" }
  others:
    fields: { id: { type: int, primary: true, default: auto } }
    rules: { read: "true" }
`

/** As a rollback leaves it: the field has its old name again, and the rules speak of the new one. */
function rolledBack(): Schema {
  const text = serializeSchema(readSchemaText(TEXT)).replace(
    '"name":"title","column":"title"',
    '"name":"name","column":"name"',
  )
  return deserializeSchema(text)
}

test('collections whose rules speak of what is gone are closed, and their fields stay as hidden as they were', () => {
  const broken = rolledBack()
  expect(checkRules(broken, { file: 's' }).length).toBeGreaterThan(0)
  const usable = withUsableRules(broken, readSchemaText(TEXT))
  expect(checkRules(usable, { file: 's' })).toEqual([])
  const posts = usable.collections.get('posts')
  expect(posts).toMatchObject({ rules: {}, policies: [] })
  expect(posts?.fields.get('name')).toMatchObject({ read: { source: 'false' }, write: { source: 'false' } })
  // Through its reference it depends on the same field.
  expect(usable.collections.get('notes')?.rules).toEqual({})
  expect(usable.collections.get('others')?.rules.read?.source).toBe('true')
})

test('a definition that speaks of what is gone closes the collections that call it, and no others', () => {
  const text = TEXT.replace(
    'collections:',
    'definitions: { "is_titled(post)": "posts.exists(p, p.title == post.title)", "unused()": "posts.exists(p, p.title == null)" }\ncollections:',
  ).replace(`rules: { read: "doc.title != ''", create: "true" }`, 'rules: { read: "is_titled(doc)", create: "true" }')
  const stored = serializeSchema(readSchemaText(text))
  const broken = deserializeSchema(stored.replace('"name":"title","column":"title"', '"name":"name","column":"name"'))
  const usable = withUsableRules(broken, readSchemaText(text))
  expect(usable.collections.get('posts')?.rules).toEqual({})
  expect(usable.collections.get('others')?.rules.read?.source).toBe('true')
  expect(() => rulesOf(usable)).not.toThrow()
})

test('rules that can be used stay', () => {
  const schema = readSchemaText(TEXT)
  expect(
    withUsableRules(deserializeSchema(serializeSchema(schema)), schema).collections.get('posts')?.rules.read?.source,
  ).toBe("doc.title != ''")
})
