import { AppError, type SqlValue, type Tx } from '@koyalite/contracts'
import type { CelDocument } from '@koyalite/query'
import { ConstraintError } from '@koyalite/sqlite'
import { type Resulting, refusal } from './state-before'
import { type Check, guardsOf, statementsOf, type Target } from './target'

type Returned = readonly SqlValue[] | undefined

/** The document's text, if the row passed every check: what is thrown here undoes the write. */
export function passed(row: Returned, checks: readonly Check[]): string {
  if (!row) throw new AppError('INTERNAL', 'a statement with RETURNING returned no row')
  checks.forEach((check, index) => {
    if (row[index + 1] !== 1) throw check.refuse()
  })
  return row[0] as string
}

/** The row as it is after all triggers. Those of an adopted table may have changed it, or silently refused it. */
export function settled(
  tx: Tx,
  target: Target,
  { row, checks }: { row: Returned; checks: readonly Check[] },
): Returned {
  if (!target.model.collection.untyped) return row
  const sql = statementsOf(target).seen(row?.at(-1) ?? null, guardsOf(checks))
  const found = row && tx.get(target.caller.access.bind(sql, target.input))
  if (!found) throw refusedByDatabase()
  return found
}

/** Throws what the first check refuses with that the resulting document does not pass. Null: there would be none. */
export function requirePassed(
  tx: Tx,
  target: Target,
  { resulting, checks, old }: { resulting: Resulting | null; checks: readonly Check[]; old?: CelDocument | undefined },
): void {
  if (resulting === null) throw refusedByDatabase()
  const refused = refusal(tx, target, { ...resulting, checks, old })
  if (refused) throw refused
}

/** Runs a statement. @param explain what to throw where it violates a constraint */
export function constrained<T>(run: () => T, explain: (error: ConstraintError) => unknown): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof ConstraintError ? explain(error) : error
  }
}

/** A trigger of an adopted table has undone the change without an error. */
export function refusedByDatabase(): AppError {
  return new AppError('CONFLICT', 'the database rejected the change')
}
