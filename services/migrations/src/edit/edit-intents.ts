import { quoteName, quoteText } from '@koyalite/contracts'
import type { RenameHint, Schema, SchemaIntent } from '@koyalite/schema'

/** What edits mean for stored documents. */
export interface IntendedChanges {
  readonly renames: readonly RenameHint[]
  /** SQL for the values of existing documents, by `collection.field` as they are called at the end. */
  readonly fills: ReadonlyMap<string, string>
}

/** @param to the schema after the edits */
export function intendedChanges(intents: readonly SchemaIntent[], to: Schema): IntendedChanges {
  const renames: RenameHint[] = []
  let values = new Map<string, ValueMap>()
  for (const intent of intents) {
    switch (intent.kind) {
      case 'rename_collection':
        renames.push({ from: intent.from, to: intent.to })
        values = renameKeys(values, (key) => key.replace(new RegExp(`^${intent.from}\\.`), `${intent.to}.`))
        break
      case 'rename_field': {
        const { collection, from, to: name } = intent
        renames.push({ collection, from, to: name })
        values = renameKeys(values, (key) => (key === `${collection}.${from}` ? `${collection}.${name}` : key))
        break
      }
      case 'replace_value': {
        const key = `${intent.collection}.${intent.field}`
        values.set(key, replaced(values.get(key) ?? new Map(), intent))
      }
    }
  }
  return { renames, fills: new Map([...values].flatMap(([key, by]) => fillOf(key, by, to))) }
}

type EnumValue = string | number
type ValueMap = Map<EnumValue, EnumValue>

function renameKeys(values: Map<string, ValueMap>, rename: (key: string) => string): Map<string, ValueMap> {
  return new Map([...values].map(([key, map]) => [rename(key), map]))
}

/** What became `from` earlier becomes `to` now. */
function replaced(known: ValueMap, { from, to }: { readonly from: EnumValue; readonly to: EnumValue }): ValueMap {
  const followed = new Map([...known].map(([old, now]) => [old, now === from ? to : now]))
  return followed.has(from) ? followed : followed.set(from, to)
}

function fillOf(key: string, values: ValueMap, to: Schema): readonly (readonly [string, string])[] {
  const [collection = '', name = ''] = key.split('.')
  const field = to.collections.get(collection)?.fields.get(name)
  if (field === undefined) return []
  const column = quoteName(field.column)
  const cases = [...values].map(([from, value]) => `WHEN ${literal(from)} THEN ${literal(value)}`)
  return [[key, `CASE ${column} ${cases.join(' ')} ELSE ${column} END`]]
}

function literal(value: EnumValue): string {
  return typeof value === 'number' ? String(value) : quoteText(value)
}
