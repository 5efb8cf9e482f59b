import type { AuditEvent } from '../audit'
import type { Tx } from '../tx'

/** The log of what people and keys did. */
export interface AuditTrail {
  /** Guarantee: the event is kept if, and only if, the write is committed. */
  record(tx: Tx, event: AuditEvent): void
  /** For events that belong to no write. Resolves when all of them are on the disk; rejects if they cannot be kept. */
  keep(events: readonly AuditEvent[]): Promise<void>
}
