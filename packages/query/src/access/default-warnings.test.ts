import { expect, test } from 'bun:test'
import { parseSchema } from '@koyalite/schema'
import { ruleWarnings } from './schema-rules'

function warnings(field: string, rest: string): readonly string[] {
  const parsed = parseSchema(
    `version: 1
definitions: { "is_me(id)": "id != null && id == auth.id" }
collections:
  seats:
    fields: { id: { type: int, primary: true, default: auto }, user_id: { type: uuid } }
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: string, default: "" }
      owner_id: { type: uuid, default: auth.id${field} }
    ${rest}
`,
    { file: 'schema.yaml' },
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return ruleWarnings(parsed.schema, { file: 'schema.yaml' }).map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  )
}

const create = (rule: string) => `rules: { create: ${JSON.stringify(rule)} }`

test.each([
  ['the create rule', '', create('doc.owner_id == auth.id')],
  ['it, the other way round, among others', '', create("doc.text != '' && auth.id == doc.owner_id")],
  ['all alternatives', '', create("doc.owner_id == auth.id || (auth.id == doc.owner_id && doc.text == '')")],
  ['it, but for some roles', '', create("auth.role == 'admin' || doc.owner_id == auth.id")],
  ['it, but for some permissions', '', create("auth.can('notes:give') ? true : doc.owner_id == auth.id")],
  ['the key of the user it leads to', ', references: users.id', create('doc.owner.id == auth.id')],
  ['a definition', '', create("doc.text != '' && is_me(doc.owner_id)")],
  ['a write rule that lets nobody', ', write: "false"', create('auth.id != null')],
  ['a write rule for some roles', `, write: "auth.role == 'admin'"`, create('auth.id != null')],
  ['a write rule that compares', ', write: "doc.owner_id == auth.id"', create('true')],
  ['a field that clients cannot write', ', internal: true', create('true')],
  ['nobody who may create', '', create('false')],
  ['no rule at all', '', 'rules: {}'],
  [
    'a policy that restricts',
    '',
    'policies: [{ name: a, on: [create], effect: permit, using: "true" }, { name: b, on: [create], effect: restrict, using: "doc.owner_id == auth.id" }]',
  ],
])('bound to the caller by %s', (_, field, rest) => {
  expect(warnings(field, rest)).toEqual([])
})

test.each([
  ['no more than being signed in', '', create('auth.id != null')],
  ['one alternative of two', '', create("doc.owner_id == auth.id || doc.text == 'x'")],
  ['a negation', '', create('!(doc.owner_id == auth.id)')],
  ['an inequality', '', create('doc.owner_id != auth.id')],
  ['another row', '', create('seats.exists(s, s.user_id == auth.id)')],
  ['something else of the user it leads to', ', references: users.id', create("doc.owner.role == 'user'")],
  ['a definition of another field', '', create('is_me(seats.filter(s, true).map(s, s.user_id)[0])')],
  ['a write rule that looks elsewhere', `, write: "doc.text == 'x'"`, create('auth.id != null')],
  [
    'one policy of two that permit',
    '',
    'policies: [{ name: a, on: [create], effect: permit, using: "doc.owner_id == auth.id" }, { name: b, on: [create], effect: permit, using: "auth.id != null" }]',
  ],
])('a warning about %s', (_, field, rest) => {
  expect(warnings(field, rest)).toEqual([
    `10:7 'owner_id' defaults to auth.id, but a client can send any other id: add doc.owner_id == auth.id to the create rule of 'notes', or write: "false" to the field`,
  ])
})
