import type { AuditEvent } from '@koyalite/contracts'
import type { Tx } from '@koyalite/sqlite'

/** Keeps what happened. Guarantee: the event is kept if, and only if, the write is committed. */
export interface AuditTrail {
  record(tx: Tx, event: AuditEvent): void
}
