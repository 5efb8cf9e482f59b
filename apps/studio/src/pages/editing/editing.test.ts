import { describe, expect, test } from 'bun:test'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import type { GridTarget } from '../../grid/grid-editing'
import { CellStates } from './cell-states'
import { guessMapping, hasHead, readNewRow, unmappedFields } from './new-rows'
import { pastedInput, placeBlock, readCells } from './paste-plan'

function field(name: string, change: Partial<FieldInfo> = {}): FieldInfo {
  return {
    ...{ name, type: 'string', description: null, primary: false, nullable: true, unique: false, indexed: false },
    ...{ internal: false, enum: null, default: null, updates: false, references: null, min_length: null },
    ...{ max_length: null, min: null, max: null, format: null, pattern: null, json_schema: null },
    rules: { read: null, write: null },
    ...change,
  }
}

const BOOKS: CollectionInfo = {
  ...{ name: 'books', table: 'books', description: null, key: 'id', label: 'title', audited: false, adopted: false },
  fields: [
    field('id', { type: 'int', primary: true, nullable: false, default: { kind: 'auto', value: null } }),
    field('title', { nullable: false }),
    field('status', {
      enum: { name: null, values: ['draft', 'out'] },
      nullable: false,
      default: { kind: 'literal', value: 'draft' },
    }),
    field('price', { type: 'float' }),
    field('author_id', { type: 'uuid', references: { collection: 'authors', field: 'id', on_delete: 'cascade' } }),
  ],
  ...{ indexes: [], policies: [], documents: null },
  rules: { create: null, read: null, update: null, delete: null },
}
const COLUMNS = ['id', 'title', 'status', 'price']

function target(first: number, last: number, columns: readonly string[]): GridTarget {
  return { isAll: false, isRows: false, rows: { first, last }, columns }
}

describe('where a block goes', () => {
  const place = (
    block: readonly (readonly string[])[],
    at: { position: number; column: string },
    selected: GridTarget,
  ) => placeBlock(block, { at, target: selected, columns: COLUMNS, count: 5 })

  test('from the first cell on; rows behind the last one are new; columns without a place are counted', () => {
    const placed = place(
      [['a', 'out', '1', 'x'], ['b'], ['c']],
      { position: 3, column: 'title' },
      target(3, 3, ['title']),
    )
    expect(placed.cells).toEqual([
      { position: 3, column: 'title', text: 'a' },
      { position: 3, column: 'status', text: 'out' },
      { position: 3, column: 'price', text: '1' },
      { position: 4, column: 'title', text: 'b' },
    ])
    expect(placed).toMatchObject({ beyond: [['c']], cut: 1, firstColumn: 'title' })
  })

  test('one value into a selection; a block as often as it fits, and once where it does not', () => {
    const fill = place([['x']], { position: 0, column: 'title' }, target(0, 2, ['title', 'status']))
    expect(fill.cells.length).toBe(6)
    expect(
      place([['x'], ['y']], { position: 0, column: 'title' }, target(0, 3, ['title'])).cells.map(({ text }) => text),
    ).toEqual(['x', 'y', 'x', 'y'])
    expect(place([['x'], ['y']], { position: 0, column: 'title' }, target(0, 2, ['title'])).cells.length).toBe(2)
  })
})

describe('what is written of it', () => {
  const reading = { collection: BOOKS, zone: 'UTC', matches: undefined, storedAt: () => 'before' }

  test('nothing of a row that has a problem, all of the others', () => {
    const { rows, problems } = readCells(
      [
        { position: 0, column: 'title', text: 'a' },
        { position: 0, column: 'price', text: '12,5' },
        { position: 1, column: 'title', text: 'b' },
        { position: 2, column: 'id', text: '7' },
        { position: 3, column: 'title', text: 'before' },
      ],
      reading,
    )
    expect(rows).toEqual([{ position: 1, values: { title: 'b' } }])
    expect(problems.map(({ position, column }) => [position, column])).toEqual([
      [0, 'price'],
      [2, 'id'],
    ])
  })

  test('a cell without text is null where that is possible', () => {
    expect(pastedInput(field('a'), '')).toEqual({ kind: 'null' })
    expect(pastedInput(field('a', { nullable: false }), '')).toEqual({ kind: 'text', text: '' })
  })
})

describe('new documents', () => {
  const resolve = (_field: FieldInfo, text: string) =>
    text === 'ann@example.com' ? { value: 'key of ann' } : { problem: 'none' }
  const reading = {
    collection: BOOKS,
    mapping: ['title', 'status', 'price', 'author_id'],
    zone: 'UTC',
    matches: undefined,
    resolve,
  }

  test('columns by their names, whatever their case; by their order without a head', () => {
    const head = [['Title', 'STATUS', 'Author', 'unknown']]
    expect(hasHead(head, BOOKS)).toBe(true)
    expect(guessMapping(head, { collection: BOOKS, columns: COLUMNS, head: true })).toEqual([
      'title',
      'status',
      'author_id',
      null,
    ])
    expect(hasHead([['Kindred', 'out']], BOOKS)).toBe(false)
    expect(
      guessMapping([['Kindred', 'out']], { collection: BOOKS, columns: ['title', 'status'], head: false }),
    ).toEqual(['title', 'status'])
  })

  test('cells without text are not sent; problems name their column', () => {
    expect(readNewRow(['Kindred', '', '', 'ann@example.com'], reading)).toEqual({
      values: { title: 'Kindred', author_id: 'key of ann' },
      problems: new Map(),
      missing: [],
    })
    const wrong = readNewRow(['', 'sold', '12,5', 'eve@example.com'], reading)
    expect([...wrong.problems]).toEqual([
      [1, '“sold” is not one of draft, out'],
      [2, 'Not a number: write a point, 12.5'],
      [3, 'none'],
    ])
    expect(wrong.missing).toEqual(['title'])
  })

  test('what is required, and has no column, is the only thing to be given', () => {
    expect(unmappedFields(BOOKS, ['price', null]).map(({ name }) => name)).toEqual(['title'])
    expect(unmappedFields(BOOKS, ['title'])).toEqual([])
  })
})

test('states of cells: what is refused stays until it is saved, and goes with the list', () => {
  const states = new CellStates()
  let changes = 0
  states.subscribe(() => changes++)
  states.set('a/b', 'title', { kind: 'refused', text: 'x', message: 'is taken' })
  expect(states.of('a/b', 'title')).toEqual({ kind: 'refused', text: 'x', message: 'is taken' })
  expect(states.of('a/b', 'status')).toBeUndefined()
  states.set('a/b', 'title', { kind: 'saving' })
  states.set('a/b', 'title', null)
  states.setStale('a/b', true)
  expect([states.of('a/b', 'title'), states.isStale('a/b')]).toEqual([undefined, true])
  states.clear()
  expect([states.isStale('a/b'), changes]).toEqual([false, 5])
})
