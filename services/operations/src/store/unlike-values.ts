import { joinOperands, quoteName, quoteText, type Sql } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'
import { DUMPED_ROW } from './document-dump'

/** Where SQLite's text is not Unicode: bytes that a program which reads UTF-8 does not preserve. Only a database in UTF-8 can have them. */
export function isBroken(column: string): string {
  // The first test is a hundred times cheaper, and enough for most texts.
  return `typeof(${column}) = 'text' AND (${column} GLOB ${NOT_ASCII} OR instr(${column}, char(0))) AND NOT koyalite_is_utf8(CAST(${column} AS BLOB))`
}

/** A pattern of GLOB, which stops at U+0000. */
const NOT_ASCII = `'*[^' || char(1) || '-' || char(127) || ']*'`

/** Documents of a collection that are named, of those whose values a dump does not give as they are. */
const NAMED = 3

/**
 * Says, one line each, which values of a collection NDJSON and CSV cannot hold: infinity, and texts that are not Unicode. Other programs may have stored them.
 */
export function unlikeValues(collection: Collection, condition: Sql): Sql {
  const cases = [...collection.fields.values()].flatMap(({ name, column: stored }) => {
    const column = quoteName(stored)
    const found = (condition: string, what: string) => ({
      condition,
      text: quoteText(`${collection.name}.${name} ${what}`),
    })
    return [
      found(isBroken(column), 'is a text that is not valid UTF-8: invalid bytes are dumped as U+FFFD'),
      found(
        `typeof(${column}) = 'real' AND abs(${column}) > 1.7976931348623157e308`,
        'is infinite: db import will reject it',
      ),
    ]
  })
  const which = cases.map(({ condition, text }) => `WHEN ${condition} THEN ${text}`).join(' ')
  const any = joinOperands(
    cases.map(({ condition }) => `(${condition})`),
    ' OR ',
  )
  const key = quoteName(collection.primaryKey.column)
  const from = `${quoteName(collection.table)} AS ${quoteName(DUMPED_ROW)}`
  return {
    text: `SELECT 'Document ' || quote(${key}) || ': ' || CASE ${which} END || char(10) FROM ${from} WHERE (${any}) AND (${condition.text}) LIMIT ${NAMED}`,
    params: condition.params,
  }
}
