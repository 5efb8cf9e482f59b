import type { SuggestedIndex } from '@koyalite/contracts'
import { indexesOf } from './ddl'
import type { Collection, Schema } from './model'

const MAX_NAME = 63

/** The line of schema.yaml for an index over these fields, with a name that is not taken. */
export function suggestIndex(schema: Schema, collection: Collection, fields: readonly string[]): SuggestedIndex {
  const name = freeName(schema, `idx_${collection.name}_${fields.join('_')}`)
  const line = `- { name: ${name}, fields: [${fields.join(', ')}] }`
  return { collection: collection.name, fields, place: `collections.${collection.name}.indexes`, line }
}

/** Indexes and tables share one namespace in SQLite, which ignores ASCII case. */
function freeName(schema: Schema, wanted: string): string {
  const collections = [...schema.collections.values()]
  const taken = new Set(
    collections
      .flatMap((collection) => [collection.table, ...indexesOf(collection).map(({ name }) => name)])
      .map((name) => name.toLowerCase()),
  )
  for (let number = 1; ; number++) {
    const end = number === 1 ? '' : `_${number}`
    const name = wanted.slice(0, MAX_NAME - end.length) + end
    if (!taken.has(name)) return name
  }
}

/** Whether an index, or the key, finds the documents with one value of a field. */
export function isIndexed(collection: Collection, field: string): boolean {
  const { primaryKey, fields, indexes } = collection
  const own = fields.get(field)
  return (
    primaryKey.name === field ||
    own?.index === true ||
    own?.unique === true ||
    indexes.some((index) => index.fields[0] === field)
  )
}
