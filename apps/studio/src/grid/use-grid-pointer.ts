import { type MouseEvent, type PointerEvent, type RefObject, useEffect, useRef } from 'react'
import { type CellAt, extendTo, type Selection, selectCell, selectRows } from './selection'
import type { ColumnModel } from './use-column-model'
import type { GridScroll } from './use-grid-scroll'

export interface GridPointerOptions<Row> {
  readonly element: RefObject<HTMLDivElement | null>
  readonly model: ColumnModel<Row>
  readonly markerWidth: number
  readonly rowHeight: number
  readonly headHeight: number
  readonly scroll: GridScroll
  readonly rows: number
  readonly selection: Selection
  select(selection: Selection): void
  edit(at: CellAt): void
  menu(at: { readonly x: number; readonly y: number }, cell: CellAt): void
}

interface Point {
  readonly clientX: number
  readonly clientY: number
}

/** Selecting by dragging, rows by their numbers; beyond an edge the grid scrolls on. A finger scrolls, and selects by a tap. */
export function useGridPointer<Row>(options: GridPointerOptions<Row>) {
  const drag = useRef<{ point: Point; kind: 'cells' | 'rows'; anchor: CellAt } | null>(null)
  const latest = useRef(options)
  latest.current = options

  /** The cell at a place; beyond the rows and columns the nearest. `column` is -1 on the numbers of rows. */
  function at({ clientX, clientY }: Point): CellAt | null {
    const { element, model, markerWidth, rowHeight, headHeight, scroll, rows } = latest.current
    const box = element.current?.getBoundingClientRect()
    if (box === undefined || element.current === null) return null
    const x = clientX - box.left
    const y = clientY - box.top - headHeight
    if (y < 0 && drag.current === null)
      return { row: -1, column: columnAt(model, markerWidth, x, element.current.scrollLeft) }
    const row = Math.floor((scroll.top.current + y) / rowHeight)
    if (drag.current === null && (row >= rows || x > markerWidth + model.width)) return null
    return {
      row: Math.max(0, Math.min(rows - 1, row)),
      column: columnAt(model, markerWidth, x, element.current.scrollLeft),
    }
  }

  function dragTo(point: Point): void {
    const { current } = drag
    const cell = at(point)
    if (current === null || cell === null) return
    current.point = point
    const { select, selection } = latest.current
    if (current.kind === 'rows') select(selectRows(current.anchor.row, cell.row))
    else {
      const focus = { row: cell.row, column: Math.max(0, cell.column) }
      if (focus.row !== selection.focus.row || focus.column !== selection.focus.column)
        select(extendTo({ kind: 'cells', anchor: current.anchor, focus }, focus))
    }
  }

  // While the pointer is held beyond an edge.
  useEffect(() => {
    const timer = setInterval(() => {
      const { element, headHeight, scroll, rowHeight } = latest.current
      const box = element.current?.getBoundingClientRect()
      if (drag.current === null || box === undefined || element.current === null) return
      const { clientX, clientY } = drag.current.point
      const down = clientY > box.bottom ? 1 : clientY < box.top + headHeight ? -1 : 0
      const right = clientX > box.right ? 1 : clientX < box.left ? -1 : 0
      if (down !== 0) scroll.scrollTo(scroll.top.current + down * rowHeight)
      if (right !== 0) element.current.scrollLeft += right * 40
      if (down !== 0 || right !== 0) dragTo(drag.current.point)
    }, 30)
    return () => clearInterval(timer)
  })

  return {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      if (event.button !== 0 || isEditor(event.target) || isScrollbar(event)) return
      const cell = at(event)
      if (cell === null || cell.row < 0) return
      const { select, selection } = latest.current
      const kind = cell.column < 0 ? 'rows' : 'cells'
      if (event.shiftKey)
        select(kind === 'rows' ? selectRows(selection.anchor.row, cell.row) : extendTo(selection, cell))
      else select(kind === 'rows' ? selectRows(cell.row, cell.row) : selectCell(cell))
      if (event.pointerType === 'touch') return
      drag.current = {
        point: event,
        kind,
        anchor: event.shiftKey ? selection.anchor : { row: cell.row, column: Math.max(0, cell.column) },
      }
      event.currentTarget.setPointerCapture(event.pointerId)
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      if (drag.current !== null) dragTo({ clientX: event.clientX, clientY: event.clientY })
    },
    onPointerUp() {
      drag.current = null
    },
    onPointerCancel() {
      drag.current = null
    },
    onDoubleClick(event: MouseEvent<HTMLDivElement>) {
      const cell = isEditor(event.target) ? null : at(event)
      if (cell !== null && cell.row >= 0 && cell.column >= 0) latest.current.edit(cell)
    },
    onContextMenu(event: MouseEvent<HTMLDivElement>) {
      const cell = isEditor(event.target) ? null : at(event)
      if (cell === null) return
      event.preventDefault()
      latest.current.menu({ x: event.clientX, y: event.clientY }, { ...cell, column: Math.max(0, cell.column) })
    },
  }
}

function columnAt<Row>(model: ColumnModel<Row>, markerWidth: number, x: number, scrollLeft: number): number {
  if (x < markerWidth) return -1
  const isOverPinned = x < markerWidth + model.pinnedWidth
  const within = x - markerWidth + (isOverPinned ? 0 : scrollLeft)
  const found = model.columns.findIndex(({ left, width }) => within < left + width)
  return found < 0 ? model.columns.length - 1 : found
}

function isEditor(target: EventTarget): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, [data-editor], [role=columnheader][data-head] span[aria-hidden]') !== null
  )
}

/** Pressing a scrollbar is no matter of the cells beside it. */
function isScrollbar({ currentTarget, clientX, clientY }: PointerEvent<HTMLDivElement>): boolean {
  const box = currentTarget.getBoundingClientRect()
  return clientX - box.left >= currentTarget.clientWidth || clientY - box.top >= currentTarget.clientHeight
}
