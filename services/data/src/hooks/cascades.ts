import type { Schema } from '@koyalite/schema'
import type { CascadingField } from '../store/referring-documents'

/** Which documents go with which (`onDelete: cascade`). */
export interface Cascades {
  /** The fields that make documents go with one of a collection. */
  from(collection: string): readonly CascadingField[]
  /** The names of the collections whose documents may go with one of a collection. */
  reach(collection: string): readonly string[]
}

const known = new WeakMap<Schema, Cascades>()

export function cascadesOf(schema: Schema): Cascades {
  let cascades = known.get(schema)
  if (cascades === undefined) {
    cascades = createCascades(schema)
    known.set(schema, cascades)
  }
  return cascades
}

function createCascades({ collections }: Schema): Cascades {
  const fields = new Map<string, CascadingField[]>([...collections.keys()].map((name) => [name, []]))
  for (const source of collections.values())
    for (const field of source.fields.values()) {
      const { references } = field
      const target = references?.onDelete === 'cascade' ? collections.get(references.collection) : undefined
      const referred = target?.fields.get(references?.field ?? '')
      if (target && referred) fields.get(target.name)?.push({ source, field, referred })
    }
  const from = (collection: string) => fields.get(collection) ?? []
  const reached = new Map(
    [...collections.keys()].map((name) => {
      const found = new Set(from(name).map(({ source }) => source.name))
      // Iterating over a set includes what is added meanwhile.
      for (const one of found) for (const { source } of from(one)) found.add(source.name)
      return [name, [...found]] as const
    }),
  )
  return { from, reach: (collection) => reached.get(collection) ?? [] }
}
