import type { Collection, Field, Index, Reference, Schema } from '../model'

/** The edits of a schema that migrations consist of. What they name must be there. */

export function setField(schema: Schema, collection: Collection, field: Field): Schema {
  const fields = new Map([...collection.fields, [field.name, field]])
  return setCollection(schema, withFields(collection, fields))
}

export function dropField(schema: Schema, collection: Collection, field: Field): Schema {
  const fields = new Map([...collection.fields].filter(([name]) => name !== field.name))
  const indexes = collection.indexes.filter((index) => !index.fields.includes(field.name))
  return setCollection(schema, withFields({ ...collection, indexes }, fields))
}

/** Its column is renamed with it, unless it has a name of its own. */
export function renameField(schema: Schema, collection: Collection, field: Field, to: string): Schema {
  const { predatesBuiltIn: _, ...rest } = field
  const renamed: Field = { ...rest, name: to, column: field.column === field.name ? to : field.column }
  const fields = new Map([...collection.fields.values()].map((f) => (f === field ? [to, renamed] : [f.name, f])))
  const indexes = collection.indexes.map((index) => ({
    ...index,
    fields: index.fields.map((name) => (name === field.name ? to : name)),
  }))
  const changed = setCollection(schema, withFields({ ...collection, indexes }, fields))
  return mapReferences(changed, (reference) =>
    reference.collection === collection.name && reference.field === field.name
      ? { ...reference, field: to }
      : reference,
  )
}

/** Its table is renamed with it, unless it has a name of its own. */
export function renameCollection(schema: Schema, from: string, to: string): Schema {
  const collections = [...schema.collections.values()].map((collection): [string, Collection] => {
    if (collection.name !== from) return [collection.name, collection]
    return [to, { ...collection, name: to, table: collection.table === from ? to : collection.table }]
  })
  return mapReferences({ ...schema, collections: new Map(collections) }, (reference) =>
    reference.collection === from ? { ...reference, collection: to } : reference,
  )
}

export function dropCollection(schema: Schema, name: string): Schema {
  return { ...schema, collections: new Map([...schema.collections].filter(([key]) => key !== name)) }
}

export function setIndex(schema: Schema, collection: Collection, index: Index): Schema {
  const indexes = [...collection.indexes.filter(({ name }) => name !== index.name), index]
  return setCollection(schema, { ...collection, indexes })
}

export function dropIndex(schema: Schema, collection: Collection, name: string): Schema {
  return setCollection(schema, { ...collection, indexes: collection.indexes.filter((index) => index.name !== name) })
}

export function setCollection(schema: Schema, collection: Collection): Schema {
  return { ...schema, collections: new Map([...schema.collections, [collection.name, collection]]) }
}

/** The key is kept up to date with the fields. */
function withFields(collection: Collection, fields: ReadonlyMap<string, Field>): Collection {
  const primaryKey = [...fields.values()].find((field) => field.primary) ?? collection.primaryKey
  return { ...collection, fields, primaryKey }
}

function mapReferences(schema: Schema, change: (reference: Reference) => Reference): Schema {
  const collections = [...schema.collections.values()].map((collection): [string, Collection] => {
    const fields = [...collection.fields.values()].map((field): [string, Field] => {
      return [field.name, field.references ? { ...field, references: change(field.references) } : field]
    })
    return [collection.name, withFields(collection, new Map(fields))]
  })
  return { ...schema, collections: new Map(collections) }
}
