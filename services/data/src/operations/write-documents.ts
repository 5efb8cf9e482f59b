import type { WriteResult } from '@koyalite/contracts'
import { type AuditedSteps, auditedSteps } from '../audit/audited-write'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { type Idempotency, writeOnce } from './idempotent-write'

export interface DocumentWrite<T> {
  /** The collection of its documents; null where they may be of several. */
  readonly collection: string | null
  /** With it a repeated write returns its first result, or throws its first error. The result must be JSON. */
  readonly idempotency?: Idempotency | null
  /** Checks the input and returns what runs inside the writer. */
  readonly prepare: () => AuditedSteps<T>
}

/**
 * The one way to the writer: every write of documents, whatever the transport, is audited and (with a key) idempotent
 * here. Resolves when the write is on disk. Throws what `prepare` and its steps throw.
 */
export async function writeDocuments<T>(
  context: DataContext,
  caller: Caller,
  { collection, idempotency = null, prepare }: DocumentWrite<T>,
): Promise<WriteResult<T>> {
  const steps = () => auditedSteps(context, caller, { collection, run: prepare() })
  if (idempotency !== null) return writeOnce(context.database, caller, { idempotency, steps })
  return context.database.writeInSteps(steps())
}
