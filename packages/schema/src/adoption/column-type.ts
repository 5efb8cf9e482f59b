import type { ForeignColumn } from '@koyalite/contracts'
import type { FieldType } from '../model'

export type Affinity = 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC'

/** The affinity that SQLite assigns to a declared type. https://www.sqlite.org/datatype3.html#determination_of_column_affinity */
export function affinityOf(declared: string): Affinity {
  const type = declared.toUpperCase()
  if (type.includes('INT')) return 'INTEGER'
  if (/CHAR|CLOB|TEXT/.test(type)) return 'TEXT'
  if (type === '' || type.includes('BLOB') || type === 'ANY') return 'BLOB'
  return /REAL|FLOA|DOUB/.test(type) ? 'REAL' : 'NUMERIC'
}

/** The type of a field, and what is to be said about it where the values are not what was declared. */
export interface ChosenType {
  readonly type: FieldType
  readonly remark?: string
}

/** The type that can represent every value of a column: what was declared, read as SQLite does, and what is really in it. */
export function columnType({ declared, values }: ForeignColumn): ChosenType {
  const all = values.integers + values.reals + values.texts + values.blobs
  const only = (count: number) => count === all
  if (values.blobs > 0) {
    return only(values.blobs)
      ? { type: 'blob' }
      : { type: 'blob', remark: 'contains blobs and other values; the others are returned as the bytes of their text' }
  }
  const word = declared.toUpperCase()
  if (/BOOL|^BIT\b/.test(word) && only(values.bits)) return { type: 'bool' }
  if (/JSON/.test(word) && only(values.json)) return { type: 'json' }
  if (/UUID|GUID/.test(word) && only(values.uuids)) return { type: 'uuid' }
  if (word === 'DATE' && only(values.dates)) return { type: 'date' }
  if (/DATE|TIME/.test(word)) return timeType(all, values)
  const fitting = fittingType(affinityOf(declared), declared, { all, values })
  if (fitting) return fitting
  if (only(values.texts))
    return { type: 'text', remark: `is declared ${declared || 'without a type'}, but contains texts` }
  if (only(values.integers)) return { type: 'int' }
  if (only(values.integers + values.reals)) return { type: 'float' }
  return { type: 'text', remark: `is declared ${declared || 'without a type'}, but contains numbers and texts` }
}

function timeType(all: number, values: ForeignColumn['values']): ChosenType {
  if (values.timestamps === all) return { type: 'timestamp' }
  if (values.texts === all) {
    return {
      type: 'string',
      remark:
        'contains dates as texts in a format of their own; a migration can make dates (2026-01-31) or timestamps of them',
    }
  }
  if (values.integers === all) return { type: 'int', remark: 'contains dates as numbers; a migration can convert them' }
  if (values.integers + values.reals === all)
    return { type: 'float', remark: 'contains dates as numbers; a migration can convert them' }
  return { type: 'text', remark: 'contains dates as numbers and as texts' }
}

function fittingType(
  affinity: Affinity,
  declared: string,
  { all, values }: { readonly all: number; readonly values: ForeignColumn['values'] },
): ChosenType | undefined {
  const numbers = values.integers + values.reals
  switch (affinity) {
    case 'INTEGER':
      if (values.integers === all) {
        return values.beyondSafe === 0
          ? { type: 'int' }
          : {
              type: 'int',
              remark: `has numbers beyond ±(2^53 − 1): responses contain them exactly, but JavaScript clients round them; convert the column to text if it holds ids`,
            }
      }
      return numbers === all ? { type: 'float', remark: `is declared ${declared}, but contains fractions` } : undefined
    case 'REAL':
    case 'NUMERIC':
      return numbers === all ? { type: 'float' } : undefined
    case 'TEXT':
      return values.texts === all ? { type: /CHAR/i.test(declared) ? 'string' : 'text' } : undefined
    case 'BLOB':
      return all === 0 ? { type: declared === '' ? 'text' : 'blob' } : undefined
  }
}
