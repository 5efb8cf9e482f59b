import { type RefObject, useEffect, useRef } from 'react'
import { parseTsv } from './clipboard-text'
import { type GridSort, toggledSort } from './grid-column'
import { type GridCommand, gridCommand } from './grid-command'
import type { GridCell, GridEditing, GridTarget } from './grid-editing'
import type { GridSource } from './grid-source'
import { type Bounds, type CellAt, moveOf, type Selection, selectCell } from './selection'
import type { ColumnModel } from './use-column-model'

export interface GridKeysOptions<Row> {
  readonly element: RefObject<HTMLElement | null>
  readonly source: GridSource<Row>
  readonly model: ColumnModel<Row>
  readonly selection: Selection
  readonly bounds: Bounds
  readonly target: GridTarget
  /** The cell with the focus; null: there is none, or its row is not in memory. */
  readonly cell: GridCell<Row> | null
  readonly isEditing: boolean
  readonly editing: GridEditing<Row> | undefined
  readonly sort: readonly GridSort[]
  readonly onSort: ((sort: readonly GridSort[]) => void) | undefined
  readonly onKey: ((event: KeyboardEvent, cell: GridCell<Row> | null, target: GridTarget) => boolean) | undefined
  select(selection: Selection): void
  selectAll(): void
  edit(at: CellAt, typed: string | null): void
  openMenu(at: CellAt): void
  copyWithHeaders(): void
  cut(): void
}

/**
 * Keys, pasting and cutting, while the grid has the focus. They come by listeners of the element itself: React would give those of editors and
 * menus above it as well.
 */
export function useGridKeys<Row>(options: GridKeysOptions<Row>): void {
  const { element, source, model, selection, bounds, target, cell, isEditing, editing, sort, onSort } = options
  const { focus } = selection

  // To the end, before it is known where that is.
  const isToEnd = useRef(false)
  useEffect(() => {
    if (!source.isExact || !isToEnd.current) return
    isToEnd.current = false
    options.select(selectCell({ ...focus, row: source.count - 1 }))
  })

  function press(event: KeyboardEvent): void {
    if (isEditing || event.defaultPrevented || event.target !== element.current) return
    if (options.onKey?.(event, cell, target) || (focus.row >= 0 && editing?.key?.(event, cell, target))) {
      event.preventDefault()
      event.stopPropagation()
      return
    }
    const command = gridCommand(event, selection, bounds)
    const move = event.altKey ? null : moveOf(event)
    isToEnd.current = !source.isExact && (move === 'last' || move === 'bottom')
    if (command === null || !run(command)) return
    event.preventDefault()
    event.stopPropagation()
  }

  /** Whether there was anything to do. */
  function run(command: GridCommand): boolean {
    const placed = model.columns[focus.column]
    switch (command.kind) {
      case 'select':
        options.select(command.selection)
        return true
      case 'selectAll':
        options.selectAll()
        return true
      case 'copyWithHeaders':
        options.copyWithHeaders()
        return true
      case 'menu':
        options.openMenu(focus)
        return true
      case 'leave':
        element.current?.blur()
        return true
      case 'sort':
        if (placed === undefined || placed.column.isSortable === false) return false
        onSort?.(toggledSort(sort, placed.column.id, command.isAdded))
        return true
      case 'clear':
        if (source.count === 0) editing?.notRead()
        else editing?.clear(target)
        return editing !== undefined
      case 'fillDown':
        editing?.fillDown(target)
        return editing !== undefined
      case 'edit':
        if (cell === null) editing?.notRead()
        else options.edit(focus, command.typed)
        return editing !== undefined
    }
  }

  function paste(event: ClipboardEvent): void {
    const [column] = target.columns
    if (editing === undefined || isEditing || document.activeElement !== element.current || column === undefined) return
    event.preventDefault()
    const block = parseTsv(event.clipboardData?.getData('text/plain') ?? '')
    editing.paste(block, { position: Math.max(0, target.rows.first), column }, target)
  }

  function cut(event: ClipboardEvent): void {
    if (editing === undefined || isEditing || document.activeElement !== element.current) return
    event.preventDefault()
    options.cut()
  }

  const latest = useRef({ press, paste, cut })
  latest.current = { press, paste, cut }
  useEffect(() => {
    const grid = element.current
    const onKeyDown = (event: KeyboardEvent) => latest.current.press(event)
    const onPaste = (event: ClipboardEvent) => latest.current.paste(event)
    const onCut = (event: ClipboardEvent) => latest.current.cut(event)
    grid?.addEventListener('keydown', onKeyDown)
    document.addEventListener('paste', onPaste)
    document.addEventListener('cut', onCut)
    return () => {
      grid?.removeEventListener('keydown', onKeyDown)
      document.removeEventListener('paste', onPaste)
      document.removeEventListener('cut', onCut)
    }
  }, [element])
}
