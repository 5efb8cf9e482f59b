import type { AuditedSteps, AuditedTx } from '../audit/audited-write'

/** What one write has done. `document` is its JSON text as the caller may see it. */
export type WriteOutcome =
  | { readonly kind: 'created' | 'updated' | 'unchanged'; readonly document: string }
  | { readonly kind: 'deleted'; readonly document: null }

/**
 * A write that has been checked as far as possible without the database. It runs inside the writer's transaction,
 * alone or as one of a batch; what it throws undoes it. Only `writeDocuments` (and a dry run) can run it: they have an
 * AuditedTx.
 */
export type WriteStep = (tx: AuditedTx) => WriteOutcome

/** A write that runs alone. */
export function singleWrite(step: WriteStep): AuditedSteps<WriteOutcome> {
  // biome-ignore lint/correctness/useYield: it is done at once
  return function* (tx) {
    return step(tx)
  }
}
