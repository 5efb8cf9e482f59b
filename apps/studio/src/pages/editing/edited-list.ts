import type { Json, JsonObject } from '../../fields/exact-json'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import type { RowRange } from '../../grid/grid-source'

/** What editing has to know of the list in the grid. */
export interface EditedList {
  readonly collection: CollectionInfo
  /** Ids of the columns that are shown, in their order. */
  readonly columns: readonly string[]
  /** Parameters of the list, by which the server finds all that match. */
  readonly match: ListMatch
  /** How many there are now; at least so many while they are still being counted. */
  count(): number
  /** How many there are, as soon as they have been counted. Rejects where they cannot be. */
  counted(): Promise<number>
  rowAt(position: number): JsonObject | undefined
  /** Rows with whole values, also those that are not in memory. */
  read(range: RowRange): Promise<readonly JsonObject[]>
  /** What a row shows of a field, and whether that is the whole value. */
  valueIn(row: JsonObject, field: FieldInfo): { readonly value: Json | undefined; readonly isWhole: boolean }
  /** Shows what was written, without reading the row again. */
  show(key: string, written: JsonObject): void
  /** Reads again what is shown. */
  refresh(): void
}

export interface ListMatch {
  readonly filter?: readonly string[]
  readonly where?: string
  readonly params?: string
}

export function fieldNamed({ fields }: CollectionInfo, name: string): FieldInfo | undefined {
  return fields.find((field) => field.name === name)
}
