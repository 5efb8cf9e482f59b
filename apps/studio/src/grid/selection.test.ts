import { describe, expect, test } from 'bun:test'
import { type GridKey, gridCommand } from './grid-command'
import { extendTo, isRange, moved, rectangleOf, type Selection, selectCell, selectRows } from './selection'

const BOUNDS = { rows: 1_200_000, columns: 30, page: 24 }
const key = (text: string): GridKey => {
  const parts = text.split('+')
  return {
    key: parts.at(-1) ?? '',
    ctrlKey: parts.includes('Ctrl'),
    shiftKey: parts.includes('Shift'),
    altKey: parts.includes('Alt'),
    metaKey: false,
  }
}
/** Where keys lead, one after the other. */
const press = (from: Selection, ...keys: readonly string[]) =>
  keys.reduce((selection, text) => {
    const command = gridCommand(key(text), selection, BOUNDS)
    return command?.kind === 'select' ? command.selection : selection
  }, from)

describe('keys of the grid', () => {
  const start = selectCell({ row: 100, column: 5 })

  test.each([
    ['ArrowDown', { row: 101, column: 5 }],
    ['ArrowUp', { row: 99, column: 5 }],
    ['ArrowLeft', { row: 100, column: 4 }],
    ['ArrowRight', { row: 100, column: 6 }],
    ['Home', { row: 100, column: 0 }],
    ['End', { row: 100, column: 29 }],
    ['PageDown', { row: 124, column: 5 }],
    ['PageUp', { row: 76, column: 5 }],
    ['Ctrl+Home', { row: 0, column: 0 }],
    ['Ctrl+End', { row: 1_199_999, column: 29 }],
    ['Ctrl+ArrowDown', { row: 1_199_999, column: 5 }],
    ['Ctrl+ArrowLeft', { row: 100, column: 0 }],
  ])('%s moves', (text, to) => {
    expect(press(start, text)).toEqual(selectCell(to))
  })

  test('the edges are no walls to fall from', () => {
    expect(press(selectCell({ row: 0, column: 0 }), 'ArrowLeft', 'PageUp')).toEqual(selectCell({ row: 0, column: 0 }))
    const end = selectCell({ row: 1_199_999, column: 29 })
    expect(press(end, 'ArrowDown', 'ArrowRight', 'PageDown')).toEqual(end)
  })

  test('the head is above the first row, and reached by the arrow only', () => {
    const head = press(selectCell({ row: 0, column: 2 }), 'ArrowUp')
    expect(head.focus).toEqual({ row: -1, column: 2 })
    expect(gridCommand(key('Enter'), head, BOUNDS)).toEqual({ kind: 'sort', isAdded: false })
    expect(gridCommand(key('Shift+Enter'), head, BOUNDS)).toEqual({ kind: 'sort', isAdded: true })
    expect(gridCommand(key('x'), head, BOUNDS)).toBeNull()
    expect(press(head, 'ArrowDown').focus).toEqual({ row: 0, column: 2 })
    expect(press(selectCell({ row: 0, column: 2 }), 'Shift+ArrowUp').focus).toEqual({ row: -1, column: 2 })
  })

  test('Shift extends from where the selection began', () => {
    const range = press(start, 'Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowLeft')
    expect(rectangleOf(range, BOUNDS)).toEqual({ first: 100, last: 102, left: 4, right: 5 })
    expect(rectangleOf(press(range, 'Ctrl+Shift+End'), BOUNDS)).toEqual({
      first: 100,
      last: 1_199_999,
      left: 5,
      right: 29,
    })
    expect(rectangleOf(press(range, 'Shift+ArrowUp', 'Shift+ArrowUp', 'Shift+ArrowUp'), BOUNDS)).toMatchObject({
      first: 99,
      last: 100,
    })
  })

  test('Escape leaves the selection first, then the grid', () => {
    const range = press(start, 'Shift+ArrowDown')
    expect(isRange(range)).toBe(true)
    expect(press(range, 'Escape')).toEqual(selectCell({ row: 101, column: 5 }))
    expect(gridCommand(key('Escape'), start, BOUNDS)).toEqual({ kind: 'leave' })
  })

  test('a character begins an editor with it, other keys with the value', () => {
    expect(gridCommand(key('a'), start, BOUNDS)).toEqual({ kind: 'edit', typed: 'a' })
    expect(gridCommand(key('F2'), start, BOUNDS)).toEqual({ kind: 'edit', typed: null })
    expect(gridCommand(key('Backspace'), start, BOUNDS)).toEqual({ kind: 'edit', typed: '' })
    expect(gridCommand(key('Delete'), start, BOUNDS)).toEqual({ kind: 'clear' })
    expect(gridCommand(key('Ctrl+d'), start, BOUNDS)).toEqual({ kind: 'fillDown' })
    // These are the browser's, the page's and the clipboard's.
    for (const other of ['Tab', 'Shift+Tab', 'Ctrl+c', 'Ctrl+v', 'Ctrl+s', 'Alt+x', 'F5', 'Shift'])
      expect([other, gridCommand(key(other), start, BOUNDS)]).toEqual([other, null])
  })
})

test('whole rows span all columns, everything spans all rows', () => {
  expect(rectangleOf(selectRows(7, 3), BOUNDS)).toEqual({ first: 3, last: 7, left: 0, right: 29 })
  expect(extendTo(selectRows(7, 3), { row: 9, column: 4 })).toMatchObject({ kind: 'rows' })
  expect(rectangleOf({ ...selectRows(7, 3), kind: 'all' }, BOUNDS)).toEqual({
    first: 0,
    last: 1_199_999,
    left: 0,
    right: 29,
  })
  expect(moved({ row: 0, column: 0 }, 'down', { rows: 0, columns: 0, page: 1 }).row).toBeLessThanOrEqual(0)
})
