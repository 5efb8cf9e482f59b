import type { SqlValue } from '@koyalite/contracts'
import type { Row, Statement } from '../driver/driver'

/** All rows, or the first `maxRows` of them. */
export function takeRows(
  statement: Statement,
  params: readonly SqlValue[],
  maxRows: number,
): { rows: Row[]; truncated: boolean } {
  if (maxRows === Number.POSITIVE_INFINITY) return { rows: statement.all(params), truncated: false }
  const rows: Row[] = []
  for (const row of statement.iterate(params)) {
    if (rows.length === maxRows) return { rows, truncated: true }
    rows.push(row)
  }
  return { rows, truncated: false }
}

/** Throws unless the statement only reads and returns rows: ATTACH and PRAGMAs that set something return none. */
export function checkReads(statement: Statement): void {
  if (!statement.reader || !statement.readonly) throw new ReadOnlyError()
}

/** The names of a statement's columns. */
export function columnNames(statement: Statement): readonly string[] {
  let known = names.get(statement)
  if (known === undefined) {
    known = statement.columns().map(({ name }) => name)
    names.set(statement, known)
  }
  return known
}

const names = new WeakMap<Statement, readonly string[]>()

export class ReadOnlyError extends Error {
  override readonly name = 'ReadOnlyError'
  readonly code = 'READ_ONLY'

  constructor() {
    super('only statements that read and return rows are allowed here')
  }
}
