import type { Actor } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import type { AuditTrail } from './ports/audit-trail'

/** What service keys need. */
export interface KeyContext {
  readonly schema: Schema
  readonly database: Database
  readonly audit?: AuditTrail
  /** Actors of the keys that were looked up, by hash; emptied whenever a key is revoked. */
  readonly knownKeys: Map<string, Actor>
}
