import type { ReactNode } from 'react'
import type { Block } from './clipboard-text'
import type { RowRange } from './grid-source'
import type { Move } from './selection'

/** A cell that is in memory. */
export interface GridCell<Row> {
  readonly position: number
  readonly key: string
  readonly row: Row
  readonly column: string
}

/** What is selected, in the words of whoever acts on it. */
export interface GridTarget {
  /** Everything that matches, whatever the positions say: a query. */
  readonly isAll: boolean
  /** Whether whole rows were selected, by their numbers. */
  readonly isRows: boolean
  readonly rows: RowRange
  /** Ids of columns, in the order on the screen. */
  readonly columns: readonly string[]
}

/** Where the focus goes after an editor. */
export type EditClose = { readonly move?: Move }

/** What editing fills in. Each is called for what the operator asked for; whether it may happen is decided there, and said there. */
export interface GridEditing<Row> {
  /** Whether nothing can be changed, which each of them says. */
  readonly isReadOnly: boolean
  /**
   * The editor of a cell, shown exactly over it; null: there is none here, and something else was opened instead.
   * @param typed the character that began it, which replaces the value; null: by Enter, F2 or a double click
   */
  edit(cell: GridCell<Row>, typed: string | null, close: (how?: EditClose) => void): ReactNode
  /** Ctrl-V: a block whose first cell belongs to `at`; `target` is what is selected. Past the last row: new ones. */
  paste(block: Block, at: { readonly position: number; readonly column: string }, target: GridTarget): void
  /** Delete. */
  clear(target: GridTarget): void
  /** Ctrl-D: the first row of what is selected, into the others. */
  fillDown(target: GridTarget): void
  /** A key that needs a row which is not in memory yet: says so. */
  notRead(): void
  /** Any other key in a cell: Alt-E, Ctrl-;, Ctrl-Shift-D, Space on a bool. True: it was meant for this. */
  key?(event: KeyboardEvent, cell: GridCell<Row> | null, target: GridTarget): boolean
}

/** The edge of a cell, and what it says: with `row` of the whole row. */
export type CellMark = 'elsewhere' | 'refused' | 'stale' | 'saving' | 'new'

/** An entry of a cell's menu. */
export interface GridMenuItem {
  readonly label: string
  /** As the table of keys has it: `Alt+F`. */
  readonly keys?: string
  /** Why it cannot be chosen. */
  readonly reason?: string | null
  readonly run: () => void
  /** Below a line. */
  readonly startsGroup?: boolean
}
