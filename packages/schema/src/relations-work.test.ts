import { expect, test } from 'bun:test'
import { checkSchema } from './check-schema'
import type { Collection, Field, Schema } from './model'
import { parseSchema } from './parse-schema'
import { relationsOf } from './relations'

/** Notes how many entries are gone through. */
class CountingMap<V> extends Map<string, V> {
  static visited = 0

  override values() {
    CountingMap.visited += this.size
    return super.values()
  }
}

function schemaOf(count: number): Schema {
  const collections = Array.from(
    { length: count },
    (_, n) => `  c${n}:
    fields: { id: { type: int, primary: true }, next_id: { type: int, references: c${(n * 7 + 1) % count}.id }, user_id: { type: uuid, references: users.id } }`,
  )
  const parsed = parseSchema(`version: 1\ncollections:\n${collections.join('\n')}\n`, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const counted = [...parsed.schema.collections].map(([name, collection]): [string, Collection] => [
    name,
    { ...collection, fields: new CountingMap<Field>(collection.fields) },
  ])
  return { ...parsed.schema, collections: new CountingMap(counted) }
}

function visitsOf(schema: Schema, run: () => void): number {
  CountingMap.visited = 0
  run()
  expect(schema.collections.size).toBeGreaterThan(0)
  return CountingMap.visited
}

test.each([
  [
    'the relations of all collections',
    (schema: Schema) =>
      [...schema.collections.keys()].map((name) => relationsOf(schema, schema.collections.get(name) as Collection)),
  ],
  ['the checks of a whole schema', (schema: Schema) => checkSchema(schema, new Map(), () => {})],
] as const)('%s: twice the collections are twice the work', (_, run) => {
  const [small, large] = [schemaOf(100), schemaOf(200)]
  const once = visitsOf(small, () => run(small))
  const twice = visitsOf(large, () => run(large))
  expect(once).toBeGreaterThan(100)
  expect(twice).toBeLessThan(2.2 * once)
})
