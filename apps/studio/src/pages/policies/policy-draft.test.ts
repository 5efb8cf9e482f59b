import { expect, test } from 'bun:test'
import { checkedOperation, editsOf, type RulesDraft } from './policy-draft'

const BEFORE: RulesDraft = {
  rules: { read: 'true', create: '', update: 'auth.verified', delete: '' },
  policies: [{ name: 'own', on: ['update'], effect: 'permit', using: 'auth.id == doc.owner_id', check: '' }],
  fields: { notes: { read: 'auth.verified', write: '' } },
  definitions: { 'mine(d)': 'auth.id == d.owner_id' },
}

test('opening a form and saving it sends nothing', () => {
  expect(editsOf('posts', BEFORE, BEFORE)).toEqual([])
  // Spaces around a rule are no change of it, and neither is a field that was only looked at.
  const looked: RulesDraft = {
    ...BEFORE,
    rules: { ...BEFORE.rules, read: ' true\n' },
    fields: { ...BEFORE.fields, title: { read: '', write: ' ' } },
  }
  expect(editsOf('posts', BEFORE, looked)).toEqual([])
})

test('what differs is an edit each', () => {
  const after: RulesDraft = {
    rules: { read: '', create: 'auth.id != null', update: 'auth.verified', delete: '' },
    policies: [{ name: 'new', on: ['read', 'update'], effect: 'restrict', using: 'auth.verified', check: 'doc.n > 1' }],
    fields: { notes: { read: '', write: 'false' } },
    definitions: { 'mine(d)': '', 'open(d)': 'd.public' },
  }
  expect(editsOf('posts', BEFORE, after)).toEqual([
    { type: 'set_definition', signature: 'mine(d)', body: null },
    { type: 'set_definition', signature: 'open(d)', body: 'd.public' },
    { type: 'set_rule', collection: 'posts', operation: 'read', rule: null },
    { type: 'set_rule', collection: 'posts', operation: 'create', rule: 'auth.id != null' },
    { type: 'drop_policy', collection: 'posts', policy: 'own' },
    {
      type: 'set_policy',
      collection: 'posts',
      policy: 'new',
      value: { on: ['read', 'update'], effect: 'restrict', using: 'auth.verified', check: 'doc.n > 1' },
    },
    { type: 'set_field', collection: 'posts', field: 'notes', options: { read: null, write: 'false' } },
  ])
})

test('a policy is checked where it may name the least', () => {
  expect(checkedOperation(['update', 'read'])).toBe('read')
  expect(checkedOperation(['update', 'delete'])).toBe('delete')
  expect(checkedOperation(['update'])).toBe('update')
})
