import { expect, test } from 'bun:test'
import { parseSchema, type SchemaRename } from '@koyalite/schema'
import { renameInRules } from './rename-in-rules'

const SCHEMA = `
version: 1
types:
  state: { enum: [draft, out] }
definitions:
  "in_room(room)": "members.exists(m, m.room_id == room && m.person_id == auth.id)"
  "mine()": "doc.author.email == auth.email"
collections:
  people:
    fields: { id: { type: uuid, primary: true }, title: { type: string }, email: { type: string } }
  rooms:
    fields: { id: { type: uuid, primary: true }, title: { type: string } }
    rules: { read: "in_room(doc.id) && doc['title'] != 'title'" }
  members:
    fields:
      id: { type: uuid, primary: true }
      room_id: { type: uuid, references: rooms.id }
      person_id: { type: uuid, references: people.id }
  posts:
    fields:
      id: { type: uuid, primary: true }
      author_id: { type: uuid, references: people.id, read: "doc.author_id == auth.id" }
      title: { type: string }
      state: { type: state }
      other: { type: state }
    rules:
      read: "doc.state == 'out' && doc.other in ['out', 'draft'] && 'out' != doc.title && mine()"
      update: "has(doc.author) && old.author.title == doc.title"
`

function renamed(rename: SchemaRename): readonly string[] {
  const parsed = parseSchema(SCHEMA, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return renameInRules(parsed.schema, rename)
    .map(({ source }) => source)
    .sort()
}

test('a field has its new name wherever rules and definitions mean it, and nowhere else', () => {
  expect(renamed({ kind: 'field', collection: 'posts', from: 'title', to: 'heading' })).toEqual([
    "doc.state == 'out' && doc.other in ['out', 'draft'] && 'out' != doc.heading && mine()",
    'has(doc.author) && old.author.title == doc.heading',
  ])
  expect(renamed({ kind: 'field', collection: 'people', from: 'title', to: 'honorific' })).toEqual([
    'has(doc.author) && old.author.honorific == doc.title',
  ])
  expect(renamed({ kind: 'field', collection: 'rooms', from: 'title', to: 'name' })).toEqual([
    "in_room(doc.id) && doc['name'] != 'title'",
  ])
})

test('a reference that is followed by its short name keeps doing so where the new name allows', () => {
  expect(renamed({ kind: 'field', collection: 'posts', from: 'author_id', to: 'writer_id' })).toEqual([
    'doc.writer.email == auth.email',
    'doc.writer_id == auth.id',
    'has(doc.writer) && old.writer.title == doc.title',
  ])
  expect(renamed({ kind: 'field', collection: 'posts', from: 'author_id', to: 'writer' })).toEqual([
    'doc.writer == auth.id',
    'doc.writer.email == auth.email',
    'has(doc.writer) && old.writer.title == doc.title',
  ])
})

test('a collection is renamed in definitions, with its fields left alone', () => {
  expect(renamed({ kind: 'collection', from: 'members', to: 'seats' })).toEqual([
    'seats.exists(m, m.room_id == room && m.person_id == auth.id)',
  ])
  expect(renamed({ kind: 'field', collection: 'members', from: 'person_id', to: 'user_id' })).toEqual([
    'members.exists(m, m.room_id == room && m.user_id == auth.id)',
  ])
})

test('a value of an enum is renamed where it is compared with fields of that enum', () => {
  const fields = new Set(['posts.state', 'posts.other'])
  expect(renamed({ kind: 'value', fields, from: 'out', to: "pub'lished" })).toEqual([
    "doc.state == 'pub\\'lished' && doc.other in ['pub\\'lished', 'draft'] && 'out' != doc.title && mine()",
  ])
})
