import { numberFidelity } from '@koyalite/contracts'
import { isCalendarDate } from '../calendar-date'
import { isUuid } from '../formats'
import type { Default, FieldType } from '../model'
import { parseTimestamp } from '../timestamp'

/** The default of a column as a schema expresses it; undefined if it cannot. */
export function columnDefault(sql: string, type: FieldType): Default | undefined {
  const text = sql
    .trim()
    .replace(/^\((.*)\)$/s, '$1')
    .trim()
  if (type === 'timestamp' && /^(CURRENT_TIMESTAMP|(datetime|strftime)\(.*'now'.*\))$/is.test(text))
    return { kind: 'now' }
  if (type === 'date' && /^(CURRENT_DATE|date\(\s*'now'\s*\))$/i.test(text)) return { kind: 'today' }
  const value = literalOf(text)
  if (value === undefined) return undefined
  switch (type) {
    case 'bool':
      return value === 0 || value === 1 ? literal(value === 1) : undefined
    case 'int':
      return Number.isSafeInteger(value) ? literal(value) : undefined
    case 'float':
      return typeof value === 'number' ? literal(value) : undefined
    case 'string':
    case 'text':
      return literal(String(value))
    case 'uuid':
      return typeof value === 'string' && isUuid(value) ? literal(value) : undefined
    case 'timestamp':
      return typeof value === 'string' && parseTimestamp(value) === value ? literal(value) : undefined
    case 'date':
      return typeof value === 'string' && isCalendarDate(value) ? literal(value) : undefined
    case 'json':
    case 'blob':
      return undefined
  }
}

function literal(value: string | number | boolean): Default {
  return { kind: 'literal', value }
}

function literalOf(sql: string): string | number | undefined {
  const quoted = /^(?:'((?:[^']|'')*)'|"((?:[^"]|"")*)")$/s.exec(sql)
  if (quoted) return quoted[1]?.replaceAll("''", "'") ?? quoted[2]?.replaceAll('""', '"')
  // A number that would be rounded cannot be a default in the API.
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(sql))
    return numberFidelity(sql) === 'inexact' ? undefined : Number(sql)
  return { TRUE: 1, FALSE: 0 }[sql.toUpperCase()]
}
