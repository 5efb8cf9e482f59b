import type { Actor, AuditTrail } from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import type { RunningStatements } from './operations/running-statements'
import type { SqlChildPool } from './process/sql-child-pool'
import type { SqlSettings } from './sql-settings'

/** What those who write have to have done before. */
export interface WriteGuard {
  /** Throws where a browser may not change documents now. */
  requireUnlocked(actor: Actor, request: { readonly headers: Headers; readonly time: number }): void
  /** Throws where the operator has not proved lately that it is them. */
  requireProof(actor: Actor, time: number): void
}

export interface SqlContext {
  readonly database: Pick<Database, 'handOver' | 'feed'>
  /** Absolute, or `:memory:`. */
  readonly databasePath: string
  readonly encryptionKey: string | null
  readonly schema: Schema
  readonly settings: SqlSettings
  readonly audit: AuditTrail
  readonly log: Pick<Log, 'error'>
  readonly auth: WriteGuard
  readonly running: RunningStatements
  readonly children: SqlChildPool
}
