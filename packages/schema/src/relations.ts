import type { Collection, Field, Schema } from './model'

/** One step that `expand` can take from a collection: along a reference, or back along one. */
export type Relation =
  | {
      readonly kind: 'forward'
      readonly name: string
      readonly field: Field
      readonly target: Collection
      readonly targetField: Field
    }
  | {
      readonly kind: 'reverse'
      readonly name: string
      readonly source: Collection
      readonly sourceField: Field
      /** The field of this collection that is referred to. */
      readonly field: Field
    }

/**
 * The relations of a collection by the name that `expand` and rules use.
 *
 * Forward: `author_id` is `author`; a reference whose name doesn't end in `_id`, or whose short name is taken by a field, keeps its own
 * name. Back: the name of the collection that refers (`comments`); where two of its fields do, or a field or forward relation has that
 * name, `comments_by_parent_id`. Relations of internal fields are in it too: who may see them is decided by the caller.
 */
export function relationsOf(schema: Schema, collection: Collection): ReadonlyMap<string, Relation> {
  const cached = cache.get(schema) ?? new Map<string, ReadonlyMap<string, Relation>>()
  cache.set(schema, cached)
  const known = cached.get(collection.name)
  if (known) return known
  const relations = new Map(listRelations(schema, collection).map((relation) => [relation.name, relation]))
  cached.set(collection.name, relations)
  return relations
}

/** As relationsOf, with relations that share a name, which a checked schema does not have. */
export function listRelations(schema: Schema, collection: Collection): readonly Relation[] {
  const forward = forwardRelations(schema, collection)
  const taken = new Set([...collection.fields.keys(), ...forward.map((relation) => relation.name)])
  return [...forward, ...reverseRelations(schema, collection, taken)]
}

const cache = new WeakMap<Schema, Map<string, ReadonlyMap<string, Relation>>>()

function forwardRelations(schema: Schema, collection: Collection): readonly Relation[] {
  return [...collection.fields.values()].flatMap((field): Relation[] => {
    const target = field.references && schema.collections.get(field.references.collection)
    const targetField = field.references && target?.fields.get(field.references.field)
    if (!target || !targetField) return []
    const short = field.name.endsWith('_id') ? field.name.slice(0, -3) : field.name
    const name = short === '' || collection.fields.has(short) ? field.name : short
    return [{ kind: 'forward', name, field, target, targetField }]
  })
}

/** The fields of one collection that refer to another one. */
interface Referring {
  readonly source: Collection
  readonly fields: Field[]
}

const referringCache = new WeakMap<Schema, ReadonlyMap<string, readonly Referring[]>>()

/** By the name of a collection, those that refer to it, in the order of the schema. Looked for once: for each collection it would be quadratic. */
function referringTo(schema: Schema): ReadonlyMap<string, readonly Referring[]> {
  const known = referringCache.get(schema)
  if (known) return known
  const byTarget = new Map<string, Referring[]>()
  for (const source of schema.collections.values()) {
    for (const field of source.fields.values()) {
      if (!field.references) continue
      const referring = byTarget.get(field.references.collection) ?? []
      byTarget.set(field.references.collection, referring)
      const last = referring.at(-1)
      if (last?.source === source) last.fields.push(field)
      else referring.push({ source, fields: [field] })
    }
  }
  referringCache.set(schema, byTarget)
  return byTarget
}

function reverseRelations(schema: Schema, collection: Collection, taken: ReadonlySet<string>): readonly Relation[] {
  return (referringTo(schema).get(collection.name) ?? []).flatMap(({ source, fields: referring }): Relation[] => {
    const isPlain = referring.length === 1 && !taken.has(source.name)
    return referring.flatMap((sourceField): Relation[] => {
      const field = collection.fields.get(sourceField.references?.field ?? '')
      const name = isPlain ? source.name : `${source.name}_by_${sourceField.name}`
      return field ? [{ kind: 'reverse', name, source, sourceField, field }] : []
    })
  })
}
