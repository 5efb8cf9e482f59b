import type {
  AuditTrail,
  KeptRows,
  MailHealth,
  ProjectEvents,
  QueryAdvice,
  ScheduleHealth,
  WebhookHealth,
} from '@koyalite/contracts'
import type { BaseSettings, Environment, Log, SettingsOf, Variables } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import type { BACKUP_SETTINGS } from './backup-settings'
import type { IsolationSettings } from './doctor/check-isolation'
import type { WorkersHealth } from './doctor/check-workers'
import type { BackupSchedule } from './schedule/backup-schedule'
import type { SettingsHost } from './settings/settings-host'

/** What backups, dumps, reset and doctor work on. */
export interface OperationsContext {
  readonly database: Database
  readonly schema: Schema
  readonly settings: BaseSettings &
    SettingsOf<typeof BACKUP_SETTINGS> & {
      readonly functions: IsolationSettings
      readonly studio?: { readonly enabled: boolean; readonly same_origin: boolean }
    }
  readonly environment: Environment
  /** What `${VAR}` stands for in the settings. */
  readonly variables: Variables
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
  /** Paths of the backups that a restore needs; empty while none runs. One that has succeeded ends with the server that ran it. */
  readonly inRestore: Set<string>
  /** Starts the server again in this process, once what it answers now is answered; null where none is served. */
  readonly restart: Restart | null
  /** The files of settings. */
  readonly settingsHost: SettingsHost
  /** What a restore leaves as it is now. */
  readonly kept: readonly KeptRows[]
  /** How the other processes of the server are; null if there are none. */
  readonly workers: () => WorkersHealth | null
  /** Whether a request has come through a proxy that is not trusted, since the start. */
  readonly hasUntrustedProxy: () => Promise<boolean>
  /** Where people reach this server, unless the settings say. */
  readonly publicUrl: () => string
  readonly audit: Pick<AuditTrail, 'record'>
  readonly mail: { health(): MailHealth }
  readonly schedules: { health(): ScheduleHealth }
  readonly events: Pick<ProjectEvents, 'health'>
  readonly webhooks: { health(): readonly WebhookHealth[] }
  readonly functions: {
    /** Whether there is any. */
    hasAny(): boolean
    /** Those that run as plain processes. */
    plain(): Promise<readonly string[]>
  }
  readonly hooks: {
    /** Those that do not run any more. */
    off(): readonly { readonly place: string; readonly reason: string }[]
    /** Those that held the server until it was started again, and when. */
    stopped(): readonly { readonly place: string; readonly at: readonly string[] }[]
  }
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

/** @param undo the backup that is put back if the start fails */
export type Restart = (request: { readonly undo: string }) => void

/** A list that took long, by its shape. */
export interface SlowQuery {
  readonly shape: string
  readonly count: number
  readonly slow: number
  readonly totalMs: number
  readonly maxMs: number
  readonly advice: QueryAdvice | null
}
