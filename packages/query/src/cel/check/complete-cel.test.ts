import { describe, expect, test } from 'bun:test'
import { parseSchema, type Schema } from '@koyalite/schema'
import { scopeAt } from '../../access/check-expression'
import { completeCel } from './complete-cel'

const SCHEMA = `version: 1
types: { status: { enum: [draft, out] } }
roles: { editor: { permissions: ["posts:publish"] } }
definitions: { "is_member(room)": "members.exists(m, m.room_id == room && m.user_id == auth.id)" }
collections:
  users:
    fields: { name: { type: string, nullable: true } }
  rooms:
    fields: { id: { type: uuid, primary: true, default: auto }, name: { type: string } }
  members:
    fields:
      id: { type: uuid, primary: true, default: auto }
      room_id: { type: uuid, references: rooms.id }
      user_id: { type: uuid, references: users.id }
  posts:
    fields:
      id: { type: uuid, primary: true, default: auto }
      author_id: { type: uuid, references: users.id }
      status: { type: status }
      tags: { type: json }
      title: { type: string }
`

function schemaOf(text: string): Schema {
  const parsed = parseSchema(text, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error('invalid schema')
  return parsed.schema
}

const schema = schemaOf(SCHEMA)
const collection = schema.collections.get('posts')

/** What may stand at the `|`. */
function complete(marked: string, operation: 'read' | 'update' = 'update') {
  if (collection === undefined) throw new Error('no posts')
  const at = marked.indexOf('|')
  const source = marked.replace('|', '')
  return completeCel(source, at, scopeAt(schema, { kind: 'rule', collection, operation }))
}

function labels(marked: string, operation: 'read' | 'update' = 'update'): readonly string[] {
  return complete(marked, operation)?.options.map(({ label }) => label) ?? []
}

describe('what may be written next', () => {
  test('names of the scope, of collections, definitions and functions', () => {
    expect(labels('|')).toEqual(
      expect.arrayContaining(['doc', 'old', 'auth', 'request', 'members', 'is_member', 'has', 'size']),
    )
    expect(labels('|', 'read')).not.toContain('old')
    expect(labels('doc.status == "out" && a|')).toContain('auth')
    // Called on a value, and not by their names.
    expect(labels('|')).not.toContain('startsWith')
  })

  test('fields, and the documents that references lead to', () => {
    expect(labels('doc.|')).toEqual(['id', 'author_id', 'author', 'status', 'tags', 'title'])
    expect(labels('doc.author.|')).toContain('name')
    expect(labels('doc.author_id.na|')).toContain('name')
    expect(labels('(doc).|')).toContain('title')
    expect(complete('doc.author.na|')?.from).toBe(11)
  })

  test('variables of macros that are not closed', () => {
    expect(labels('members.exists(m, m.|')).toContain('room_id')
    expect(labels('members.exists(m, |')).toContain('m')
    expect(labels('members.exists(m, rooms.exists(r, r.|')).toContain('name')
    expect(labels('members.filter(m, m.room.name == "x").exists(n, n.room.|')).toContain('name')
    // Closed, it is bound no more.
    expect(labels('members.exists(m, true) && |')).not.toContain('m')
    expect(labels('members.exists(m, true) && m.|')).toEqual([])
  })

  test('parts of the caller and of the request, as far as the rule may name them', () => {
    expect(labels('auth.|')).toEqual(['id', 'email', 'role', 'verified', 'metadata', 'claims', 'can'])
    expect(labels('request.|', 'read')).toEqual(['time'])
    expect(labels('request.|')).toContain('headers')
  })

  test('functions that fit the value', () => {
    expect(labels('doc.title.|')).toContain('startsWith')
    expect(labels('doc.tags.|')).toContain('exists')
    expect(labels('members.|')).toEqual(['exists', 'all', 'exists_one', 'filter', 'map', 'size'])
    expect(labels('doc.title.startsWith("a").|')).not.toContain('startsWith')
  })

  test('values of an enum, roles and permissions inside of quotes', () => {
    expect(labels("doc.status == '|")).toEqual(['draft', 'out'])
    expect(labels("doc.status in ['draft', 'o|")).toEqual(['draft', 'out'])
    expect(labels("auth.role == '|")).toEqual(['editor'])
    expect(labels("auth.can('po|")).toEqual(['posts:publish'])
    expect(complete("doc.status == 'ou|")?.from).toBe(15)
    expect(complete("doc.title == '|")).toBeNull()
  })

  test('nothing where no name may stand, or nothing is known', () => {
    expect(complete('doc |')).toBeNull()
    expect(complete('nothing.|')).toBeNull()
    expect(complete('doc..|')).toBeNull()
    expect(labels('1.|')).toEqual([])
    expect(complete('@|')).toBeNull()
    expect(complete('.|')).toBeNull()
    expect(complete(').|')).toBeNull()
    expect(complete(']](.|')).toBeNull()
  })
})
