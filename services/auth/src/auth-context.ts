import type { Actor } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'

export interface AuthContext {
  readonly schema: Schema
  readonly database: Database
  /** Actors of the keys that were looked up, by hash; emptied whenever a key is revoked. */
  readonly knownKeys: Map<string, Actor>
}
