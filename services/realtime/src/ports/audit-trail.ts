import type { AuditEvent } from '@koyalite/contracts'

/** Keeps what happened. */
export interface AuditTrail {
  /** Resolves when all of it is kept. Rejects if it cannot be. */
  keep(events: readonly AuditEvent[]): Promise<void>
}
