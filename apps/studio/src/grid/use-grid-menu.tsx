import { type ReactNode, type RefObject, useState } from 'react'
import { columnMenu } from './column-menu'
import { cellId } from './grid-aria'
import type { GridCell, GridMenuItem, GridTarget } from './grid-editing'
import { GridMenu } from './grid-menu'
import type { GridProps } from './grid-props'
import type { CellAt } from './selection'
import type { ColumnModel } from './use-column-model'

export interface GridMenuOptions<Row> {
  readonly gridId: string
  readonly element: RefObject<HTMLElement | null>
  readonly props: Pick<GridProps<Row>, 'layout' | 'onLayout' | 'sort' | 'onSort' | 'menuOf'>
  readonly model: ColumnModel<Row>
  readonly target: GridTarget
  readonly focus: CellAt
  cellAt(at: CellAt): GridCell<Row> | null
  copy(withHeaders: boolean): void
}

export interface OpenGridMenu {
  /** At a place of the window; else below the cell. */
  open(cell: CellAt, at?: { readonly x: number; readonly y: number }): void
  /** Other entries, below the cell with the focus. */
  openWith(items: readonly GridMenuItem[]): void
  readonly node: ReactNode
}

interface Menu {
  readonly x: number
  readonly y: number
  readonly items: readonly GridMenuItem[]
}

/** The menu of a cell, or of the head of a column. */
export function useGridMenu<Row>(options: GridMenuOptions<Row>): OpenGridMenu {
  const { gridId, element, props, model, target, focus, cellAt, copy } = options
  const { layout, onLayout, sort = [], onSort, menuOf } = props
  const [menu, setMenu] = useState<Menu | null>(null)

  function itemsOf(at: CellAt): readonly GridMenuItem[] {
    const placed = model.columns[at.column]
    if (placed === undefined) return []
    if (at.row < 0) {
      const canSort = placed.column.isSortable !== false
      return columnMenu({ placed, model, layout, onLayout, sort, onSort: canSort ? onSort : undefined })
    }
    const cell = cellAt(at)
    return [
      { label: 'Copy', keys: 'Ctrl+C', run: () => copy(false) },
      { label: 'Copy with headers', keys: 'Ctrl+Shift+C', run: () => copy(true) },
      ...(cell === null ? [] : (menuOf?.(cell, target) ?? [])),
    ]
  }

  /** Below a cell, wherever it is on the screen. */
  function below(at: CellAt): { readonly x: number; readonly y: number } {
    const found = document.getElementById(cellId(gridId, at))?.getBoundingClientRect()
    return { x: found?.left ?? 0, y: found?.bottom ?? 0 }
  }

  function show(items: readonly GridMenuItem[], at: { readonly x: number; readonly y: number }): void {
    if (items.length > 0) setMenu({ ...at, items })
  }

  return {
    open: (cell, at = below(cell)) => show(itemsOf(cell), at),
    openWith: (items) => show(items, below(focus)),
    node: menu !== null && (
      <GridMenu
        label="Actions"
        items={menu.items}
        at={menu}
        onClose={() => {
          setMenu(null)
          element.current?.focus({ preventScroll: true })
        }}
      />
    ),
  }
}
