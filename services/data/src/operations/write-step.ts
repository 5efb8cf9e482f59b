import type { Tx } from '@koyalite/contracts'

/** What one write has done. */
export interface Written {
  readonly status: 200 | 201 | 204
  /** The document's JSON text as the caller may see it; null after a delete. */
  readonly document: string | null
}

/**
 * A write that has been checked as far as is possible without the database. It runs inside the writer's transaction, alone
 * or as one of a batch; what it throws undoes it.
 */
export type WriteStep = (tx: Tx) => Written
