import type { AuditEvent, Tx } from '@koyalite/contracts'

/** Keeps what happened. Guarantee: the event is kept if, and only if, the write is committed. */
export interface AuditTrail {
  record(tx: Tx, event: AuditEvent): void
}
