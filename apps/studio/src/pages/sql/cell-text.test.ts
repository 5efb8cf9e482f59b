import { expect, test } from 'bun:test'
import { cellText, exportText, rowJson } from './cell-text'

const COLUMNS = ['id', 'a"b', 'x'].map((name) => ({ name, collection: null, field: null }))
const ROWS = [
  [{ $int: '9223372036854775807' }, 'x,"y"\n', null],
  [1.5, '=1+1', { $blob: 'AP8=' }],
] as const

test('copies every digit, and nothing for NULL', () => {
  expect(ROWS.map((row) => row.map(cellText))).toEqual([
    ['9223372036854775807', 'x,"y"\n', ''],
    ['1.5', '=1+1', 'AP8='],
  ])
})

test('files are exact', () => {
  expect(exportText(COLUMNS, ROWS, 'csv')).toBe('id,"a""b",x\r\n9223372036854775807,"x,""y""\n",\r\n1.5,=1+1,AP8=\r\n')
  expect(exportText(COLUMNS, ROWS, 'ndjson')).toBe(
    '{"id": 9223372036854775807, "a\\"b": "x,\\"y\\"\\n", "x": null}\n{"id": 1.5, "a\\"b": "=1+1", "x": "AP8="}\n',
  )
  expect(JSON.parse(exportText(COLUMNS, ROWS, 'json'))).toHaveLength(2)
  expect(rowJson(COLUMNS, ROWS[1], '  ')).toBe('{\n  "id": 1.5,\n  "a\\"b": "=1+1",\n  "x": "AP8="\n}')
})
