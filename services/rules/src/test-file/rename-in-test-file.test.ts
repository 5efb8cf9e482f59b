import { expect, test } from 'bun:test'
import type { SchemaRename } from '@koyalite/schema'
import { renameInTestFile } from './rename-in-test-file'

const FILE = `# Who may read posts.
actors:
  ann:
documents:
  posts:                     # two of them
    first: { title: One, status: out, author_id: $ann }   # seen by all
    second: { title: posts, status: draft, author_id: $ann }
  notes:
    - title: out
cases:
  - actor: ann
    operation: read
    collection: posts
    id: first
    visible: [title, status]
    absent: secret
    expect: allowed
  - actor: ann
    batch:
      - { operation: create, collection: posts, data: { title: x, status: draft } }
      - { operation: create, collection: notes, data: { title: y } }
    expect: denied
`
const COLLECTION: SchemaRename = { kind: 'collection', from: 'posts', to: 'articles' }
const field = (collection: string, from: string, to: string): SchemaRename => ({ kind: 'field', collection, from, to })
const after = (...renames: readonly SchemaRename[]) => renameInTestFile(FILE, renames)

/** The lines that differ, from 1, with their new text. */
function changed(text: string | null | undefined) {
  const now = text?.split('\n') ?? []
  return FILE.split('\n').flatMap((line, i) => (line === now[i] ? [] : [`${i + 1} ${now[i]?.trim()}`]))
}

test('a collection: its documents, its cases, and the operations of batches', () => {
  const found = after(COLLECTION)
  expect(found?.lines).toEqual([5, 13, 20])
  expect(changed(found?.text)).toEqual([
    expect.stringMatching(/^5 articles: +# two of them$/),
    '13 collection: articles',
    '20 - { operation: create, collection: articles, data: { title: x, status: draft } }',
  ])
})

test('a field: of its own collection only, by its name and not by values', () => {
  const found = after(field('posts', 'title', 'heading'), field('posts', 'secret', 'hidden'))
  expect(found?.lines).toEqual([6, 7, 15, 16, 20])
  expect(changed(found?.text)).toEqual([
    '6 first: { heading: One, status: out, author_id: $ann }   # seen by all',
    '7 second: { heading: posts, status: draft, author_id: $ann }',
    '15 visible: [heading, status]',
    '16 absent: hidden',
    '20 - { operation: create, collection: posts, data: { heading: x, status: draft } }',
  ])
  expect(changed(after(field('notes', 'title', 'text'))?.text)).toEqual([
    '9 - text: out',
    '21 - { operation: create, collection: notes, data: { text: y } }',
  ])
})

test('a value: of its fields only', () => {
  const found = after({ kind: 'value', fields: new Set(['posts.status']), from: 'out', to: 'public' })
  expect(changed(found?.text)).toEqual(['6 first: { title: One, status: public, author_id: $ann }   # seen by all'])
})

test('renames follow one another', () => {
  const text = after(COLLECTION, field('articles', 'title', 'heading'), field('articles', 'heading', 'name'))?.text
  expect(text).toContain('first: { name: One')
  expect(text).toContain('collection: articles, data: { name: x')
})

test('a file that names nothing of it, or is broken, stays as it is', () => {
  expect(after({ kind: 'collection', from: 'users', to: 'people' })).toBeNull()
  expect(renameInTestFile('cases: [', [COLLECTION])).toBeNull()
  expect(renameInTestFile('- 1', [COLLECTION])).toBeNull()
})

test('what cannot be changed alone is named and left to people', () => {
  const shared = FILE.replace('    - title: out', '    - &note { title: out }\n    - *note')
  const found = renameInTestFile(shared, [field('notes', 'title', 'text')])
  expect(found?.lines).toEqual([9, 22])
  expect(found?.text).toBeNull()
})
