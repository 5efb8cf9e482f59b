import { describe, expect, test } from 'bun:test'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import { cellJson } from './cell-value'
import { looksLikeHeader, mapColumns } from './column-mapping'
import { guessDelimiter, parseDelimited } from './delimited-text'
import { guessEncoding, guessFormat } from './file-text'
import { recogniseFile, rowsOfJson, rowsOfTable, tableOf } from './import-file'
import { refusedCsv, refusedRows } from './refused-rows'

const field = (name: string, type: FieldInfo['type'], more: Partial<FieldInfo> = {}) =>
  ({ name, type, nullable: true, default: null, internal: false, ...more }) as FieldInfo
const BOOKS = {
  name: 'books',
  fields: [
    field('id', 'int', { nullable: false, default: { kind: 'auto', value: null } }),
    field('title', 'string', { nullable: false }),
    field('price', 'float'),
    field('out_of_print', 'bool'),
    field('meta', 'json'),
    field('secret', 'string', { internal: true }),
  ],
} as unknown as CollectionInfo
const cells = (text: string, delimiter = ',') =>
  parseDelimited(text, delimiter).map((row) => row.cells.map((one) => one.text))

describe('delimited text', () => {
  test('quotes, delimiters and line breaks in cells, whatever ends lines', () => {
    expect(cells('a,"b ""x"", y"\r\n"two\nlines",\n\n"",z')).toEqual([
      ['a', 'b "x", y'],
      ['two\nlines', ''],
      ['', 'z'],
    ])
    expect(cells('a;b\rc;d', ';')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    expect(cells('say "hi",x\n"a"b,c')).toEqual([
      ['say "hi"', 'x'],
      ['ab', 'c'],
    ])
    expect(cells('""')).toEqual([['']])
    expect(cells('')).toEqual([])
    expect(() => cells('a\n"never')).toThrow('line 2')
  })

  test('rows know their line, and cells whether they were quoted', () => {
    expect(parseDelimited('a\n"b\nc"\n\nd', ',').map(({ line }) => line)).toEqual([1, 2, 5])
    expect(parseDelimited('"",', ',')[0]?.cells.map(({ isQuoted }) => isQuoted)).toEqual([true, false])
  })

  test('the delimiter is the one that cuts all lines alike', () => {
    expect(guessDelimiter('a;b;c\n1,5;2;3\n2,5;3;4')).toBe(';')
    expect(guessDelimiter('a\tb\n1, 2\t3')).toBe('\t')
    expect(guessDelimiter('one\ntwo')).toBe(',')
  })
})

test('encodings by their mark, or by what is valid', () => {
  expect(guessEncoding(new Uint8Array([0xff, 0xfe, 0x61, 0]))).toBe('utf-16le')
  expect(guessEncoding(new TextEncoder().encode('é'))).toBe('utf-8')
  expect(guessEncoding(new Uint8Array([0x65, 0xe9]))).toBe('windows-1252')
  const read = recogniseFile(
    new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode('title;price\nx;1')]),
    'x.csv',
    BOOKS,
  )
  expect(read).toEqual({ encoding: 'utf-8', format: 'delimited', delimiter: ';', hasHeader: true })
})

test('formats by their text', () => {
  expect(guessFormat('[{"a":1}]', 'x')).toBe('json')
  expect(guessFormat('{"a":1}\n{"a":2}\n', 'x')).toBe('ndjson')
  expect(guessFormat('{\n"a":1}', 'x')).toBe('json')
  expect(guessFormat('a,b\n1,2', 'x')).toBe('delimited')
})

test('columns go to fields by name, each once, never to internal ones', () => {
  expect(mapColumns(['Title', 'OUT OF PRINT', 'title', 'secret', 'x'], BOOKS)).toEqual([
    'title',
    'out_of_print',
    null,
    null,
    null,
  ])
  expect(looksLikeHeader(['1', 'x'], BOOKS)).toBe(false)
  expect(looksLikeHeader(['name', 'other'], BOOKS)).toBe(true)
})

test('cells become what their fields want; what does not fit stays text, for the server to refuse', () => {
  const rules = { empty: 'null', unescapesFormulas: true } as const
  const [id, title, price, out, meta] = BOOKS.fields as [FieldInfo, FieldInfo, FieldInfo, FieldInfo, FieldInfo]
  const json = (one: FieldInfo, text: string, isQuoted = false) => cellJson(one, { text, isQuoted }, rules)
  expect([json(price, '+1.50'), json(price, '.5'), json(price, '12,5'), json(id, '9223372036854775807')]).toEqual([
    ...['1.50', '0.5', '"12,5"', '9223372036854775807'],
  ])
  expect([json(out, 'Yes'), json(out, '0'), json(out, 'maybe')]).toEqual(['true', 'false', '"maybe"'])
  expect([json(meta, '{"a":1e400}'), json(meta, 'plain')]).toEqual(['{"a":1e400}', '"plain"'])
  expect([json(title, "'=1+1"), json(title, "'tis"), json(title, '', true)]).toEqual(['"=1+1"', `"'tis"`, '""'])
  expect([json(id, ''), json(price, ''), json(title, ''), json(id, '\\N')]).toEqual([undefined, 'null', '""', 'null'])
  expect(cellJson(title, { text: "'=1", isQuoted: true }, { ...rules, unescapesFormulas: false })).toBe(`"'=1"`)
})

test('rows of a table and of JSON, and what was refused as a file with a reason', () => {
  const reading = { encoding: 'utf-8', format: 'delimited', delimiter: ',', hasHeader: true } as const
  const table = tableOf('title,price\na,1\n"b, c",x', reading)
  const rules = { empty: 'null', unescapesFormulas: false } as const
  const rows = rowsOfTable(table, BOOKS, { mapping: mapColumns(table.header, BOOKS), rules })
  expect(rows.map(({ json }) => json)).toEqual(['{"title":"a","price":1}', '{"title":"b, c","price":"x"}'])
  const answer = { rows: [{ row: 1, errors: [{ field: 'price', code: 'type', message: 'price must be a number' }] }] }
  const refused = refusedRows(rows, answer as never)
  expect(refused).toMatchObject([{ row: { line: 3 }, errors: [{ field: 'price', value: 'x' }] }])
  expect(refusedCsv(refused, table.header)).toBe('title,price,reason\n"b, c",x,price must be a number\n')
  expect(rowsOfJson('[{"id":9223372036854775807},3]', 'json').map(({ json }) => json)).toEqual([
    '{"id":9223372036854775807}',
    '3',
  ])
  expect(rowsOfJson('{"a":1}\n\n{"a":\n', 'ndjson').map(({ line, json }) => [line, json])).toEqual([
    [1, '{"a":1}'],
    [3, '{"a":'],
  ])
})
