import { expect, test } from 'bun:test'
import { parseSchema } from '@koyalite/schema'
import { isGranted } from './permission'
import { permissionsOf } from './role-permissions'

const parsed = parseSchema(
  `
version: 1
roles:
  reader: { permissions: [posts:read] }
  moderator: { inherits: [reader], permissions: ["comments:*"] }
  admin: { permissions: ["*"] }
collections: {}
`,
  { file: 'schema.yaml' },
)
if (!parsed.ok) throw new Error('the schema of this test is wrong')
const { schema } = parsed

test('a role has its own permissions and those it inherits', () => {
  expect([...permissionsOf(schema, 'moderator')].sort()).toEqual(['comments:*', 'posts:read'])
  expect(isGranted('posts:read', permissionsOf(schema, 'moderator'))).toBe(true)
  expect(isGranted('comments:delete', permissionsOf(schema, 'reader'))).toBe(false)
})

test('a star grants everything, or everything of one area', () => {
  expect(isGranted('anything:at:all', permissionsOf(schema, 'admin'))).toBe(true)
  expect(isGranted('comments:delete', permissionsOf(schema, 'moderator'))).toBe(true)
  expect(isGranted('comments:of:others', permissionsOf(schema, 'moderator'))).toBe(true)
  expect(isGranted('comment:delete', permissionsOf(schema, 'moderator'))).toBe(false)
})

test('a role that nobody declared may nothing, whatever its name', () => {
  for (const role of ['user', '', '*', '__proto__'])
    expect(isGranted('posts:read', permissionsOf(schema, role))).toBe(false)
})
