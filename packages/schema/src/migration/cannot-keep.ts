import { isWord, type SqlToken, tokenName } from './sql-tokens'
import type { Clause, ColumnDefinition } from './table-definition'

/** A change of a table that cannot be without losing something that nobody has asked to lose. */
export class CannotKeep extends Error {}

interface Remaining {
  readonly columns: readonly ColumnDefinition[]
  readonly constraints: readonly Clause[]
}

/** Throws CannotKeep if what stays of a table needs a column that goes. */
export function refuseDrop(field: string, column: string, { columns, constraints }: Remaining): void {
  const refuse = (what: string, advice: string) => {
    throw new CannotKeep(`${field} cannot be dropped: ${what}. Remove that first with an sql operation (${advice})`)
  }
  const computed = columns.find(({ clauses }) =>
    clauses.some(({ kind, tokens }) => kind === 'generated' && mentions(tokens, column)),
  )
  if (computed)
    refuse(`the generated column ${computed.written} depends on it`, `ALTER TABLE … DROP COLUMN ${computed.written}`)
  const checks = columns.flatMap(({ clauses }) => clauses.filter(({ kind }) => kind === 'check'))
  const needing = [...checks, ...constraints].find(({ tokens }) => mentions(ownPart(tokens), column))
  if (!needing) return
  const [first, name] = needing.tokens
  const isNamedCheck = needing.kind === 'check' && isWord(first, 'CONSTRAINT')
  const advice = isNamedCheck
    ? `ALTER TABLE … DROP CONSTRAINT ${name?.text}`
    : 'create a new table without it and copy the rows'
  refuse(`the table has ${needing.text}`, advice)
}

/** Whether something in parentheses is this column. */
export function mentions(tokens: readonly SqlToken[], column: string): boolean {
  const open = tokens.findIndex(({ text }) => text === '(')
  if (open < 0) return false
  return tokens.slice(open).some((token, i, inner) => {
    const isName = token.kind === 'quoted' || (token.kind === 'word' && inner[i + 1]?.text !== '(')
    return isName && tokenName(token) === column.toLowerCase()
  })
}

/** A FOREIGN KEY without the names of the other table. */
function ownPart(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const target = tokens.findIndex((token) => isWord(token, 'REFERENCES'))
  return target < 0 ? tokens : tokens.slice(0, target)
}
