import { expect, test } from 'bun:test'
import type { ForeignColumn, ForeignValues } from '@koyalite/contracts'
import { adoptedNames } from './adopted-name'
import { columnDefault } from './column-default'
import { affinityOf, columnType } from './column-type'

const NONE: ForeignValues = {
  ...{ nulls: 0, integers: 0, reals: 0, texts: 0, blobs: 0, bits: 0, beyondSafe: 0 },
  ...{ json: 0, timestamps: 0, dates: 0, uuids: 0, addresses: 0 },
}
const typed = (declared: string, values: Partial<ForeignValues> = {}) => {
  const column: ForeignColumn = {
    name: 'x',
    declared,
    notNull: false,
    default: null,
    key: 0,
    generated: false,
    collation: null,
    incomparable: null,
    values: { ...NONE, ...values },
  }
  return columnType(column)
}

test.each([
  ['INT', 'INTEGER'],
  ['UNSIGNED BIG INT', 'INTEGER'],
  ['POINT', 'INTEGER'],
  ['NVARCHAR(20)', 'TEXT'],
  ['CLOB', 'TEXT'],
  ['', 'BLOB'],
  ['BLOB', 'BLOB'],
  ['DOUBLE PRECISION', 'REAL'],
  ['FLOAT', 'REAL'],
  ['DECIMAL(10,5)', 'NUMERIC'],
  ['BOOLEAN', 'NUMERIC'],
  ['STRING', 'NUMERIC'],
] as const)('%s has the affinity %s, as in SQLite', (declared, affinity) => {
  expect(affinityOf(declared)).toBe(affinity)
})

test.each([
  ['INTEGER', { integers: 3 }, 'int'],
  ['INTEGER', { integers: 3, reals: 1 }, 'float'],
  ['INTEGER', { integers: 3, texts: 1 }, 'text'],
  ['DECIMAL(10,2)', { integers: 3 }, 'float'],
  ['DECIMAL(10,2)', { texts: 3 }, 'text'],
  ['STRING', { texts: 3 }, 'text'],
  ['STRING', { integers: 3 }, 'float'],
  ['VARCHAR(10)', { texts: 3 }, 'string'],
  ['TEXT', {}, 'text'],
  ['TEXT', { texts: 1, blobs: 1 }, 'blob'],
  ['BOOLEAN', { integers: 3, bits: 3 }, 'bool'],
  ['BOOLEAN', { integers: 3, bits: 2 }, 'float'],
  ['BIT', { integers: 3, bits: 3 }, 'bool'],
  ['JSON', { integers: 1, texts: 1, json: 2 }, 'json'],
  ['JSON', { texts: 2, json: 2 }, 'json'],
  ['JSON', { texts: 2, json: 1 }, 'text'],
  ['DATETIME', { texts: 2, timestamps: 2 }, 'timestamp'],
  ['DATETIME', { texts: 2, timestamps: 1 }, 'string'],
  ['DATE', { texts: 2, dates: 2 }, 'date'],
  ['date', {}, 'date'],
  ['DATE', { texts: 2, timestamps: 2 }, 'timestamp'],
  ['DATE', { texts: 2, dates: 1 }, 'string'],
  ['DATETIME', { texts: 2, dates: 2 }, 'string'],
  ['TEXT', { texts: 2, dates: 2 }, 'text'],
  ['DATE', { integers: 2 }, 'int'],
  ['DATE', { integers: 2, texts: 1 }, 'text'],
  ['UUID', { texts: 2, uuids: 2 }, 'uuid'],
  ['', { integers: 2 }, 'int'],
  ['', { blobs: 2 }, 'blob'],
  ['', {}, 'text'],
  ['BLOB', {}, 'blob'],
] as const)('%s with %o is %s', (declared, values, type) => {
  expect(typed(declared, values).type).toBe(type)
})

test('defaults are read as SQL', () => {
  expect(columnDefault("'it''s'", 'string')).toEqual({ kind: 'literal', value: "it's" })
  expect(columnDefault('(1.5)', 'float')).toEqual({ kind: 'literal', value: 1.5 })
  expect(columnDefault('TRUE', 'bool')).toEqual({ kind: 'literal', value: true })
  expect(columnDefault('CURRENT_TIMESTAMP', 'timestamp')).toEqual({ kind: 'now' })
  expect(columnDefault('CURRENT_DATE', 'date')).toEqual({ kind: 'today' })
  expect(columnDefault("(date('now'))", 'date')).toEqual({ kind: 'today' })
  expect(columnDefault("date('now', 'localtime')", 'date')).toBeUndefined()
  expect(columnDefault("'2026-01-31'", 'date')).toEqual({ kind: 'literal', value: '2026-01-31' })
  expect(columnDefault("'2026-02-30'", 'date')).toBeUndefined()
  expect(columnDefault('CURRENT_TIMESTAMP', 'string')).toBeUndefined()
  expect(columnDefault('abs(-1)', 'int')).toBeUndefined()
  expect(columnDefault("'x'", 'int')).toBeUndefined()
  expect(columnDefault('9e999', 'float')).toBeUndefined()
  expect(columnDefault('1.0000000000000001', 'int')).toBeUndefined()
  expect(columnDefault('750727362669608961', 'text')).toBeUndefined()
})

test('names become allowed ones, none of them twice', () => {
  const names = [
    'constructor',
    'Prototype',
    'AlbumId',
    'album_id',
    'HTTPServer',
    'Order Details',
    '1st',
    '_x',
    'Größe',
    '☃',
    'x'.repeat(80),
  ]
  expect([...adoptedNames(names, 'field').values()]).toEqual([
    ...[
      'field_constructor',
      'field_prototype',
      'album_id_2',
      'album_id',
      'http_server',
      'order_details',
      'field_1st',
      'x',
      'grosse',
      'field',
      'x'.repeat(63),
    ],
  ])
})
