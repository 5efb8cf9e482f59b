import { join, resolve } from 'node:path'
import { createAudit } from '@koyalite/audit'
import { SYSTEM } from '@koyalite/contracts'
import {
  type CommandLine,
  createDevNotes,
  createLog,
  createMetrics,
  type Log,
  type Metrics,
  NO_DEV_NOTES,
} from '@koyalite/kernel'
import {
  createMigrationRunner,
  createSchemaPlanner,
  ensureSystemTables,
  type MigrationRunner,
  newerDatabaseProblem,
  type SchemaPlanner,
  storedSchema,
  type UpToDate,
  withUntypedTables,
} from '@koyalite/migrations'
import type { Restart } from '@koyalite/operations'
import { SQL_FUNCTIONS } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { SERVICES } from './compose'
import { databaseMetrics } from './database-metrics'
import { holdRestoredWork } from './hold-restored-work'
import { identifyInstance } from './identify-instance'
import {
  brokenSchemaLines,
  databasePathOf,
  type Loaded,
  type LoadOptions,
  type ReadProject,
  readProject,
} from './load-project'
import { migrationCommand } from './migration-process'
import { finishFiles, lockProject, makeFolders, openingError, ownCommandName } from './open-files'
import { ProjectError } from './project-error'
import {
  changeLines,
  heldBackLines,
  type MigrateMode,
  migrateProject,
  migrationsContext,
  snapshotsFolder,
  withUsableRules,
} from './project-migrations'
import { readerCommand } from './reader-command'
import { createSchemaChanges } from './schema-changes'
import { type Served, type ServedServices, serveServices } from './serve-services'
import { createSettingsHost } from './settings-host'
import { requireSoundSecrets } from './sound-secrets'
import { noteOnTerminal } from './terminal-note'
import type { WorkerGroup } from './worker-group'

export interface ProjectOptions extends LoadOptions {
  /** Where the log goes besides its file. */
  readonly terminal?: 'pretty' | 'json' | 'none'
  /** `dev`: mails are shown instead of only sent. */
  readonly mode?: 'dev' | 'start'
  /** What is done to the database first. Where that cannot be done, `dev` and tools serve what the tables are; `start` with `apply` refuses. */
  readonly migrate?: MigrateMode
  /** Lines for whoever develops with this: see DevNotes. */
  readonly onNote?: (lines: readonly string[]) => void
  /** With `dev`: a command as its developer would type it where they are. */
  readonly commandLine?: CommandLine
  /** A step of a long change of the schema begins, while the project is opened or after that. */
  readonly onMigrating?: (step: string, loaded: Loaded) => void
  /** Cancels the opening, and a long schema change with it. */
  readonly signal?: AbortSignal
  /** Whoever serves it is to close it and open it again; absent where nobody serves it. */
  readonly onRestart?: Restart
}

export interface Project {
  readonly dir: string
  readonly database: Database
  readonly databasePath: string
  /** Null for a database in memory. */
  readonly keysDir: string | null
  readonly log: Log
  readonly metrics: Metrics
  readonly services: Omit<ServedServices, 'current' | 'use' | 'close'>
  /** Lines for what opening has changed in the database. */
  readonly changes: readonly string[]
  /** Why the schema that is served is not the one of schema.yaml; empty where it is. */
  readonly heldBack: readonly string[]
  /** `schema` is what the tables are; where services could not follow a migration it is not, and the server is not ready. */
  current(): Served
  /** Serves these settings and this schema from now on. The database is migrated first; where that fails, what it is then is served. */
  replace(loaded: Loaded): Promise<UpToDate>
  /** Ends a long change of the schema; what it has not finished is undone. False where none runs. */
  cancelMigration(): boolean
  /** Whether a file is as this server has written it itself. @param file relative to the project's folder */
  isOwnWrite(file: string): boolean
  /** Processes that serve the same, and follow every change of it. */
  serveWith(workers: WorkerGroup): void
  close(): Promise<void>
}

/** Opens a project for this process alone: no other process can open it at the same time. Throws ProjectError. */
export async function openProject(options: ProjectOptions): Promise<Project> {
  const dir = resolve(options.dir)
  const read = await readProject(options)
  if (read.schema === null && !isTool(options)) throw new ProjectError(read.problems)
  const { settings } = read
  const databasePath = databasePathOf(dir, settings)
  await makeFolders(dir, databasePath)
  const lock = await lockProject(databasePath, {
    command: options.mode === undefined ? ownCommandName() : `koyalite ${options.mode}`,
    serves: options.mode !== undefined,
  })
  const log = await createLog({
    settings: settings.logs,
    dir: join(dir, 'data', 'logs'),
    terminal: options.terminal === 'json' && !settings.logs.stdout ? 'none' : (options.terminal ?? 'none'),
  })
  let database: Database | undefined
  try {
    await finishFiles(dir, databasePath)
    const key = settings.database.encryption_key
    requireSoundSecrets({ dir, databasePath, key })
    database = await openDatabase({
      path: databasePath,
      ...(key === null ? {} : { key }),
      durability: settings.database.durability,
      functions: SQL_FUNCTIONS,
      readerCommand: readerCommand(),
      threads: options.mode === undefined ? 'when_needed' : 'at_start',
      onDamaged: (message) => noteOnTerminal('warning', message),
      onFatal(_error, message) {
        noteOnTerminal('error', message)
        process.exit(1)
      },
      changes: { keepMs: settings.database.changes.keep, maxBytes: settings.database.changes.max_bytes },
      log,
    })
    const newer = newerDatabaseProblem(database, (options.services ?? SERVICES).tables)
    if (newer !== null) throw new ProjectError([`${databasePath}: ${newer}`])
    const parts = { dir, databasePath, database, log, options, unlock: () => lock.release() }
    return await serveFrom(parts, withSchema(read, database), read.problems)
  } catch (error) {
    // What failed first is what is reported, and the lock is released whatever follows.
    await database?.close().catch(() => {})
    await log.close().catch(() => {})
    lock.release()
    throw openingError(error, databasePath)
  }
}

/** Commands work with what the database has where schema.yaml cannot be used; a server that starts does not. */
function isTool({ migrate = 'apply' }: ProjectOptions): boolean {
  return migrate !== 'apply'
}

/** With the schema of schema.yaml, or else of the tables. Throws ProjectError where they have none. */
function withSchema({ problems, schema, ...read }: ReadProject, database: Database): Loaded {
  const usable = schema ?? storedSchema(database)
  if (usable === null) throw new ProjectError(problems)
  return { ...read, schema: usable }
}

interface OpenParts {
  readonly dir: string
  readonly databasePath: string
  readonly database: Database
  readonly log: Log
  readonly options: ProjectOptions
  readonly unlock: () => void
}

async function serveFrom(
  { dir, databasePath, database, log, options, unlock }: OpenParts,
  first: Loaded,
  problems: readonly string[],
): Promise<Project> {
  const { mode = 'start' } = options
  const migrate = problems.length > 0 ? 'none' : (options.migrate ?? 'apply')
  const metrics = createMetrics()
  metrics.register(...databaseMetrics(database))
  const { record } = createAudit({ database })
  const { services: list = SERVICES } = options
  const runner = openRunner({ dir, databasePath, options }, first)
  const planner = openPlanner(databasePath, first)
  const migrated = { dir, databasePath, database, systemTables: list.tables, record, runner, planner }
  const servable = (schema: Schema, loaded: Schema) => withUntypedTables(database, withUsableRules(schema, loaded))
  let workers: WorkerGroup | null = null
  const changes = createSchemaChanges({
    project: migrated,
    load: options,
    mode,
    services: () => services,
    workers: () => workers,
    runner,
    log,
    servable,
  })
  options.signal?.addEventListener('abort', changes.cancel)
  const atOpening = await migrationsContext(migrated, first.schema, SYSTEM)
  const opened = await migrateProject(atOpening, migrate)
  if (opened.kind !== 'applied' && migrate === 'apply' && mode === 'start')
    throw new ProjectError(heldBackLines(opened))
  // A project served without its migrations still needs the services' own tables.
  if (opened.kind !== 'applied') await ensureSystemTables(atOpening)
  const keysDir = databasePath === ':memory:' ? null : join(dir, 'data', 'keys')
  const { instance, copied } = await identifyInstance({ database, keysDir, log, record })
  const restored = await holdRestoredWork({ database, log, record })
  const isStarted = options.mode === 'start'
  const devNotes = options.onNote === undefined ? NO_DEV_NOTES : createDevNotes(options.onNote)
  const services = await serveServices(
    {
      ...{ dir, databasePath, keysDir, instance, database, log, metrics, mode, isStarted, devNotes },
      commandLine: mode === 'dev' ? (options.commandLine ?? null) : null,
      restart: options.onRestart ?? null,
      services: list,
      migrations: changes.host,
      settingsHost: createSettingsHost(options, { current: () => services.current(), use: changes.useSettings }),
      checks: [changes.check],
      workers: () => workers,
    },
    { ...first, schema: servable(opened.schema, first.schema) },
  )
  return {
    ...{ dir, database, databasePath, keysDir, log, metrics, services },
    changes: [copied, restored].filter((line) => line !== null).concat(changeLines(opened)),
    heldBack: [...brokenSchemaLines(problems), ...heldBackLines(opened)],
    current: services.current,
    replace: changes.replace,
    cancelMigration: changes.cancel,
    isOwnWrite: changes.isOwnWrite,
    serveWith(group) {
      workers = group
    },
    async close() {
      options.signal?.removeEventListener('abort', changes.cancel)
      try {
        services.drain()
      } finally {
        changes.cancel()
        await changes.settled()
        try {
          await services.close()
        } finally {
          await database.close().finally(unlock)
          await log.close()
        }
      }
    },
  }
}

/** Null for a database in memory: no other process can open that. */
function openRunner(
  { dir, databasePath, options }: Pick<OpenParts, 'dir' | 'databasePath' | 'options'>,
  first: Loaded,
): MigrationRunner | null {
  if (databasePath === ':memory:') return null
  return createMigrationRunner({
    command: migrationCommand(),
    path: databasePath,
    key: first.settings.database.encryption_key ?? undefined,
    snapshots: snapshotsFolder(dir),
    onStep: (step) => options.onMigrating?.(step, first),
  })
}

/** The same. */
function openPlanner(databasePath: string, { settings }: Loaded): SchemaPlanner | null {
  if (databasePath === ':memory:') return null
  const key = settings.database.encryption_key ?? undefined
  return createSchemaPlanner({ command: migrationCommand(), path: databasePath, key })
}
