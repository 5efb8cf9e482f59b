import type { HTMLAttributes } from 'react'
import type { GridSort } from './grid-column'
import type { CellAt } from './selection'

type Attributes = HTMLAttributes<HTMLElement>

/**
 * What assistive technology is told of a grid of plain elements: a real table lays out all its rows. Rows count from 1, the head among them, and
 * columns from 1, the numbers of the rows among them, whatever part of both is rendered. None of the elements takes the focus: the
 * grid has it, and names the cell that the keys are in.
 */
export function gridAria(grid: {
  readonly id: string
  readonly label: string
  /** Null: not known yet. */
  readonly rows: number | null
  readonly columns: number
  /** Null: the cell is not rendered. */
  readonly focus: CellAt | null
  readonly isReadOnly: boolean
}): Attributes {
  return {
    role: 'grid',
    tabIndex: 0,
    'aria-label': grid.label,
    'aria-rowcount': grid.rows === null ? -1 : grid.rows + 1,
    'aria-colcount': grid.columns + 1,
    'aria-multiselectable': true,
    'aria-readonly': grid.isReadOnly,
    ...(grid.focus !== null && { 'aria-activedescendant': cellId(grid.id, grid.focus) }),
    'aria-describedby': `${grid.id}-keys`,
  }
}

export const ROW_GROUP: Attributes = { role: 'rowgroup' }

/** `row`: the position; -1 is the head. */
export function rowAria(row: number, isSelected?: boolean): Attributes {
  return { role: 'row', 'aria-rowindex': row + 2, ...(isSelected !== undefined && { 'aria-selected': isSelected }) }
}

export function markerAria(id: string, row: number): Attributes {
  return row < 0
    ? { role: 'columnheader', 'aria-colindex': 1 }
    : { role: 'rowheader', 'aria-colindex': 1, id: `${id}-${row}-marker` }
}

export function headAria(id: string, column: number, sort: GridSort | undefined | null): Attributes {
  return {
    role: 'columnheader',
    id: cellId(id, { row: -1, column }),
    'aria-colindex': column + 2,
    // Null: it cannot be sorted by.
    ...(sort !== null && { 'aria-sort': sort === undefined ? 'none' : sort.isDescending ? 'descending' : 'ascending' }),
  }
}

/** Of hundreds of cells, each attribute that is not there makes scrolling faster: only the cell with the focus needs an id. */
export function cellAria(
  id: string,
  at: CellAt,
  state: { readonly isSelected: boolean; readonly isActive: boolean },
): Attributes {
  return {
    role: 'gridcell',
    'aria-colindex': at.column + 2,
    ...(state.isActive && { id: cellId(id, at) }),
    ...(state.isSelected && { 'aria-selected': true }),
  }
}

export function cellId(id: string, { row, column }: CellAt): string {
  return `${id}-${row}-${column}`
}
