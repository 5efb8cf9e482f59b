import type { AuditedSteps, AuditedTx } from '../audit/audited-write'
import { type ReadyFirst, withReady } from '../hooks/ready'

/** What one write has done. `document` is its JSON text as the caller may see it. */
export type WriteOutcome =
  | { readonly kind: 'created' | 'updated' | 'unchanged'; readonly document: string }
  | { readonly kind: 'deleted'; readonly document: null }

/**
 * A write that has been checked as far as possible without the database. It runs inside the writer's transaction,
 * alone or as one of a batch; what it throws undoes it. Only `writeDocuments` (and a dry run) can run it: they have an
 * AuditedTx.
 */
export interface WriteStep extends ReadyFirst {
  (tx: AuditedTx): WriteOutcome
  /** The same in parts, between which the event loop may have a turn where it runs alone. */
  readonly parts?: AuditedSteps<WriteOutcome>
}

/** A write of several parts: each can take long where the document is large. */
export function inParts(parts: AuditedSteps<WriteOutcome>): WriteStep {
  const all = (tx: AuditedTx): WriteOutcome => {
    const running = parts(tx)
    for (;;) {
      const { done, value } = running.next()
      if (done) return value
    }
  }
  return Object.assign(all, { parts })
}

/** A write that runs alone. */
export function singleWrite(step: WriteStep): AuditedSteps<WriteOutcome> & ReadyFirst {
  if (step.parts !== undefined) return withReady(step.parts, step.ready)
  // biome-ignore lint/correctness/useYield: it is done at once
  const steps: AuditedSteps<WriteOutcome> = function* (tx) {
    return step(tx)
  }
  return withReady(steps, step.ready)
}
