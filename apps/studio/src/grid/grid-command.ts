import {
  type Bounds,
  type CellAt,
  extendTo,
  isRange,
  moved,
  moveOf,
  type Selection,
  selectCell,
  selectRows,
} from './selection'

/** What a key means in a grid. */
export type GridCommand =
  | { readonly kind: 'select'; readonly selection: Selection }
  | { readonly kind: 'selectAll' | 'copyWithHeaders' | 'menu' | 'leave' | 'clear' | 'fillDown' }
  | { readonly kind: 'sort'; readonly isAdded: boolean }
  /** `typed` replaces the value; null: it stays, to be changed. */
  | { readonly kind: 'edit'; readonly typed: string | null }

export type GridKey = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

/** Null: nothing, so that the key does what it does elsewhere. Copying and pasting are no keys here: they come as events of their own. */
export function gridCommand(key: GridKey, selection: Selection, bounds: Bounds): GridCommand | null {
  const isControl = key.ctrlKey || key.metaKey
  const { focus } = selection
  const move = key.altKey ? null : moveOf(key)
  if (move !== null) {
    const to = moved(focus, move, bounds)
    const isExtended = key.shiftKey && focus.row >= 0 && to.row >= 0
    return { kind: 'select', selection: isExtended ? extendTo(selection, to) : selectCell(to) }
  }
  if (isControl && key.key === 'a') return { kind: 'selectAll' }
  if (isControl && key.shiftKey && key.key.toLowerCase() === 'c') return { kind: 'copyWithHeaders' }
  if (isMenuKey(key)) return { kind: 'menu' }
  if (key.key === 'Escape')
    return isRange(selection) ? { kind: 'select', selection: selectCell(focus) } : { kind: 'leave' }
  return focus.row < 0 ? headCommand(key) : cellCommand(key, focus, isControl)
}

function headCommand({ key, shiftKey }: GridKey): GridCommand | null {
  return key === 'Enter' ? { kind: 'sort', isAdded: shiftKey } : null
}

function cellCommand(
  { key, shiftKey, altKey }: GridKey,
  { row, column }: CellAt,
  isControl: boolean,
): GridCommand | null {
  if (key === ' ' && shiftKey) return { kind: 'select', selection: selectRows(row, row, column) }
  if (key === 'Delete') return { kind: 'clear' }
  if (isControl && key === 'd') return { kind: 'fillDown' }
  if (key === 'Enter' || key === 'F2') return { kind: 'edit', typed: null }
  if (key === 'Backspace') return { kind: 'edit', typed: '' }
  return key.length === 1 && !isControl && !altKey ? { kind: 'edit', typed: key } : null
}

function isMenuKey({ key, shiftKey, altKey }: GridKey): boolean {
  return (key === 'F10' && shiftKey) || key === 'ContextMenu' || (altKey && key === 'ArrowDown')
}
