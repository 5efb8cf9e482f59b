import type { Collection } from '@koyalite/schema'

const layouts = new WeakMap<Collection, string>()

/** A hash of what decides whether old values still fit into a collection: its table, and all of its fields but their rules. */
export function layoutOf(collection: Collection): string {
  const known = layouts.get(collection)
  if (known !== undefined) return known
  const fields = [...collection.fields.values()].map((field) => [
    ...[field.name, field.column, field.type, field.primary, field.unique, field.nullable, field.internal],
    ...[field.references ?? null, field.validation, field.jsonSchema ?? null],
  ])
  const indexes = collection.indexes.filter(({ unique }) => unique).map((index) => index.fields)
  const layout = Bun.hash(JSON.stringify([collection.table, fields, indexes])).toString(36)
  layouts.set(collection, layout)
  return layout
}
