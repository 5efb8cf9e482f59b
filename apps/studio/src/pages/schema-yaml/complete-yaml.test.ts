import { expect, test } from 'bun:test'
import { FIELD_TYPES, parseSchema } from '@koyalite/schema'
import { completeYaml } from './complete-yaml'
import { rangeAt } from './range-at'

const MODEL = `version: 1
types: { status: { enum: [draft, out] } }
roles: { moderator: {}, admin: {} }
collections:
  users: { fields: { id: { type: uuid, primary: true }, nick: { type: string, unique: true } } }
  posts: { fields: { id: { type: uuid, primary: true }, title: { type: string } } }
`
const parsed = parseSchema(MODEL, { file: 'schema.yaml' })
const model = parsed.ok ? parsed.schema : null

const complete = (text: string) => completeYaml({ text, at: text.length, isExplicit: true }, model)
const labels = (text: string) => complete(text)?.options.map(({ label }) => label) ?? []
const POSTS = 'version: 1\ncollections:\n  posts:\n'

test('keys are those of the place, with what they mean', () => {
  expect(labels('ver')).toEqual(['version', 'types', 'roles', 'definitions', 'collections'])
  expect(labels('collections:\n  ')).toEqual([])
  expect(labels(`${POSTS}    f`)).toContain('fields')
  expect(labels(`${POSTS}    fields:\n      title: { ty`)).toContain('type')
  expect(labels(`${POSTS}    fields:\n      title:\n        nul`)).toContain('nullable')
  expect(labels(`${POSTS}    fields:\n      title:\n        type: string\n\n        nul`)).toContain('nullable')
  expect(labels(`${POSTS}    fields: { title: { type: string, validate: { `)).toContain('maxLength')
  expect(labels(`${POSTS}    fields: { title: { type: string }, `)).toEqual([])
  expect(labels(`${POSTS}    fields: { title: { type: string } }\n    ru`)).toContain('rules')
  expect(labels(`${POSTS}    rules:\n      re`)).toEqual(['create', 'read', 'update', 'delete'])
  expect(labels('types:\n  status: { ')).toEqual(['enum'])
  expect(labels(`${POSTS}    fields:\n      tags: { type: json, schema: { items: { ty`)).toContain('properties')
  const found = complete('ver')
  expect(found?.options[0]).toEqual({ label: 'version', info: 'The version of this format: 1', insert: 'version: ' })
})

test('items of lists have the keys of the list, however they are written', () => {
  const index = ['name', 'fields', 'order', 'unique']
  expect(labels(`${POSTS}    indexes:\n      - { na`)).toEqual(index)
  expect(labels(`${POSTS}    indexes:\n      - na`)).toEqual(index)
  expect(labels(`${POSTS}    indexes:\n    - name: a\n      fie`)).toEqual(index)
  expect(labels(`${POSTS}    indexes:\n      - name: a\n        fields: [id]\n      - `)).toEqual(index)
  expect(labels(`${POSTS}    indexes: [{ name: a, `)).toEqual(index)
  expect(labels(`${POSTS}    indexes:\n      - name: a\n    au`)).toContain('audit')
})

test('values are the words of the key, and the names of the file', () => {
  expect(labels(`${POSTS}    fields:\n      title: { type: st`)).toEqual([...FIELD_TYPES, 'status'])
  expect(labels(`${POSTS}    fields:\n      title: { type: string, onDelete: set n`)).toEqual([
    'cascade',
    'set null',
    'restrict',
  ])
  expect(labels(`${POSTS}    fields:\n      id: { default: auth.`)).toEqual(['auto', 'now', 'today', 'auth.id'])
  expect(labels(`${POSTS}    fields:\n      id: { primary: `)).toEqual(['true', 'false'])
  expect(labels(`${POSTS}    fields:\n      by: { references: users.`)).toEqual([
    'users.id',
    'users.email',
    'users.nick',
    'posts.id',
  ])
  expect(labels(`${POSTS}    policies:\n      - { name: a, on: [create, `)).toEqual([
    'create',
    'read',
    'update',
    'delete',
  ])
  expect(labels(`${POSTS}    policies:\n      - name: a\n        on:\n          - re`)).toContain('read')
  expect(labels(`${POSTS}    indexes: [{ name: a, fields: [`)).toEqual(['id', 'title'])
  expect(labels('roles: { editor: { inherits: [')).toEqual(['moderator', 'admin'])
})

test('nothing within comments and texts', () => {
  expect(labels('collections: # ty')).toEqual([])
  expect(labels('collections:\n  posts:\n    rules:\n      read: "doc.')).toEqual([])
  expect(labels("collections: {} # it's")).toEqual([])
  expect(labels(`${POSTS}    description: "a # b"\n    au`)).toContain('audit')
})

test('a place is the word that stands there, and never beyond the text', () => {
  expect(rangeAt('a: strng\nb: 1', 1, 4)).toEqual({ from: 3, to: 8 })
  expect(rangeAt('a: 1\nbb: 2', 2)).toEqual({ from: 5, to: 10 })
  expect(rangeAt('a', 9, 9)).toEqual({ from: 1, to: 1 })
})
