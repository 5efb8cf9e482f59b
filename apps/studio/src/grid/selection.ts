import type { RowRange } from './grid-source'

/** A place in the grid. The row -1 is the head. */
export interface CellAt {
  readonly row: number
  /** Index among the columns that are shown, in their order. */
  readonly column: number
}

/**
 * What is selected: a rectangle of positions from `anchor`, where it began, to `focus`, where the keys are; so it may span rows that were never
 * loaded. `rows`: whole rows. `all`: everything that matches, which is a query and no list.
 */
export interface Selection {
  readonly kind: 'cells' | 'rows' | 'all'
  readonly anchor: CellAt
  readonly focus: CellAt
}

export interface Rectangle extends RowRange {
  readonly left: number
  readonly right: number
}

export interface Bounds {
  readonly rows: number
  readonly columns: number
  /** Rows of a page of the screen. */
  readonly page: number
}

export function selectCell(at: CellAt): Selection {
  return { kind: 'cells', anchor: at, focus: at }
}

/** From where the selection began to another place. */
export function extendTo(selection: Selection, focus: CellAt): Selection {
  return { kind: selection.kind === 'rows' ? 'rows' : 'cells', anchor: selection.anchor, focus }
}

export function selectRows(anchor: number, focus: number, column = 0): Selection {
  return { kind: 'rows', anchor: { row: anchor, column }, focus: { row: focus, column } }
}

/** The same, some rows further down. */
export function shifted({ kind, anchor, focus }: Selection, by: number): Selection {
  const move = ({ row, column }: CellAt) => ({ row: Math.max(0, row + by), column })
  return { kind, anchor: move(anchor), focus: move(focus) }
}

export function rectangleOf({ kind, anchor, focus }: Selection, { rows, columns }: Bounds): Rectangle {
  const whole = kind !== 'cells'
  return {
    first: kind === 'all' ? 0 : Math.max(0, Math.min(anchor.row, focus.row)),
    last: kind === 'all' ? rows - 1 : Math.max(anchor.row, focus.row),
    left: whole ? 0 : Math.min(anchor.column, focus.column),
    right: whole ? columns - 1 : Math.max(anchor.column, focus.column),
  }
}

/** Whether more than the cell with the focus is selected. */
export function isRange(selection: Selection): boolean {
  const { kind, anchor, focus } = selection
  return kind !== 'cells' || anchor.row !== focus.row || anchor.column !== focus.column
}

export type Move =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'pageUp'
  | 'pageDown'
  | 'first'
  | 'last'
  | 'top'
  | 'bottom'

/** Where a key goes from a place. The head can be reached by the arrow alone. */
export function moved(from: CellAt, move: Move, { rows, columns, page }: Bounds): CellAt {
  // Nothing is there yet.
  if (rows === 0) return from
  const row = (to: number, least = 0) => Math.max(Math.min(to, rows - 1), least)
  switch (move) {
    case 'up':
      return { ...from, row: row(from.row - 1, -1) }
    case 'down':
      return { ...from, row: row(from.row + 1, -1) }
    case 'left':
      return { ...from, column: Math.max(0, from.column - 1) }
    case 'right':
      return { ...from, column: Math.min(columns - 1, from.column + 1) }
    case 'home':
      return { ...from, column: 0 }
    case 'end':
      return { ...from, column: columns - 1 }
    case 'pageUp':
      return { ...from, row: row(from.row - page) }
    case 'pageDown':
      return { ...from, row: row(from.row + page) }
    case 'top':
      return { ...from, row: row(0) }
    case 'bottom':
      return { ...from, row: row(rows - 1) }
    case 'first':
      return { row: row(0), column: 0 }
    case 'last':
      return { row: row(rows - 1), column: columns - 1 }
  }
}

/** The move that a key is, as the pattern of ARIA for grids has it; null: none. */
export function moveOf({
  key,
  ctrlKey,
  metaKey,
}: {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
}): Move | null {
  const far = ctrlKey || metaKey
  switch (key) {
    case 'ArrowUp':
      return far ? 'top' : 'up'
    case 'ArrowDown':
      return far ? 'bottom' : 'down'
    case 'ArrowLeft':
      return far ? 'home' : 'left'
    case 'ArrowRight':
      return far ? 'end' : 'right'
    case 'Home':
      return far ? 'first' : 'home'
    case 'End':
      return far ? 'last' : 'end'
    case 'PageUp':
      return 'pageUp'
    case 'PageDown':
      return 'pageDown'
    default:
      return null
  }
}
