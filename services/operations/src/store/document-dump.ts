import { joinOperands, quoteName, quoteText, type Sql } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'

/** The alias of the row that a condition is about. */
export const DUMPED_ROW = 'd0'
export const EVERY_ROW: Sql = { text: '1', params: [] }

/** One JSON object per line: every field by its name, internal ones too, with the types of the API. In the order of the key. */
export function ndjsonDump(collection: Collection, condition = EVERY_ROW): Sql {
  const pairs = [...collection.fields.values()].map((field) => `${quoteText(field.name)}, ${jsonValue(field)}`)
  if (pairs.length <= MAX_PAIRS) return select(collection, `json_object(${pairs.join(', ')})`, condition)
  const members: string[] = []
  for (let start = 0; start < pairs.length; start += MAX_PAIRS) {
    const object = `json_object(${pairs.slice(start, start + MAX_PAIRS).join(', ')})`
    members.push(`(SELECT substr(o, 2, length(o) - 2) FROM (SELECT ${object} AS o))`)
  }
  return select(collection, `'{' || ${members.join(` || ',' || `)} || '}'`, condition)
}

/** A function takes at most 1000 arguments. */
const MAX_PAIRS = 400

/**
 * A header and one line per document, which `db import` reads back as they were. An empty cell is null, `""` an empty text (or blob). Where a field has a default, an
 * empty cell would stand for that: null is `\N` there, unquoted.
 */
export function csvDump(collection: Collection, condition = EVERY_ROW): readonly Sql[] {
  const fields = [...collection.fields.values()]
  const header = `${fields.map(({ name }) => name).join(',')}\n`
  const line = joinOperands(fields.map(csvCell), ` || ',' || `)
  return [{ text: 'SELECT ?', params: [header] }, select(collection, line, condition)]
}

function select({ table, primaryKey }: Collection, line: string, { text, params }: Sql): Sql {
  const from = `${quoteName(table)} AS ${quoteName(DUMPED_ROW)}`
  return {
    text: `SELECT ${line} || char(10) FROM ${from} WHERE ${text} ORDER BY ${quoteName(primaryKey.column)}`,
    params,
  }
}

/** Other programs may have stored anything: a text that is no JSON is dumped as a text. */
function jsonValue({ column, type }: Field): string {
  const value = quoteName(column)
  switch (type) {
    case 'bool':
      return `json(CASE WHEN ${value} IS NULL THEN 'null' WHEN ${value} THEN 'true' ELSE 'false' END)`
    case 'json':
      return `json(CASE WHEN ${value} IS NULL THEN 'null' WHEN typeof(${value}) = 'text' AND json_valid(${value}) THEN ${value} ELSE json_quote(CAST(${value} AS TEXT)) END)`
    case 'blob':
      return `koyalite_base64(${value})`
    default:
      // A blob would be an error, or be taken for SQLite's binary JSON.
      return `CASE WHEN typeof(${value}) = 'blob' THEN koyalite_base64(${value}) ELSE ${value} END`
  }
}

function csvCell(field: Field): string {
  const value = quoteName(field.column)
  const none = quoteText(field.default === undefined ? '' : '\\N')
  return `CASE WHEN ${value} IS NULL THEN ${none} ELSE ${csvText(field, value)} END`
}

/** Text as it stands in a cell, of a value that is not null. */
function csvText({ type }: Field, value: string): string {
  const quoted = (text: string) => `'"' || replace(${text}, '"', '""') || '"'`
  switch (type) {
    case 'bool':
      return `iif(${value}, 'true', 'false')`
    case 'int':
    case 'float':
      return `json_array(${value}) ->> 0`
    case 'blob':
      return quoted(`koyalite_base64(${value})`)
    default:
      return quoted(`CAST(${value} AS TEXT)`)
  }
}
