import type { ReactNode } from 'react'

/** A column. The same object, or at least functions with the same meaning, as long as its id is the same. */
export interface GridColumn<Row> {
  readonly id: string
  readonly name: string
  /** Behind the name, in the head: what kind of values, whether it is the key. */
  readonly mark?: ReactNode
  /** All that is to be known of it, on hovering. */
  readonly title?: string
  /** Numbers stand at the right. */
  readonly isNumber?: boolean
  /** px. @default 160 */
  readonly width?: number
  /** Exactly what copying gives, from a row whose values are whole. */
  text(row: Row): string
  /** What the cell shows, and what is read out; `text` where it is absent. */
  render?(row: Row): ReactNode
  spoken?(row: Row): string
  /** Whether its rows can be sorted by it. @default true */
  readonly isSortable?: boolean
}

export const DEFAULT_WIDTH = 160
export const MIN_WIDTH = 48
export const MAX_WIDTH = 1_200

/** How the columns are arranged: what an operator has done to them, and nothing that they have not. */
export interface GridLayout {
  /** Ids in their order; those that are not named come behind, in that of the schema. */
  readonly order: readonly string[]
  readonly hidden: readonly string[]
  /** They stay at the left. */
  readonly pinned: readonly string[]
  /** px. */
  readonly widths: Readonly<Record<string, number>>
}

export const PLAIN_LAYOUT: GridLayout = { order: [], hidden: [], pinned: [], widths: {} }

export interface GridSort {
  readonly column: string
  readonly isDescending: boolean
}

/** The order after a click on a head: ascending, descending, none. With `isAdded` behind what is sorted by already. */
export function toggledSort(sort: readonly GridSort[], column: string, isAdded: boolean): readonly GridSort[] {
  const now = sort.find((one) => one.column === column)
  const next =
    now === undefined ? [{ column, isDescending: false }] : now.isDescending ? [] : [{ column, isDescending: true }]
  if (!isAdded) return next
  return now === undefined ? [...sort, ...next] : sort.flatMap((one) => (one === now ? next : [one]))
}

/** `moved` to the place that `target` has. */
export function reordered(ids: readonly string[], moved: string, target: string): readonly string[] {
  const to = ids.indexOf(target)
  const rest = ids.filter((id) => id !== moved)
  return to < 0 ? ids : [...rest.slice(0, to), moved, ...rest.slice(to)]
}
