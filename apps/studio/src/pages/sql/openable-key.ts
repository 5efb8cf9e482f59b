import type { SqlColumn } from '@koyalite/contracts'
import { cellText } from './cell-text'
import type { SqlRow } from './run-sql'

/** The name of the key's field, by collection. */
export type KeyFields = ReadonlyMap<string, string>

/** The document that a row is of: where it has the key of exactly one collection. Otherwise why it cannot be opened. */
export function openableKey(
  columns: readonly SqlColumn[],
  row: SqlRow,
  keys: KeyFields,
): { readonly collection: string; readonly key: string } | string {
  const found = columns.flatMap(({ collection, field }, at) =>
    collection !== null && keys.get(collection) === field ? [{ collection, cell: row[at] ?? null }] : [],
  )
  const [first, second] = found
  if (first === undefined) return 'The result has no key of a collection: select it too, as it is.'
  if (second !== undefined) return 'The result has the keys of several collections.'
  return first.cell === null ? 'The key is null here.' : { collection: first.collection, key: cellText(first.cell) }
}
