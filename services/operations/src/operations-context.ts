import type { AuditTrail, MailHealth, QueryAdvice } from '@koyalite/contracts'
import type { BaseSettings, Environment, Log, SettingsOf } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import type { BACKUP_SETTINGS } from './backup-settings'
import type { WorkersHealth } from './doctor/check-workers'
import type { BackupSchedule } from './schedule/backup-schedule'

/** What backups, dumps, reset and doctor work on. */
export interface OperationsContext {
  readonly database: Database
  readonly schema: Schema
  readonly settings: BaseSettings & SettingsOf<typeof BACKUP_SETTINGS>
  readonly environment: Environment
  /** Whether `koyalite start` serves it: that has the defaults of production, whatever the environment is called. */
  readonly isStarted: boolean
  readonly log: Log
  /** The project's folder: its `data/keys` and `data/files` belong to a backup. */
  readonly dir: string
  /** Absolute, or `:memory:`. */
  readonly databasePath: string
  /** Of KoyaLite, for the manifest. */
  readonly version: string
  readonly schedule: BackupSchedule
  /** How the other processes of the server are; null if there are none. */
  readonly workers: () => WorkersHealth | null
  /** Whether a request has come through a proxy that is not trusted, since the start. */
  readonly hasUntrustedProxy: () => Promise<boolean>
  /** Where people reach this server, unless the settings say. */
  readonly publicUrl: () => string
  readonly audit: Pick<AuditTrail, 'record'>
  readonly mail: { health(): MailHealth }
  readonly observe: { slowest(limit: number): Promise<readonly SlowQuery[]> }
  readonly auth: {
    hasOperators(): boolean
    /** The last origin whose page was refused cookies; null where none was. */
    refusedOrigin(): string | null
    /** Whether responses must not reveal who has an account. */
    hidesAccounts(): boolean
    /** All users are gone: nothing that was remembered of them holds. */
    invalidateAll(): void
  }
}

/** A list that took long, by its shape. */
export interface SlowQuery {
  readonly shape: string
  readonly count: number
  readonly slow: number
  readonly totalMs: number
  readonly maxMs: number
  readonly advice: QueryAdvice | null
}
