import type { Json, JsonObject } from '../../fields/exact-json'
import { printExact } from '../../fields/exact-json'
import type { Undo } from '../../kit/undo/undo-provider'
import { titleOf } from '../document/document-title'
import type { CellStates } from './cell-states'
import type { EditedList } from './edited-list'

/** What all ways to edit a list have. */
export interface EditingContext {
  readonly list: EditedList
  readonly states: CellStates
  readonly undo: Undo
  /** Whether nothing can be changed now; then it has said why. */
  isOff(): boolean
  /** Says that something was not done, and why. */
  failed(title: string): (error: unknown) => void
}

/** The key of a row as it stands in addresses. */
export function rowKey({ collection }: EditedList, row: JsonObject): string {
  return textOf(row[collection.key] ?? null)
}

/** What a document is called in messages, with its collection: `books Kindred`. */
export function nameOfRow(list: EditedList, row: JsonObject): string {
  const { collection } = list
  return `${collection.name} ${titleOf({ collection, documentKey: rowKey(list, row), document: { values: row } })}`
}

export function textOf(value: Json): string {
  return typeof value === 'string' ? value : printExact(value)
}
