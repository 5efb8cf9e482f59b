import { describe, expect, test } from 'bun:test'
import type { SchemaRename } from '@koyalite/schema'
import { beforeRenames, seedMentions } from './seed-mentions'

const COLLECTION: SchemaRename = { kind: 'collection', from: 'posts', to: 'articles' }
const TITLE: SchemaRename = { kind: 'field', collection: 'posts', from: 'title', to: 'heading' }
const STATUS: SchemaRename = { kind: 'value', fields: new Set(['posts.status']), from: 'out', to: 'public' }

const SEEDS: Readonly<Record<string, string>> = {
  '02_posts.csv': 'id,title,status\n1,"One, two",out\n2,out,draft\n',
  'posts.ndjson': '{"id":1,"title":"One","status":"draft"}\n\n{"id":2,"status":"out"}\n',
  'posts.json': '[{ "id": 1,\n  "title": "One" },\n { "id": 2,\n  "status": "out" }]',
  'sample.yaml': 'posts:\n  - title: One\n    status: out\nnotes:\n  - title: out\n    status: out\n',
  'notes.yaml': '- title: One\n  status: out\n',
  'broken.json': '[{',
}

describe.each<[string, SchemaRename, Readonly<Record<string, readonly number[]>>]>([
  ['a collection', COLLECTION, { '02_posts.csv': [], 'posts.ndjson': [], 'posts.json': [], 'sample.yaml': [1] }],
  ['a field', TITLE, { '02_posts.csv': [1], 'posts.ndjson': [1], 'posts.json': [2], 'sample.yaml': [2] }],
  ['a value', STATUS, { '02_posts.csv': [2], 'posts.ndjson': [3], 'posts.json': [4], 'sample.yaml': [3] }],
])('%s', (_what, rename, expected) => {
  test.each(Object.entries(SEEDS))('in %s', (name, text) => {
    expect(seedMentions({ name, text }, [rename])).toEqual(expected[name] ?? null)
  })
})

test('seeds have the names of before, however often something was renamed', () => {
  const renames: readonly SchemaRename[] = [
    COLLECTION,
    { kind: 'field', collection: 'articles', from: 'title', to: 'heading' },
    { kind: 'field', collection: 'articles', from: 'heading', to: 'name' },
    { kind: 'value', fields: new Set(['articles.status']), from: 'out', to: 'public' },
  ]
  expect(beforeRenames(renames)).toEqual([
    COLLECTION,
    { ...TITLE, to: 'heading' },
    { ...TITLE, to: 'name' },
    { ...STATUS, fields: new Set(['posts.status']) },
  ])
  expect(seedMentions({ name: 'sample.yaml', text: SEEDS['sample.yaml'] ?? '' }, renames)).toEqual([1, 2, 3])
})
