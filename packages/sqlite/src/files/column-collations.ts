import { quoteName } from '@koyalite/contracts'
import type { Row } from '../driver/driver'

/**
 * The columns of a table that compare text in another way than byte by byte, with the name of that way. SQLite tells it of columns of indexes only; the program
 * that it makes of a comparison has it of any.
 * @param all runs a statement
 */
export function columnCollations(
  all: (text: string) => readonly Row[],
  table: string,
  columns: readonly string[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const column of columns) {
    const program = all(`EXPLAIN SELECT ${quoteName(column)} = 'a' FROM ${quoteName(table)}`)
    // address, opcode, p1, p2, p3, p4, …: NOCASE-8 is the collation with the encoding that it is for.
    const compare = program.find(([, opcode]) => opcode === 'Eq' || opcode === 'Ne')
    const [, name] = /^(.+)-(?:8|16LE|16BE)$/.exec(String(compare?.[5] ?? '')) ?? []
    if (name !== undefined && name !== 'BINARY') found.set(column, name)
  }
  return found
}
