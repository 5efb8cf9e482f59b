import { useRef } from 'react'
import { columnsBetween } from './column-window'
import type { ColumnModel, PlacedColumn } from './use-column-model'
import type { GridView } from './use-grid-scroll'

export interface RenderedColumns<Row> {
  readonly pinned: readonly PlacedColumn<Row>[]
  readonly center: readonly PlacedColumn<Row>[]
  /** px of the columns between both that are not rendered. */
  readonly gap: number
}

/** The columns on the screen: the same arrays, as long as they are the same columns, so that no row is rendered for them. */
export function useRenderedColumns<Row>(
  model: ColumnModel<Row>,
  { scrollLeft, width }: Pick<GridView, 'scrollLeft' | 'width'>,
  markerWidth: number,
): RenderedColumns<Row> {
  const shown = columnsBetween(model.columns, scrollLeft + model.pinnedWidth, scrollLeft + width - markerWidth)
  const pinned = useStable(model.columns.slice(0, model.pinned))
  const center = useStable(model.columns.slice(Math.max(model.pinned, shown.first), shown.last + 1))
  return { pinned, center, gap: (center[0]?.left ?? model.pinnedWidth) - model.pinnedWidth }
}

function useStable<Value>(values: readonly Value[]): readonly Value[] {
  const before = useRef(values)
  const isSame = values.length === before.current.length && values.every((value, at) => value === before.current[at])
  if (!isSame) before.current = values
  return before.current
}
