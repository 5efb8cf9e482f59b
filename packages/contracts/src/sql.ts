/** What SQLite can be given and can give back. */
export type SqlValue = string | number | bigint | null | Uint8Array

/** A statement and the values bound to its `?`. The text depends on the shape of a query only, never on its values: it is the key of the statement cache. */
export interface Sql {
  readonly text: string
  readonly params: readonly SqlValue[]
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
