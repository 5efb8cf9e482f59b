import type { FieldInfo } from '../../fields/field'
import type { Cell } from './delimited-text'

/** What an empty cell without quotes stands for. */
export const EMPTY_RULES = ['null', 'empty', 'default'] as const
export type EmptyRule = (typeof EMPTY_RULES)[number]

export interface CellRules {
  readonly empty: EmptyRule
  /** Takes the quote away that an export has put before a formula. */
  readonly unescapesFormulas: boolean
}

const TRUE: ReadonlySet<string> = new Set(['true', 't', 'yes', '1'])
const FALSE: ReadonlySet<string> = new Set(['false', 'f', 'no', '0'])

/** The JSON text of a cell by the type of its field; undefined where the field is left out. What does not fit stays text: the server says why. */
export function cellJson(field: FieldInfo, { text, isQuoted }: Cell, rules: CellRules): string | undefined {
  if (!isQuoted && text === '\\N') return 'null'
  if (text === '') return isQuoted ? '""' : emptyJson(field, rules.empty)
  switch (field.type) {
    case 'int':
    case 'float':
      // The digits as they are: the server refuses a number that it would have to round.
      return NUMBER.test(text.trim()) ? numberJson(text.trim()) : JSON.stringify(text)
    case 'bool': {
      const word = text.trim().toLowerCase()
      return TRUE.has(word) ? 'true' : FALSE.has(word) ? 'false' : JSON.stringify(text)
    }
    case 'json':
      return isJson(text) ? oneLine(text) : JSON.stringify(text)
    case 'string':
    case 'text':
      return JSON.stringify(rules.unescapesFormulas ? text.replace(/^'(?='*[=+\-@\t\r])/, '') : text)
    default:
      return JSON.stringify(text)
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** `+1`, `.5`, `1.` and `007` are no numbers of JSON. */
function numberJson(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?(e[+-]?\d+)?$/i.exec(text) ?? []
  const digits = whole.replace(/^0+(?=\d)/, '') || '0'
  return `${sign === '-' ? '-' : ''}${digits}${fraction === '' ? '' : `.${fraction}`}${exponent}`
}

function emptyJson(field: FieldInfo, rule: EmptyRule): string | undefined {
  if (rule === 'default' || (field.default !== null && rule === 'null')) return undefined
  if (rule === 'empty' && (field.type === 'string' || field.type === 'text')) return '""'
  return field.nullable ? 'null' : field.type === 'string' || field.type === 'text' ? '""' : 'null'
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Line breaks in JSON stand between its parts only: in a text they are escaped. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ')
}
