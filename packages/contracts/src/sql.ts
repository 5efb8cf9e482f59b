/** What SQLite can be given and can give back. */
export type SqlValue = string | number | bigint | null | Uint8Array

/** A statement and the values bound to its `?`. The text depends on the shape of a query only, never on its values: it is the key of the statement cache. */
export interface Sql {
  readonly text: string
  readonly params: readonly SqlValue[]
}

/** A name of a table, column, index or trigger, as SQL has it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text, as SQL has it: for statements that take no parameters, such as DDL and dumps. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Operands of one chain. SQLite reads a chain as deep as it is long, and refuses expressions deeper than 1000. */
const MAX_CHAIN = 100

/**
 * Operands joined by an associative operator (` OR `, ` || `), many of them as a tree of chains. What binds less than the operator stands in parentheses
 * already. The order stays, so parameters follow one another as the operands do.
 */
export function joinOperands(operands: readonly string[], operator: string): string {
  let level = operands
  while (level.length > MAX_CHAIN) {
    const chains: string[] = []
    for (let start = 0; start < level.length; start += MAX_CHAIN) {
      chains.push(`(${level.slice(start, start + MAX_CHAIN).join(operator)})`)
    }
    level = chains
  }
  return level.join(operator)
}
