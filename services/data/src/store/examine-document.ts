import type { SqlValue, Tx } from '@koyalite/contracts'
import type { Guard } from '@koyalite/query'
import type { Field } from '@koyalite/schema'
import { verifyNotThere } from '../missing-document'
import { statementsOf, type Target } from './target'

/** What a write has to know of a stored document before it changes it. */
export interface Examined {
  /** JSON text of what the caller may see of it; null where they may not read it. */
  readonly document: string | null
  /** Whether each guard holds for it. */
  readonly holds: readonly boolean[]
  /** Stored values of the fields that were asked for. */
  readonly stored: ReadonlyMap<Field, SqlValue>
}

/**
 * Undefined where there is no such document. Throws UNAVAILABLE if that is unknown because the file is damaged.
 */
export function examineDocument(
  tx: Tx,
  target: Target,
  {
    key,
    guards,
    fields,
  }: { readonly key: SqlValue; readonly guards: readonly Guard[]; readonly fields: readonly Field[] },
): Examined | undefined {
  const sql = statementsOf(target).select(key, guards, fields)
  const row = tx.get(target.caller.access.bind(sql, target.input))
  if (row === undefined) {
    verifyNotThere(tx, target.model.collection, key)
    return undefined
  }
  const first = 1 + guards.length
  return {
    document: row[0] as string | null,
    holds: guards.map((_, index) => row[index + 1] === 1),
    stored: new Map(fields.map((field, index) => [field, row[first + index] ?? null])),
  }
}
