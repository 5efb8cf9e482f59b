import { describe, expect, test } from 'bun:test'
import { clientNameWarnings, documentTypeName } from './client-names'
import type { Schema } from './model'
import { parseSchema } from './parse-schema'
import { formatProblem } from './problems'

describe('the type of a document', () => {
  const cases: readonly (readonly [name: string, type: string])[] = [
    ['posts', 'Post'],
    ['blog_posts', 'BlogPost'],
    ['categories', 'Category'],
    ['addresses', 'Address'],
    ['boxes', 'Box'],
    ['statuses', 'Status'],
    ['houses', 'House'],
    ['databases', 'Database'],
    ['people', 'Person'],
    ['movies', 'Movie'],
    ['news', 'News'],
    ['status', 'Status'],
    ['class', 'Class'],
    ['analysis', 'Analysis'],
    ['data', 'Data'],
    ['auth', 'Auth'],
    ['x1_y2s', 'X1Y2'],
    ['ties', 'Tie'],
  ]
  for (const [name, type] of cases) test(`${name}: ${type}`, () => expect(typeOf(name)).toBe(type))

  test('`singular` says otherwise, and a name in clients comes before the collection’s', () => {
    expect(typeOf('indices', 'singular: index')).toBe('Index')
    expect(typeOf('auth', 'clients: { name: sign_ins }')).toBe('SignIn')
  })
})

describe('names that meet others', () => {
  const cases: readonly (readonly [title: string, collections: string, warnings: readonly string[]])[] = [
    ['none', 'posts: { X }, errors: { X }, query: { X }, client: { X }', []],
    [
      'a word of clients',
      'auth: { X }',
      [
        "s:2:16 generated clients use the name 'auth' themselves, so collection 'auth' needs another one there: add `clients: { name: auth_documents }`",
      ],
    ],
    ['a word of clients, renamed', 'auth: { clients: { name: auth_documents }, X }', []],
    [
      'a type of the language',
      'dates: { X }',
      [
        "s:2:16 a document of 'dates' would be called 'Date' in generated clients, which need that word: add `singular: date_document` to 'dates'",
      ],
    ],
    ['a type of the language, renamed', 'dates: { singular: date_document, X }', []],
    [
      'two documents of one name',
      'post: { X }, posts: { X }',
      [
        "s:2:73 collections 'post' and 'posts' would both have a type 'Post' in generated clients: add `singular: post_document` to 'posts'",
      ],
    ],
    [
      'a document and the input of another',
      'posts: { X }, post_updates: { X }',
      [
        "s:2:74 collections 'posts' and 'post_updates' would both have a type 'PostUpdate' in generated clients: add `singular: post_update_document` to 'post_updates'",
      ],
    ],
    [
      'a field that is a word of documents',
      'posts: { fields: { id: { type: uuid, primary: true }, expanded: { type: bool } } }',
      [
        "s:2:70 'posts.expanded' would have the name of a member 'expanded' in generated clients: add `clients: { name: expanded_value }` to 'posts.expanded'",
      ],
    ],
    [
      'two fields of one name without underscores',
      'posts: { fields: { id: { type: uuid, primary: true }, a_1: { type: int }, a1: { type: int } } }',
      [
        "s:2:90 'posts.a1' would have the name of 'a_1' in generated clients: add `clients: { name: a1_value }` to 'posts.a1'",
      ],
    ],
    [
      'fields that are renamed',
      'posts: { fields: { id: { type: uuid, primary: true }, a_1: { type: int, clients: { name: b } }, a1: { type: int } } }',
      [],
    ],
  ]
  for (const [title, collections, warnings] of cases)
    test(title, () =>
      expect(clientNameWarnings(schemaOf(collections), { file: 's' }).map(formatProblem)).toEqual([...warnings]),
    )
})

function typeOf(name: string, option = ''): string {
  const collection = schemaOf(`${name}: { ${option === '' ? '' : `${option}, `}X }`).collections.get(name)
  if (!collection) throw new Error(`no collection ${name}`)
  return documentTypeName(collection)
}

function schemaOf(collections: string): Schema {
  const fields = 'fields: { id: { type: uuid, primary: true } }'
  const parsed = parseSchema(`version: 1\ncollections: { ${collections.replaceAll('X', fields)} }`, { file: 's' })
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.schema
}
