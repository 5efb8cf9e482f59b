import type { Sync } from '@koyalite/contracts'
import { recordReads } from '../audit/audited-read'
import type { AuditedSteps } from '../audit/audited-write'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { type ReadyFirst, withReady } from '../hooks/ready'
import type { BatchStep } from './run-batch'
import { type DocumentWrite, type Written, writeDocuments } from './write-documents'

/**
 * Writes a batch. What its assertions have told of audited documents is recorded before anything is returned, also
 * where nothing was written: an error tells it too.
 * @param result what to return and to store for a repeated request, of the documents' texts
 */
export async function writeBatch<T>(
  context: DataContext,
  caller: Caller,
  {
    prepare,
    result,
    ...write
  }: Omit<DocumentWrite<T>, 'prepare'> & {
    readonly prepare: () => BatchStep
    readonly result: (documents: readonly (string | null)[]) => Sync<T>
  },
): Promise<Written<T>> {
  let prepared: BatchStep | undefined
  const steps = (step: BatchStep): AuditedSteps<T> & ReadyFirst => {
    const run: AuditedSteps<T> = function* (tx) {
      return result(yield* step.run(tx))
    }
    return withReady(run, step.ready)
  }
  try {
    return await writeDocuments(context, caller, {
      ...write,
      prepare() {
        prepared = prepare()
        return steps(prepared)
      },
    })
  } finally {
    await recordReads(context, caller, prepared?.reads ?? [])
  }
}
