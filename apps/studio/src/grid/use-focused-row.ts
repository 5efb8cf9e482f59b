import { useLayoutEffect, useRef } from 'react'
import type { GridSource } from './grid-source'
import { type Selection, shifted } from './selection'
import type { GridScroll } from './use-grid-scroll'

export interface FocusedRowOptions<Row> {
  readonly source: GridSource<Row>
  readonly selection: Selection
  readonly scroll: GridScroll
  readonly rowHeight: number
  onSelection(selection: Selection): void
}

/** Others insert and delete: the row with the focus keeps it, and stays where it is on the screen. */
export function useFocusedRow<Row>(options: FocusedRowOptions<Row>): void {
  const { source, selection, scroll, rowHeight, onSelection } = options
  const { focus } = selection
  const anchor = useRef<{ readonly key: string; readonly row: number } | null>(null)
  useLayoutEffect(() => {
    const row = source.rowAt(focus.row)
    const before = anchor.current
    const key = row && source.keyOf(row)
    if (key !== undefined && before?.row === focus.row && before.key !== key) {
      const to = source.positionOf?.(before.key) ?? focus.row
      if (to !== focus.row) {
        anchor.current = { key: before.key, row: to }
        onSelection(shifted(selection, to - focus.row))
        scroll.scrollTo(scroll.top.current + (to - focus.row) * rowHeight)
        return
      }
    }
    if (key !== undefined) anchor.current = { key, row: focus.row }
  })
}
