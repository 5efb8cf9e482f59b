import { AppError, type AuditEvent, type SqlLine, type Tx } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import type { SqlConsole } from '@koyalite/sqlite'
import { countChanges } from '../store/logged-changes'
import { invalidDocuments } from './invalid-documents'
import type { SqlAuthor, SqlWork } from './sql-protocol'

/** Records a write within its transaction. */
export interface RecordWrite {
  /** In the audit log. */
  audit(tx: Tx, event: AuditEvent): void
  /** As an action that can be undone. Returns its id; null where nothing was changed. @param since the last change before it */
  action(tx: Tx, by: SqlAuthor, written: { readonly schema: Schema; readonly since: number }): string | null
}

export interface FinishedWrite {
  readonly console: SqlConsole
  readonly schema: Schema
  readonly work: SqlWork & { readonly kind: 'write' }
  /** The last change before it. */
  readonly before: number
  /** Rows that the statements changed themselves, by collection. */
  readonly direct: ReadonlyMap<string, number>
}

/** What a write has changed, before it is committed. Throws VALIDATION_ERROR where the schema does not allow it. */
export function summarizeWrite(
  { console, schema, work, before, direct }: FinishedWrite,
  record: RecordWrite,
): SqlLine & { readonly type: 'changes' } {
  const invalid = invalidDocuments(console, schema, before)
  if (invalid.length > 0)
    throw new AppError('VALIDATION_ERROR', `The schema does not allow this: ${invalid.join('; ')}`)
  const collections = countChanges(console, before).map((one) => {
    const all = one.inserted + one.updated + one.deleted
    return { ...one, cascaded: Math.max(0, all - (direct.get(one.collection) ?? 0)) }
  })
  if (work.audit === null) return { type: 'changes', collections, committed: false, action: null }
  record.audit(console.tx, { ...work.audit, details: { ...work.audit.details, changes: collections } })
  const action = work.by === null ? null : record.action(console.tx, work.by, { schema, since: before })
  return { type: 'changes', collections, committed: true, action }
}
