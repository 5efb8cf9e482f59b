import type { ReactNode, Ref } from 'react'
import type { GridColumn, GridLayout, GridSort } from './grid-column'
import type { CellMark, GridCell, GridEditing, GridMenuItem, GridTarget } from './grid-editing'
import type { GridSource, RowRange } from './grid-source'
import type { CellAt, Selection } from './selection'

/** Where one is in a grid: kept by the page that wants to come back to it. */
export interface GridPlace {
  /** px of rows above the screen. */
  readonly top: number
  readonly selection: Selection
}

export interface GridHandle {
  focus(): void
  select(at: CellAt): void
  /** Scrolls to a column and shows for 2 s which one it is. */
  findColumn(id: string): void
  copy(withHeaders: boolean): void
  /** A menu at the cell with the focus. */
  openMenu(items: readonly GridMenuItem[]): void
}

export interface GridProps<Row> {
  /** What is in it: read out. */
  readonly label: string
  readonly source: GridSource<Row>
  readonly columns: readonly GridColumn<Row>[]
  readonly layout: GridLayout
  onLayout(layout: GridLayout): void
  readonly sort?: readonly GridSort[]
  /** Without it rows cannot be sorted. */
  onSort?(sort: readonly GridSort[]): void
  markOf?(row: Row, column: string | null): CellMark | null
  readonly editing?: GridEditing<Row>
  /** What can be done with a cell, besides copying it. */
  menuOf?(cell: GridCell<Row>, target: GridTarget): readonly GridMenuItem[]
  /** A key in the grid, before it means anything here. True: that was it. */
  onKey?(event: KeyboardEvent, cell: GridCell<Row> | null, target: GridTarget): boolean
  onSelect?(target: GridTarget): void
  /** The rows that can be seen: after each time that it is rendered. */
  onShow?(range: RowRange): void
  onCopied?(cells: { readonly rows: number; readonly columns: number }): void
  /** Above the numbers of the rows, instead of "#". */
  readonly corner?: ReactNode
  readonly place?: GridPlace | undefined
  onPlace?(place: GridPlace): void
  readonly ref?: Ref<GridHandle>
}
