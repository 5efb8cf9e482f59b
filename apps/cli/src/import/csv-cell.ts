import { inexactMessage, inexactNumbers, numberFidelity } from '@koyalite/contracts'
import type { Field } from '@koyalite/schema'
import { repeatedKey } from './repeated-key'
import { repeatedMessage } from './source-row'

/** Stands for a cell that was written as `""`: an empty text, where an empty cell says nothing. No text may hold this character. */
export const QUOTED_EMPTY = '\u0000'

/** Stands for an unquoted `\N`, which is null in a dump, also where the field has a default. */
export const NULL_CELL = '\u0000N'

const TRUE = new Set(['true', 't', 'yes', '1'])
const FALSE = new Set(['false', 'f', 'no', '0'])

/**
 * The JSON value of a CSV cell by its field's type; undefined where the cell says nothing, so that the field's default applies. What does not
 * fit the type stays text: the server's validation then says what is wrong with it. Throws a CellError at a number that would become another one, or none, and at a key of json that stands there twice.
 */
export function csvCell(field: Field, cell: string): unknown {
  if (cell === QUOTED_EMPTY) return ''
  if (cell === NULL_CELL) return null
  if (cell === '') return emptyCell(field)
  switch (field.type) {
    case 'int':
    case 'float':
      return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(cell) ? exactNumber(cell.trim(), field.type) : cell
    case 'bool': {
      const word = cell.trim().toLowerCase()
      return TRUE.has(word) ? true : FALSE.has(word) ? false : cell
    }
    case 'json':
      return parseJson(cell)
    default:
      return cell
  }
}

function emptyCell(field: Field): unknown {
  if (field.default !== undefined) return undefined
  if (field.nullable) return null
  return field.type === 'string' || field.type === 'text' ? '' : null
}

/** A json field may hold a plain text too. */
function parseJson(cell: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(cell)
  } catch {
    return cell
  }
  const [lost] = inexactNumbers(cell)
  if (lost) throw new CellError((field) => inexactMessage([field, ...lost.path].join('.'), lost.token))
  const repeated = repeatedKey(cell)
  if (repeated !== null) throw new CellError((field) => `${field} ${repeatedMessage(repeated)}`)
  return value
}

function exactNumber(text: string, type: 'int' | 'float'): number {
  const fidelity = numberFidelity(text)
  if (fidelity === 'inexact' || (type === 'int' && fidelity !== 'exact'))
    throw new CellError((field) => inexactMessage(field, text))
  return Number(text)
}

/** A value that would become another one. */
export class CellError extends Error {
  override readonly name = 'CellError'
  /** What is wrong with the cell of a field. */
  readonly describe: (field: string) => string

  constructor(describe: (field: string) => string) {
    super(describe('the cell'))
    this.describe = describe
  }
}
