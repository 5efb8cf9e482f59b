import type { JsonValue } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'

/** A document by field, or some of its fields. */
export type Values = { readonly [field: string]: JsonValue }

/** How documents of a collection look in events, and how the change log has them. */
export interface DocumentShape {
  /** With the fields that events show, and no others. */
  readonly collection: Collection
  /** Names of these fields by column. */
  readonly names: ReadonlyMap<string, string>
}

/** Blobs are never part of events, and internal fields never leave the server. */
export function shapeOf(collection: Collection): DocumentShape {
  const shown = [...collection.fields].filter(([, { type, internal }]) => type !== 'blob' && !internal)
  return {
    collection: { ...collection, fields: new Map(shown) },
    names: new Map(shown.map(([name, { column }]) => [column, name])),
  }
}

/**
 * The fields that `old` of an update has. The log's values are those of the API: numbers and texts as they are stored, booleans and JSON as such. Columns that
 * the schema does not have (any more) are left out.
 */
export function loggedValues({ names }: DocumentShape, old: string): Values {
  const values: Record<string, JsonValue> = {}
  for (const [column, value] of Object.entries(JSON.parse(old) as Values)) {
    const name = names.get(column)
    if (name !== undefined) values[name] = value
  }
  return values
}

/** The whole document that `old` of a deletion has. */
export function loggedDocument(shape: DocumentShape, old: string): Values {
  const logged = loggedValues(shape, old)
  return Object.fromEntries([...shape.names.values()].map((name) => [name, logged[name] ?? null]))
}
