import type { AuditEvent } from '../audit'
import type { Tx } from '../tx'

/** The log of what people and keys did. */
export interface AuditTrail {
  /** Guarantee: the event is stored if, and only if, the write is committed. */
  record(tx: Tx, event: AuditEvent): void
  /** For events that belong to no write. Resolves when all of them are durable; rejects if they cannot be stored. */
  keep(events: readonly AuditEvent[]): Promise<void>
}
