import { useEffect, useId, useImperativeHandle, useRef, useState, useSyncExternalStore } from 'react'
import { CopyNotice } from './copy-notice'
import { gridAria } from './grid-aria'
import { reordered, toggledSort } from './grid-column'
import type { EditClose, GridCell, GridTarget } from './grid-editing'
import { GridHead } from './grid-head'
import type { GridProps } from './grid-props'
import { GridRows, type OpenEditor } from './grid-rows'
import { useRowHeight } from './row-height'
import { type CellAt, moved, rectangleOf, type Selection, selectCell, selectRows } from './selection'
import { useColumnModel } from './use-column-model'
import { useFocusedRow } from './use-focused-row'
import { useGridCopy } from './use-grid-copy'
import { useGridKeys } from './use-grid-keys'
import { useGridMenu } from './use-grid-menu'
import { useGridPointer } from './use-grid-pointer'
import { useGridScroll } from './use-grid-scroll'
import { useGridSpeech } from './use-grid-speech'
import { useRenderedColumns } from './use-rendered-columns'

const HEAD_HEIGHT = 32

/** Rows and columns of any number: see README.md beside it. It fills what it is in. */
export function Grid<Row>(props: GridProps<Row>) {
  const { label, source, columns, layout, onLayout, sort = [], onSort, editing } = props
  const gridId = useId()
  const element = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  useSyncExternalStore(source.subscribe, source.version)
  const [resizing, setResizing] = useState<Readonly<Record<string, number>> | null>(null)
  const model = useColumnModel(
    columns,
    resizing === null ? layout : { ...layout, widths: { ...layout.widths, ...resizing } },
  )
  const [selection, setSelection] = useState<Selection>(
    () => props.place?.selection ?? selectCell({ row: 0, column: 0 }),
  )
  const [editor, setEditor] = useState<OpenEditor | null>(null)
  const [highlighted, setHighlighted] = useState<string | null>(null)
  const rowHeight = useRowHeight()
  const markerWidth = 24 + 8 * String(Math.max(source.count, 999)).length
  const frozen = markerWidth + model.pinnedWidth
  const scroll = useGridScroll({
    ...{ scroller: element, body, rows: source.count, rowHeight, headHeight: HEAD_HEIGHT, frozen },
    start: props.place?.top ?? 0,
  })
  const { view } = scroll
  const bounds = {
    rows: source.count,
    columns: model.columns.length,
    page: Math.max(1, Math.floor(scroll.map.viewport / rowHeight) - 1),
  }
  const { focus } = selection
  const rectangle = rectangleOf(selection, bounds)
  const target: GridTarget = {
    isAll: selection.kind === 'all',
    isRows: selection.kind !== 'cells',
    rows: { first: rectangle.first, last: Math.min(rectangle.last, source.count - 1) },
    columns: model.columns.slice(rectangle.left, rectangle.right + 1).map(({ column }) => column.id),
  }

  const copying = useGridCopy({
    ...{ element, source, columns },
    target: () => (source.count === 0 || focus.row < 0 ? null : target),
    onCopied: (cells) => props.onCopied?.(cells),
    onCut: (cells) => editing?.clear(cells),
  })

  function cellAt({ row: position, column }: CellAt): GridCell<Row> | null {
    const row = position < 0 ? undefined : source.rowAt(position)
    const placed = model.columns[column]
    return row === undefined || placed === undefined
      ? null
      : { position, key: source.keyOf(row), row, column: placed.column.id }
  }

  function select(next: Selection): void {
    setSelection(next)
    setEditor(null)
    if (next.focus.row >= 0) scroll.scrollToRow(next.focus.row)
    const placed = model.columns[next.focus.column]
    if (placed && !placed.isPinned)
      scroll.scrollToSpan({ left: markerWidth + placed.left, right: markerWidth + placed.left + placed.width })
  }

  function selectAll(): void {
    const isLoaded = selection.kind === 'rows' && rectangle.last > rectangle.first
    const around = source.loadedAround(Math.max(0, focus.row))
    const isWhole = around.first === 0 && around.last >= source.count - 1 && source.isExact
    if (isLoaded || isWhole) setSelection({ kind: 'all', anchor: selection.anchor, focus })
    else setSelection({ ...selectRows(around.first, around.last, focus.column) })
  }

  function startEdit(at: CellAt, typed: string | null): void {
    const cell = cellAt(at)
    if (editing === undefined || cell === null) return
    const close = (how: EditClose = {}) => {
      setEditor(null)
      element.current?.focus({ preventScroll: true })
      if (how.move) select(selectCell(moved(at, how.move, bounds)))
    }
    const node = editing.edit(cell, typed, close)
    if (node !== null) setEditor({ at, node })
  }

  const menu = useGridMenu({ gridId, element, props, model, target, focus, cellAt, copy: copying.copy })
  useGridKeys({
    ...{ element, source, model, selection, bounds, target, editing, sort, onSort, select, selectAll },
    cell: cellAt(focus),
    isEditing: editor !== null,
    onKey: props.onKey,
    edit: startEdit,
    openMenu: menu.open,
    copyWithHeaders: () => copying.copy(true),
    cut: copying.cut,
  })
  const pointer = useGridPointer({
    ...{ element, model, markerWidth, rowHeight, headHeight: HEAD_HEIGHT, scroll, rows: source.count },
    ...{ selection, select },
    edit: (at) => startEdit(at, null),
    menu: (at, cell) => {
      const isInside =
        cell.row >= rectangle.first &&
        cell.row <= rectangle.last &&
        cell.column >= rectangle.left &&
        cell.column <= rectangle.right
      if (!isInside) select(selectCell(cell))
      menu.open(cell, at)
    },
  })
  useFocusedRow({ source, selection, scroll, rowHeight, onSelection: setSelection })
  const speech = useGridSpeech({ element, source, model, selection, target })

  useEffect(() => {
    const visible = scroll.visible()
    source.show(visible)
    props.onShow?.(visible)
  })
  const isBack = useRef(props.place !== undefined)
  useEffect(() => {
    // Whoever comes back to a place goes on there, unless something else on the page has been given the focus.
    if (isBack.current && document.activeElement === document.body) element.current?.focus({ preventScroll: true })
  }, [])
  const { onPlace, onSelect } = props
  useEffect(() => onPlace?.({ top: scroll.top.current, selection }))
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when the selection is another one, or spans other columns
  useEffect(() => onSelect?.(target), [selection, source.count, model])

  useImperativeHandle(props.ref, () => ({
    focus: () => element.current?.focus({ preventScroll: true }),
    select: (at) => select(selectCell(at)),
    copy: copying.copy,
    openMenu: menu.openWith,
    findColumn(id) {
      const index = model.columns.findIndex(({ column }) => column.id === id)
      if (index < 0) return
      select(selectCell({ row: Math.max(0, focus.row), column: index }))
      setHighlighted(id)
      setTimeout(() => setHighlighted(null), 2_000)
    },
  }))

  const rendered = useRenderedColumns(model, view, markerWidth)
  const width = markerWidth + model.width
  const isRendered = focus.row < 0 || (focus.row >= view.first && focus.row <= view.last && source.count > 0)

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={element}
        {...gridAria({
          ...{ id: gridId, label, columns: model.columns.length },
          isReadOnly: editing === undefined || editing.isReadOnly,
          focus: isRendered ? focus : null,
          rows: source.isExact ? source.count : null,
        })}
        {...pointer}
        className="grid-focus absolute inset-0 overflow-auto overscroll-contain outline-none select-none"
      >
        <div className="relative" style={{ height: scroll.map.spacer + HEAD_HEIGHT, minHeight: '100%', width }}>
          <div className="sticky top-0 overflow-clip" style={{ height: view.height || '100%', width }}>
            <GridHead
              {...rendered}
              {...{ gridId, markerWidth, width, sort, highlighted }}
              height={HEAD_HEIGHT}
              active={focus.row < 0 ? focus.column : -1}
              canSort={onSort !== undefined}
              corner={props.corner}
              onSort={(column, isAdded) => onSort?.(toggledSort(sort, column, isAdded))}
              onResize={(column, to, isDone) => {
                setResizing(isDone ? null : { [column]: to })
                if (isDone) onLayout({ ...layout, widths: { ...layout.widths, [column]: Math.round(to) } })
              }}
              onReorder={(column, to) => {
                const ids = model.columns.map((one) => one.column.id)
                onLayout({ ...layout, order: reordered(ids, column, to) })
              }}
              onSelectAll={selectAll}
            />
            <GridRows
              {...rendered}
              {...{ body, gridId, markerWidth, width, rowHeight, source, model, scroll, selection, rectangle, editor }}
              markOf={props.markOf}
            />
          </div>
        </div>
      </div>
      <div ref={speech} aria-live="polite" className="sr-only" />
      {copying.state !== null && <CopyNotice state={copying.state} onClose={copying.dismiss} />}
      {menu.node}
    </div>
  )
}
