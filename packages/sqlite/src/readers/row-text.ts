import type { Sql } from '@koyalite/contracts'
import { SELECT_LAST_SEQ } from '../changes/change-log'
import type { Connection } from '../driver/driver'
import { checkReads } from './run-query'

/** Characters in a chunk: enough to make the transfer between two processes cheap, few enough to be in memory several times. */
const PORTION = 256 * 1024

/** Some rows' texts, one after the other. */
export interface Portion {
  /** Index of the statement that gave them. */
  readonly statement: number
  readonly text: string
}

/** The texts that statements give, and the last change that they can show. */
export interface RowText {
  readonly seq: number
  readonly portions: IterableIterator<Portion>
}

/** Begins a read transaction on the connection, which ends with the last portion, or is the caller's to end. */
export function rowText(connection: Connection, statements: readonly Sql[]): RowText {
  connection.exec('BEGIN')
  const seq = (connection.prepare(SELECT_LAST_SEQ).raw(true).get([])?.[0] as number | null) ?? 0
  return { seq, portions: portionsOf(connection, statements) }
}

function* portionsOf(connection: Connection, statements: readonly Sql[]): IterableIterator<Portion> {
  for (const [index, { text, params }] of statements.entries()) {
    let rows: string[] = []
    let length = 0
    const statement = connection.prepare(text)
    checkReads(statement)
    for (const [value] of statement.raw(true).iterate(params)) {
      const row = String(value)
      rows.push(row)
      length += row.length
      if (length < PORTION) continue
      yield { statement: index, text: rows.join('') }
      rows = []
      length = 0
    }
    if (length > 0) yield { statement: index, text: rows.join('') }
  }
  connection.exec('COMMIT')
}
