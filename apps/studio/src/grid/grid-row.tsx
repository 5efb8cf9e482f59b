import { memo } from 'react'
import { classNames } from '../kit/class-names'
import { cellAria, markerAria, rowAria } from './grid-aria'
import type { CellMark } from './grid-editing'
import type { PlacedColumn } from './use-column-model'

export interface GridRowProps<Row> {
  readonly gridId: string
  readonly row: Row | undefined
  readonly position: number
  /** px from the first row that offsets count from. */
  readonly y: number
  readonly height: number
  readonly markerWidth: number
  readonly pinned: readonly PlacedColumn<Row>[]
  readonly center: readonly PlacedColumn<Row>[]
  /** px of the columns between `pinned` and `center` that are not rendered. */
  readonly gap: number
  readonly width: number
  /** First and last selected column; -1: none. */
  readonly from: number
  readonly to: number
  /** The column with the focus; -1: the focus is in another row. */
  readonly active: number
  readonly isRowSelected: boolean
  readonly markOf: ((row: Row, column: string | null) => CellMark | null) | undefined
}

/** Rendered again only where something in it has changed: a move of the focus concerns two rows, scrolling by one concerns one. */
export const GridRow = memo(function GridRow<Row>(props: GridRowProps<Row>) {
  const { gridId, row, position, y, height, markerWidth, pinned, center, gap, width, from, isRowSelected } = props
  const rowMark = row === undefined ? null : (props.markOf?.(row, null) ?? null)
  const cell = (placed: PlacedColumn<Row>) => (
    <Cell key={placed.column.id} placed={placed} {...props} rowMark={rowMark} />
  )
  return (
    <div
      {...rowAria(position, from >= 0)}
      data-loading={row === undefined || undefined}
      aria-busy={row === undefined || undefined}
      className={classNames('absolute left-0 flex contain-strict', rowMark === 'new' && 'animate-live')}
      style={{ top: y, height, width }}
    >
      <div
        {...markerAria(gridId, position)}
        className={classNames(
          'sticky left-0 z-2 flex flex-none items-center justify-end border-r border-b border-line px-2 text-sm text-text-3',
          isRowSelected ? 'bg-selection text-text' : 'bg-surface',
        )}
        style={{ width: markerWidth }}
      >
        {(position + 1).toLocaleString('en')}
      </div>
      {row !== undefined && (
        <>
          {pinned.map(cell)}
          {gap > 0 && <div className="flex-none" style={{ width: gap }} />}
          {center.map(cell)}
        </>
      )}
    </div>
  )
}) as <Row>(props: GridRowProps<Row>) => React.ReactNode

const MARKS: Readonly<Record<CellMark, { readonly edge: string; readonly title: string }>> = {
  elsewhere: { edge: 'before:bg-link', title: 'Changed elsewhere' },
  new: { edge: 'before:bg-link', title: 'New' },
  refused: { edge: 'before:bg-danger', title: 'Not saved' },
  stale: { edge: 'before:bg-warning-text', title: 'No longer matches' },
  saving: { edge: 'before:bg-text-3', title: 'Saving' },
}

function Cell<Row>({
  placed,
  rowMark,
  ...props
}: GridRowProps<Row> & { readonly placed: PlacedColumn<Row>; readonly rowMark: CellMark | null }) {
  const { gridId, row, position, markerWidth, from, to, active, markOf } = props
  const { column, index, width, left, isPinned } = placed
  const isSelected = index >= from && index <= to
  const mark = row === undefined ? null : (markOf?.(row, column.id) ?? (index === 0 ? rowMark : null))
  return (
    <div
      {...cellAria(gridId, { row: position, column: index }, { isSelected, isActive: index === active })}
      title={mark === null ? undefined : MARKS[mark].title}
      className={classNames(
        'relative flex-none content-center truncate contain-layout contain-style border-r border-b border-line px-2',
        column.isNumber && 'text-right',
        isPinned && 'sticky z-1',
        isSelected ? 'bg-selection' : 'bg-canvas',
        index === active && 'grid-active',
        mark !== null && `before:absolute before:inset-y-0 before:left-0 before:w-0.5 ${MARKS[mark].edge}`,
      )}
      style={isPinned ? { width, left: markerWidth + left } : { width }}
    >
      {row === undefined ? null : column.render ? column.render(row) : column.text(row)}
    </div>
  )
}
