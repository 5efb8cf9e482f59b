import type { ReactNode, RefObject } from 'react'
import { ROW_GROUP } from './grid-aria'
import type { CellMark } from './grid-editing'
import { GridRow } from './grid-row'
import type { GridSource } from './grid-source'
import { type CellAt, isRange, type Rectangle, type Selection } from './selection'
import type { ColumnModel } from './use-column-model'
import type { GridScroll } from './use-grid-scroll'
import type { RenderedColumns } from './use-rendered-columns'

export interface OpenEditor {
  readonly at: CellAt
  readonly node: ReactNode
}

export interface GridRowsProps<Row> extends RenderedColumns<Row> {
  readonly body: RefObject<HTMLDivElement | null>
  readonly gridId: string
  readonly markerWidth: number
  readonly width: number
  readonly rowHeight: number
  readonly source: GridSource<Row>
  readonly model: ColumnModel<Row>
  readonly scroll: GridScroll
  readonly selection: Selection
  readonly rectangle: Rectangle
  readonly editor: OpenEditor | null
  readonly markOf: ((row: Row, column: string | null) => CellMark | null) | undefined
}

/** The rows on the screen, and the editor over its cell. */
export function GridRows<Row>(props: GridRowsProps<Row>) {
  const { body, gridId, markerWidth, width, rowHeight, pinned, center, gap } = props
  const { source, model, scroll, selection, rectangle, editor, markOf } = props
  const { view } = scroll
  const { kind, focus } = selection
  const isSelected = (position: number) =>
    position >= rectangle.first && position <= rectangle.last && (focus.row >= 0 || kind === 'all')
  const editedColumn = editor && model.columns[editor.at.column]
  return (
    <div ref={body} {...ROW_GROUP} className="relative">
      {rowPositions(view.first, source.count === 0 ? -1 : view.last).map((position) => (
        <GridRow
          key={position % scroll.slots}
          {...{ gridId, markerWidth, pinned, center, gap, width, position, markOf }}
          row={source.rowAt(position)}
          y={(position - view.base) * rowHeight}
          height={rowHeight}
          from={isSelected(position) && (isRange(selection) || position === focus.row) ? rectangle.left : -1}
          to={isSelected(position) ? rectangle.right : -2}
          active={position === focus.row ? focus.column : -1}
          isRowSelected={isSelected(position) && kind !== 'cells'}
        />
      ))}
      {editor !== null && editedColumn && (
        <div
          className="absolute z-2"
          style={{
            top: (editor.at.row - view.base) * rowHeight,
            left: markerWidth + editedColumn.left,
            width: editedColumn.width,
            height: rowHeight,
          }}
        >
          {editor.node}
        </div>
      )}
    </div>
  )
}

function rowPositions(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
}
