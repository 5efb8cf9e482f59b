import { expect, test } from 'bun:test'
import { parseSchema } from '@koyalite/schema'
import { inReferenceOrder } from './reference-order'

function order(references: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const collections = Object.entries(references).map(
    ([name, targets]) =>
      `  ${name}:\n    fields:\n      id: { type: uuid, primary: true, default: auto }\n` +
      targets
        .map((target) => `      ${target}_ref: { type: uuid, references: ${target}.id, nullable: true }\n`)
        .join(''),
  )
  const parsed = parseSchema(`version: 1\ncollections:\n${collections.join('')}`, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error('the schema of this test is wrong')
  return inReferenceOrder(
    Object.keys(references)
      .map((name) => parsed.schema.collections.get(name))
      .filter((found) => found !== undefined),
  ).map(({ name }) => name)
}

test('a collection comes after those it refers to', () => {
  expect(order({ comments: ['posts', 'people'], posts: ['people'], people: [] })).toEqual([
    'people',
    'posts',
    'comments',
  ])
})

test('a reference to itself and a circle do not hinder', () => {
  expect(order({ a: ['a', 'b'], b: ['a'] })).toEqual(['b', 'a'])
})
