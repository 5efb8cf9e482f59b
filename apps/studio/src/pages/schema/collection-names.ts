import type { SchemaState } from './schema-context'

/** Of the schema as the draft makes it; of what is served, where the text has mistakes. */
export function collectionNames({ model, collections }: Pick<SchemaState, 'model' | 'collections'>): readonly string[] {
  const names = model === null ? collections.map(({ name }) => name) : [...model.collections.keys()]
  return names.toSorted()
}
