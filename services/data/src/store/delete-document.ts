import type { SqlValue, Tx } from '@koyalite/contracts'
import { constrained } from './checked-row'
import { explainConstraint } from './constraint'
import { statementsOf, type Target } from './target'

/** Deletes a document; false if there is none. Throws CONFLICT where another document still refers to it. */
export function deleteDocument(tx: Tx, target: Target, key: SqlValue): boolean {
  return constrained(
    () => tx.run(statementsOf(target).delete(key)).changes > 0,
    (error) => explainConstraint(tx, target, { values: null, key }, error),
  )
}
