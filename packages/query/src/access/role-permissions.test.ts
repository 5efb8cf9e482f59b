import { expect, test } from 'bun:test'
import { parseSchema } from '@koyalite/schema'
import { permissionsOf, roleCan } from './role-permissions'

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
  expect(roleCan(schema, 'moderator', 'posts:read')).toBe(true)
  expect(roleCan(schema, 'reader', 'comments:delete')).toBe(false)
})

test('a star grants everything, or everything of one area', () => {
  expect(roleCan(schema, 'admin', 'anything:at:all')).toBe(true)
  expect(roleCan(schema, 'moderator', 'comments:delete')).toBe(true)
  expect(roleCan(schema, 'moderator', 'comments:of:others')).toBe(true)
  expect(roleCan(schema, 'moderator', 'comment:delete')).toBe(false)
})

test('a role that nobody declared may nothing, whatever its name', () => {
  for (const role of ['user', '', '*', '__proto__']) expect(roleCan(schema, role, 'posts:read')).toBe(false)
})
