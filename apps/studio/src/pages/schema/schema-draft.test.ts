import { expect, test } from 'bun:test'
import type { SchemaEdit } from '@koyalite/schema'
import { addEdit, NO_DRAFT, parseDraft } from './schema-draft'

const all = (...edits: readonly SchemaEdit[]) =>
  edits.reduce<readonly SchemaEdit[]>((known, edit) => addEdit(known, edit), [])
const field = { collection: 'posts', field: 'title' } as const

test('options of one field are one change', () => {
  expect(
    all(
      { type: 'set_field', ...field, options: { maxLength: 1 } },
      { type: 'set_field', collection: 'posts', field: 'other', options: { unique: true } },
      { type: 'set_field', ...field, options: { maxLength: 2, nullable: null } },
    ),
  ).toEqual([
    { type: 'set_field', ...field, options: { maxLength: 2, nullable: null } },
    { type: 'set_field', collection: 'posts', field: 'other', options: { unique: true } },
  ])
})

test('what is changed of a new field is part of it, and a new field that is dropped was never there', () => {
  const added: SchemaEdit = { type: 'add_field', ...field, value: { type: 'string', nullable: true } }
  const changed: SchemaEdit = { type: 'set_field', ...field, options: { nullable: null, unique: true } }
  const renamed: SchemaEdit = { type: 'rename_field', collection: 'posts', from: 'title', to: 'name' }
  expect(all(added, changed, renamed)).toEqual([
    { type: 'add_field', collection: 'posts', field: 'name', value: { type: 'string', unique: true } },
  ])
  expect(all(added, changed, { type: 'drop_field', ...field })).toEqual([])
  expect(all(changed, { type: 'drop_field', ...field })).toEqual([{ type: 'drop_field', ...field }])
})

test('renaming twice is renaming once, and back is nothing', () => {
  const rename = (from: string, to: string): SchemaEdit => ({ type: 'rename_field', collection: 'posts', from, to })
  expect(all(rename('a', 'b'), rename('b', 'c'))).toEqual([rename('a', 'c')])
  expect(all(rename('a', 'b'), rename('b', 'a'))).toEqual([])
  // What was said of the old name stays before it.
  const changed: SchemaEdit = { type: 'set_field', collection: 'posts', field: 'a', options: { unique: true } }
  const later: SchemaEdit = { ...changed, field: 'b' }
  expect(all(changed, rename('a', 'b'), later)).toEqual([changed, rename('a', 'b'), later])
})

test('values of a new field are part of it; those of one with documents get others', () => {
  const added: SchemaEdit = {
    ...{ type: 'add_field', ...field },
    value: { type: 'string', enum: ['a', 'b'], default: 'a' },
  }
  const rename: SchemaEdit = { type: 'rename_field_value', ...field, from: 'a', to: 'c' }
  const remove: SchemaEdit = { type: 'remove_field_value', ...field, value: 'b', replacement: null }
  expect(all(added, rename, remove)).toEqual([{ ...added, value: { type: 'string', enum: ['c'], default: 'c' } }])
  const longer: SchemaEdit = { type: 'set_field', ...field, options: { enum: ['a', 'b', 'd'] } }
  const later: SchemaEdit = { ...longer, options: { enum: ['c', 'b', 'd', 'e'] } }
  // A list of after the rename is none of before.
  expect(all(longer, rename, later)).toEqual([longer, rename, later])
})

test('a draft of whatever kind can be read', () => {
  for (const value of [null, 1, 'x', {}, { edits: 'x', answers: 1 }])
    expect(parseDraft(value)).toMatchObject({ edits: [] })
  expect(parseDraft({ edits: [null, 1, {}], source: 2 })).toEqual(NO_DRAFT)
})
