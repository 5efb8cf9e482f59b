import { expect, test } from 'bun:test'
import type { JsonSchema } from '@koyalite/schema'
import { embedReferences } from './embedded-schema'

test('a schema that refers into itself becomes a component, whose references lead into it', () => {
  const own = {
    $ref: '#/$defs/node',
    $defs: { node: { properties: { next: { $ref: '#/$defs/node' }, all: { $ref: '#' } } } },
  }
  const object: JsonSchema = {
    properties: {
      plain: { type: 'string' },
      tree: { anyOf: [{ $id: 'koyalite:posts/tree/read', ...own }, { type: 'null' }] },
    },
  }
  const components: Record<string, JsonSchema> = {}
  const root = '#/components/schemas/posts.tree.schema'
  expect(embedReferences(object, 'posts', components)).toEqual({
    properties: { plain: { type: 'string' }, tree: { anyOf: [{ $ref: root }, { type: 'null' }] } },
  })
  expect(components).toEqual({
    'posts.tree.schema': {
      allOf: [{ $ref: `${root}/$defs/node` }],
      $defs: { node: { properties: { next: { $ref: `${root}/$defs/node` }, all: { $ref: root } } } },
    },
  })
})

test('one with an identity of its author stays where it is', () => {
  const object: JsonSchema = { properties: { meta: { $id: 'https://example.com/meta', $ref: '#/x' } } }
  const components: Record<string, JsonSchema> = {}
  expect(embedReferences(object, 'posts', components)).toEqual(object)
  expect(components).toEqual({})
})
