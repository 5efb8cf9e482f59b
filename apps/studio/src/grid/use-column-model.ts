import {
  type ColumnDef,
  columnOrderingFeature,
  columnPinningFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useMemo } from 'react'
import { DEFAULT_WIDTH, type GridColumn, type GridLayout, MAX_WIDTH, MIN_WIDTH } from './grid-column'

/** A column as it stands. */
export interface PlacedColumn<Row> {
  readonly column: GridColumn<Row>
  /** Among the columns that are shown. */
  readonly index: number
  readonly isPinned: boolean
  /** px from the first column. */
  readonly left: number
  readonly width: number
}

export interface ColumnModel<Row> {
  /** Those that are shown, pinned ones first. */
  readonly columns: readonly PlacedColumn<Row>[]
  readonly pinned: number
  /** px of all pinned columns, and of all columns. */
  readonly pinnedWidth: number
  readonly width: number
}

const FEATURES = tableFeatures({
  columnOrderingFeature,
  columnPinningFeature,
  columnSizingFeature,
  columnVisibilityFeature,
})
const NO_ROWS: readonly object[] = []

/** Order, visibility, pins and widths of columns, by TanStack Table: it knows the columns, and none of the rows. */
export function useColumnModel<Row>(columns: readonly GridColumn<Row>[], layout: GridLayout): ColumnModel<Row> {
  const defs = useMemo(
    () =>
      columns.map(
        ({ id, width = DEFAULT_WIDTH }): ColumnDef<typeof FEATURES, object> => ({
          id,
          size: width,
          minSize: MIN_WIDTH,
          maxSize: MAX_WIDTH,
        }),
      ),
    [columns],
  )
  const state = useMemo(() => {
    const known = new Set(columns.map(({ id }) => id))
    const order = layout.order.filter((id) => known.has(id))
    return {
      columnOrder: [...order, ...columns.map(({ id }) => id).filter((id) => !order.includes(id))],
      columnPinning: { start: layout.pinned.filter((id) => known.has(id)), end: [] },
      columnSizing: { ...layout.widths },
      columnVisibility: Object.fromEntries(layout.hidden.map((id) => [id, false])),
    }
  }, [columns, layout])
  const table = useTable({ features: FEATURES, columns: defs, data: NO_ROWS as object[], state }, () => null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the table has comes from `state`
  return useMemo(() => {
    const byId = new Map(columns.map((column) => [column.id, column]))
    const pinned = table.getStartVisibleLeafColumns()
    let left = 0
    const placed = [...pinned, ...table.getCenterVisibleLeafColumns()].flatMap((one, index): PlacedColumn<Row>[] => {
      const column = byId.get(one.id)
      if (column === undefined) return []
      const width = Math.round(one.getSize())
      left += width
      return [{ column, index, isPinned: index < pinned.length, left: left - width, width }]
    })
    const pinnedWidth = placed.filter(({ isPinned }) => isPinned).reduce((sum, { width }) => sum + width, 0)
    return { columns: placed, pinned: pinned.length, pinnedWidth, width: left }
  }, [table, columns, state])
}
