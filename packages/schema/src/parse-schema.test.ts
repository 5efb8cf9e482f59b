import { describe, expect, test } from 'bun:test'
import type { Schema } from './model'
import { parseSchema } from './parse-schema'
import { formatProblem } from './problems'
import { positionIn } from './shape'
import { BLOG, EVERYTHING } from './testing/example-schemas'

function parsed(text: string): Schema {
  const result = parseSchema(text, { file: 'schema.yaml' })
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.schema
}

describe('a valid schema', () => {
  test('keeps everything that it says', () => {
    const { collections, enums, roles } = parsed(EVERYTHING)
    const posts = collections.get('posts')
    expect([...collections.keys()]).toEqual(['users', 'posts'])
    expect(enums.get('status')?.values).toEqual(['draft', 'published', 'archived'])
    expect(roles.get('admin')).toEqual({ name: 'admin', inherits: ['moderator'], permissions: ['*'] })
    expect(posts).toMatchObject({ description: 'Articles of the blog', audit: true, table: 'posts' })
    expect(posts?.primaryKey.name).toBe('id')
    expect(posts?.fields.get('status')).toMatchObject({
      type: 'string',
      enumName: 'status',
      validation: { enum: ['draft', 'published', 'archived'] },
    })
    expect(posts?.fields.get('author_id')?.references).toEqual({
      collection: 'users',
      field: 'id',
      onDelete: 'cascade',
    })
    expect(posts?.fields.get('since')?.default).toEqual({ kind: 'literal', value: '2026-01-31T11:00:00.000Z' })
    expect(posts?.fields.get('updated_at')).toMatchObject({ onUpdateNow: true, default: { kind: 'now' } })
    expect(posts?.fields.get('order')?.column).toBe('Order By')
    expect(posts?.policies.map((policy) => policy.effect)).toEqual(['restrict', 'permit'])
  })

  test('may restate built-in fields of users, which keep what is built in', () => {
    const users = parsed(BLOG).collections.get('users')
    expect([...(users?.fields.keys() ?? [])]).toEqual([
      ...['id', 'email', 'name', 'role', 'created_at', 'updated_at'],
      ...['verified', 'metadata', 'claims'],
    ])
    expect(users?.fields.get('email')).toMatchObject({ unique: true, index: true, validation: { format: 'email' } })
    expect(users?.fields.get('role')).toMatchObject({
      default: { kind: 'literal', value: 'user' },
      validation: { enum: ['user', 'moderator', 'admin'] },
      write: { source: 'false' },
    })
  })

  test('has users even if it says nothing', () => {
    expect([...parsed('version: 1').collections.keys()]).toEqual(['users'])
    expect([...parsed('version: 1\ncollections:\n').collections.keys()]).toEqual(['users'])
  })

  test('says where each expression begins, in quotes and in block scalars', () => {
    const text = `version: 1
collections:
  users:
    rules:
      create: "true"
      read: |

        auth.id == doc.id ||
          auth.rol == 'admin'
      update: auth.id == doc.id
      delete: false
`
    const rules = parsed(text).collections.get('users')?.rules
    expect(rules?.create?.position).toEqual({ line: 5, column: 16 })
    expect(rules?.update?.position).toEqual({ line: 10, column: 15 })
    expect(rules?.delete?.source).toBe('false')
    const read = rules?.read
    if (!read) throw new Error('no rule')
    expect(positionIn(read, read.source.indexOf('auth.rol'))).toEqual({ line: 9, column: 11 })
  })

  test('takes auto and now as values where they are listed', () => {
    const text = `version: 1\ntypes: { theme: { enum: [light, auto] } }
collections:
  users: { fields: { theme: { type: theme, default: auto }, when: { type: string, enum: [now, later], default: now } } }`
    const fields = parsed(text).collections.get('users')?.fields
    expect(fields?.get('theme')?.default).toEqual({ kind: 'literal', value: 'auto' })
    expect(fields?.get('when')?.default).toEqual({ kind: 'literal', value: 'now' })
  })

  test('may use anchors and aliases', () => {
    const text = `version: 1
collections:
  a: { fields: { id: &key { type: uuid, primary: true, default: auto } } }
  b: { fields: { id: *key } }`
    expect(parsed(text).collections.get('b')?.primaryKey.type).toBe('uuid')
  })
})

describe('types of the project', () => {
  const OWN = `version: 1
types:
  iban: { base: string, validate: is_iban }
  status: { enum: [open] }
collections:
  accounts:
    fields:
      id: { type: uuid, primary: true, default: auto }
      number: { type: iban, maxLength: 34, unique: true }
`

  test('are their base, and name what validates them', () => {
    const { ownTypes, collections } = parsed(OWN)
    const iban = { name: 'iban', base: 'string', validate: 'is_iban' } as const
    expect([...ownTypes.values()]).toEqual([iban])
    const field = collections.get('accounts')?.fields.get('number')
    expect(field).toMatchObject({ type: 'string', ownType: iban, unique: true, validation: { maxLength: 34 } })
  })
})
