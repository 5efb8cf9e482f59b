import type { Database } from '@koyalite/sqlite'

export interface AuditContext {
  readonly database: Database
  /** Milliseconds since 1970. */
  readonly now: () => number
}
