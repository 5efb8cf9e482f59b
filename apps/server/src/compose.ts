import { auditService } from '@koyalite/audit'
import { authService } from '@koyalite/auth'
import type { AdminArea, DenialObserver, KeptRows } from '@koyalite/contracts'
import { dataService } from '@koyalite/data'
import { eventsService } from '@koyalite/events'
import { type FunctionFiles, functionsService } from '@koyalite/functions-service'
import { hooksService } from '@koyalite/hooks-service'
import { jobsService } from '@koyalite/jobs'
import {
  BASE_SETTINGS,
  type CommandLine,
  type DevNotes,
  type HttpApp,
  type Instance,
  type Log,
  listServices,
  type Metrics,
  type Outbound,
  type PrimaryRole,
  type RateLimiter,
  type RequestLimits,
  type Role,
  type SecretBox,
  type Tasks,
} from '@koyalite/kernel'
import { type MailAdapters, mailService } from '@koyalite/mail'
import { type MigrationHost, migrationsService } from '@koyalite/migrations'
import { observeService } from '@koyalite/observe'
import { operationsService, type Restart, type SettingsHost, type WorkersHealth } from '@koyalite/operations'
import { realtimeService } from '@koyalite/realtime'
import { type LoadedRules, type RuleSandbox, rulesService } from '@koyalite/rules'
import { schedulesService } from '@koyalite/schedules'
import type { Schema } from '@koyalite/schema'
import { sqlService } from '@koyalite/sql'
import type { Database } from '@koyalite/sqlite'
import { studioService } from '@koyalite/studio-service'
import { webhooksService } from '@koyalite/webhooks'
import type { z } from 'zod'
import { changesService } from './changes-service'
import type { LoadedBase } from './load-project'
import { tasksService } from './tasks-service'

/** What every process of a server has for its services. */
export interface WorkerParts {
  readonly role: Role
  readonly database: Database
  readonly log: Log
  readonly metrics: Metrics
  /** Background work; runs in the primary. */
  readonly tasks: Tasks
  readonly limiter: RateLimiter
  readonly limits: RequestLimits
  /** Calls to addresses that somebody else has chosen. */
  readonly outbound: Outbound
  readonly secrets: SecretBox
  readonly instance: Instance
  /** Folder of the keys; null for a database in memory. */
  readonly keysDir: string | null
  readonly mode: 'dev' | 'start'
  /** Lines on the terminal of `koyalite dev`. */
  readonly devNotes: DevNotes
  /** Explains to developers what rules hide from callers; null unless under `dev`. */
  readonly denials: DenialObserver | null
  /** Of all services. */
  readonly adminAreas: readonly AdminArea[]
  readonly mailAdapters: MailAdapters
  /** Where people reach this server, unless the settings say. */
  readonly publicUrl: () => string
  /** Where operators reach the studio: the same, or an address of its own. */
  readonly studioUrl: () => string
}

/** What the process has that stores. */
export interface PrimaryParts extends WorkerParts {
  readonly role: PrimaryRole
  /** The project's folder. */
  readonly dir: string
  /** Absolute, or `:memory:`. */
  readonly databasePath: string
  /** Whether `koyalite start` serves this, and not `dev` or a command by itself. */
  readonly isStarted: boolean
  /** Of KoyaLite. */
  readonly version: string
  /** How the schema is changed while it is served. */
  readonly migrations: MigrationHost
  /** How whoever develops with this types a command; null under `start`. */
  readonly commandLine: CommandLine | null
  /** Null without --workers. */
  readonly workers: () => WorkersHealth | null
  /** Whether a request has come through a proxy that is not trusted, to any process. */
  readonly hasUntrustedProxy: () => Promise<boolean>
  /** Starts the server again, in this process; null where none is served. */
  readonly restart: Restart | null
  /** The files of settings. */
  readonly settingsHost: SettingsHost
  /** What a restore leaves as it is now, of all services. */
  readonly kept: readonly KeptRows[]
  openSandbox(loaded: LoadedRules): Promise<RuleSandbox>
  /** Starts a process for statements that operators write. */
  readonly sqlCommand: readonly string[]
  /** The programs that run functions. */
  readonly functionFiles: FunctionFiles
  /** What clients of a schema know of its collections at run time. */
  readonly clientMetadata: (schema: Schema) => object
  /** The files of the client for Go, by name. */
  readonly goClient: (schema: Schema) => ReadonlyMap<string, string>
  /** What the code of functions reaches, as it is served now. */
  readonly internalApp: () => HttpApp
  /** To be called where a service has other routes than before. */
  readonly routesChanged: () => void
}

/**
 * The services, in the order in which they are opened: each gets the parts above and the ports of those before it, by name. A reload is followed in the
 * same order, closing is in reverse. Adding a service is adding a line.
 */
export const SERVICES = listServices<WorkerParts, PrimaryParts, LoadedBase, typeof BASE_SETTINGS>(BASE_SETTINGS)
  // What users, operators and keys did.
  .everywhere(auditService)
  // Requests and queries lately, for operators and developers.
  .everywhere(observeService)
  // Emails, sent after the write that asked for them.
  .everywhere(mailService)
  // Documents of the collections.
  .everywhere(dataService)
  // Who calls: users, sessions, providers, operators, service keys.
  .everywhere(authService)
  // Live queries.
  .everywhere(realtimeService)
  // Pruning of the change log.
  .primary(changesService)
  // Work that outlives a request: jobs and their queues.
  .primary(jobsService)
  // Functions that run by themselves.
  .primary(schedulesService)
  // Background work of all services, for operators.
  .primary(tasksService)
  // Tables that follow schema.yaml.
  .primary(migrationsService)
  // Changes of documents and what else happens, for those who asked to be notified.
  .primary(eventsService)
  // Events sent to addresses that operators have chosen.
  .primary(webhooksService)
  // Code of the project, in processes of its own.
  .primary(functionsService)
  // Code of the project inside of writes, in this process.
  .primary(hooksService)
  // Backups, dumps, reset, doctor.
  .primary(operationsService)
  // Explaining and testing rules.
  .primary(rulesService)
  // SQL that operators write.
  .primary(sqlService)
  // The studio's pages.
  .primary(studioService)

export type Services = typeof SERVICES

/** All settings; documentation and `dev` read there which need a restart. */
export const SETTINGS = SERVICES.settings

export type Settings = z.output<typeof SETTINGS.type>
