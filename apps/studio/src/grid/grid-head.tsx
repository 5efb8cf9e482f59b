import { ArrowDown, ArrowUp } from 'lucide-react'
import { type PointerEvent, type ReactNode, useRef, useState } from 'react'
import { classNames } from '../kit/class-names'
import { headAria, markerAria, ROW_GROUP, rowAria } from './grid-aria'
import { type GridSort, MAX_WIDTH, MIN_WIDTH } from './grid-column'
import type { PlacedColumn } from './use-column-model'

export interface GridHeadProps<Row> {
  readonly gridId: string
  readonly height: number
  readonly markerWidth: number
  readonly pinned: readonly PlacedColumn<Row>[]
  readonly center: readonly PlacedColumn<Row>[]
  readonly gap: number
  readonly width: number
  readonly sort: readonly GridSort[]
  /** The column with the focus; -1: it is in the rows. */
  readonly active: number
  /** A column that was looked for. */
  readonly highlighted: string | null
  readonly canSort: boolean
  /** Above the numbers of the rows, instead of "#". */
  readonly corner?: ReactNode
  onSort(column: string, isAdded: boolean): void
  /** While it is dragged, and once more at the end. */
  onResize(column: string, width: number, isDone: boolean): void
  onReorder(column: string, target: string): void
  onSelectAll(): void
}

/** The names of the columns: a click sorts, with Shift in addition; they are dragged to another place, and by their edge to another width. */
export function GridHead<Row>(props: GridHeadProps<Row>) {
  const { gridId, height, markerWidth, pinned, center, gap, width } = props
  const [dragged, setDragged] = useState<string | null>(null)
  const [target, setTarget] = useState<string | null>(null)
  const cell = (placed: PlacedColumn<Row>) => (
    <HeadCell
      key={placed.column.id}
      {...props}
      placed={placed}
      isTarget={target === placed.column.id && dragged !== target}
      onDrag={(over) => {
        setDragged(placed.column.id)
        setTarget(over)
      }}
      onDrop={() => {
        if (dragged !== null && target !== null && dragged !== target) props.onReorder(dragged, target)
        setDragged(null)
        setTarget(null)
      }}
    />
  )
  return (
    <div {...ROW_GROUP} className="relative z-3">
      <div {...rowAria(-1)} className="flex" style={{ height, width }}>
        <div
          {...markerAria(gridId, -1)}
          onPointerDown={props.onSelectAll}
          className="sticky left-0 z-2 flex flex-none items-center justify-end border-r border-b border-line bg-surface px-2 text-sm text-text-3"
          style={{ width: markerWidth }}
        >
          {props.corner ?? '#'}
        </div>
        {pinned.map(cell)}
        {gap > 0 && <div className="flex-none" style={{ width: gap }} />}
        {center.map(cell)}
      </div>
      <span className="sr-only" id={`${gridId}-keys`}>
        Arrow keys move, Shift selects, Enter on a head sorts, Shift F10 opens the menu.
      </span>
    </div>
  )
}

interface HeadCellProps<Row> extends GridHeadProps<Row> {
  readonly placed: PlacedColumn<Row>
  readonly isTarget: boolean
  onDrag(over: string | null): void
  onDrop(): void
}

function HeadCell<Row>({ placed, isTarget, onDrag, onDrop, ...props }: HeadCellProps<Row>) {
  const { column, index, width, left, isPinned } = placed
  const at = props.sort.findIndex((one) => one.column === column.id)
  const sorted = props.sort[at]
  const press = useRef<{ readonly x: number; isDrag: boolean } | null>(null)
  const Arrow = sorted?.isDescending ? ArrowDown : ArrowUp
  const canSort = props.canSort && column.isSortable !== false
  return (
    <div
      {...headAria(props.gridId, index, canSort ? sorted : null)}
      data-head={column.id}
      title={column.title}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        press.current = { x: event.clientX, isDrag: false }
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        const { current } = press
        if (current === null || (!current.isDrag && Math.abs(event.clientX - current.x) < 6)) return
        current.isDrag = true
        onDrag(headAt(event.clientX, event.clientY))
      }}
      onPointerUp={(event) => {
        const { current } = press
        press.current = null
        if (current?.isDrag) onDrop()
        else if (current !== null && canSort) props.onSort(column.id, event.shiftKey)
      }}
      className={classNames(
        'relative flex flex-none items-center gap-1.5 border-r border-b border-line px-2 select-none',
        canSort && 'cursor-pointer hover:bg-sunken',
        isPinned && 'sticky z-1',
        props.highlighted === column.id ? 'bg-accent-soft' : 'bg-surface',
        index === props.active && 'grid-active',
        isTarget && 'shadow-[inset_2px_0_0_var(--color-focus)]',
      )}
      style={isPinned ? { width, left: props.markerWidth + left } : { width }}
    >
      <span className="truncate font-medium">{column.name}</span>
      {column.mark}
      {sorted !== undefined && (
        <span className="ml-auto flex flex-none items-center text-link">
          <Arrow aria-hidden="true" size={14} strokeWidth={1.75} />
          {props.sort.length > 1 && <span className="text-xs">{at + 1}</span>}
        </span>
      )}
      <ResizeHandle width={width} onResize={(to, isDone) => props.onResize(column.id, to, isDone)} />
    </div>
  )
}

/** At the right edge. By keys: in the menu of the column. */
function ResizeHandle({ width, onResize }: { readonly width: number; onResize(width: number, isDone: boolean): void }) {
  const start = useRef<{ readonly x: number; readonly width: number } | null>(null)
  const widthAt = (event: PointerEvent) => {
    const { current } = start
    return current === null ? null : Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, current.width + event.clientX - current.x))
  }
  return (
    <span
      aria-hidden="true"
      className="absolute inset-y-0 -right-1 z-1 w-2 cursor-col-resize touch-none hover:bg-focus/40"
      onPointerDown={(event) => {
        event.stopPropagation()
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { x: event.clientX, width }
      }}
      onPointerMove={(event) => {
        const to = widthAt(event)
        if (to !== null) onResize(to, false)
      }}
      onPointerUp={(event) => {
        event.stopPropagation()
        const to = widthAt(event)
        if (to !== null) onResize(to, true)
        start.current = null
      }}
    />
  )
}

function headAt(x: number, y: number): string | null {
  const element = document.elementsFromPoint(x, y).find((one) => one instanceof HTMLElement && one.dataset.head)
  return element instanceof HTMLElement ? (element.dataset.head ?? null) : null
}
