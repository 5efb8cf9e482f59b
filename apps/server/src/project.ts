import { join, resolve } from 'node:path'
import { AUDIT_TABLES, type Audit, createAudit } from '@koyalite/audit'
import { AUTH_TABLES, openAuthRuntime } from '@koyalite/auth'
import { createBackupSchedule, type WorkersHealth } from '@koyalite/backups'
import { type Actor, SYSTEM } from '@koyalite/contracts'
import { IDEMPOTENCY_TABLES } from '@koyalite/data'
import { createMail, MAIL_TABLES } from '@koyalite/jobs'
import {
  createLog,
  createMetrics,
  createTasks,
  every,
  type Log,
  type Metrics,
  startRuntimeThreads,
} from '@koyalite/kernel'
import {
  createMigrationRunner,
  ensureSystemTables,
  type MigrationHost,
  type MigrationsContext,
  newerDatabaseProblem,
  storedSchema,
  type UpToDate,
  withUntypedTables,
} from '@koyalite/migrations'
import { SQL_FUNCTIONS } from '@koyalite/query'
import { openRealtime, openResumeKey, type Realtime, type RealtimeStats } from '@koyalite/realtime'
import type { Schema } from '@koyalite/schema'
import { type Database, keepMaintenanceThread, openDatabase } from '@koyalite/sqlite'
import { type Composed, compose } from './compose'
import { databaseMetrics } from './database-metrics'
import { holdRestoredMails } from './hold-restored-mails'
import { identifyInstance } from './identify-instance'
import {
  brokenSchemaLines,
  databasePathOf,
  type Loaded,
  type LoadOptions,
  type ReadProject,
  readProject,
  readSchema,
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
  readSchemaText,
  snapshotsFolder,
  withUsableRules,
  writeSchemaText,
} from './project-migrations'
import { readerCommand } from './reader-command'
import { requireSoundSecrets } from './sound-secrets'
import { noteOnTerminal } from './terminal-note'

export interface ProjectOptions extends LoadOptions {
  /** Where the log goes besides its file. */
  readonly terminal?: 'pretty' | 'json' | 'none'
  /** `dev`: mails are shown instead of only sent. */
  readonly mode?: 'dev' | 'start'
  /** What is done to the database first. Where that cannot be done, `dev` and tools serve what the tables are; `start` with `apply` refuses. */
  readonly migrate?: MigrateMode
  /** A step of a long change of the schema begins, while the project is opened or after that. */
  readonly onMigrating?: (step: string, loaded: Loaded) => void
  /** Gives the opening up, and a long change of the schema with it. */
  readonly signal?: AbortSignal
}

export interface Project {
  readonly dir: string
  readonly database: Database
  readonly databasePath: string
  readonly log: Log
  readonly metrics: Metrics
  readonly audit: Audit
  /** To be closed before the server that its connections are of. */
  readonly realtime: Realtime
  /** Lines for what opening has changed in the database. */
  readonly changes: readonly string[]
  /** Why the schema that is served is not the one of schema.yaml; empty where it is. */
  readonly heldBack: readonly string[]
  /** `schema` is what the tables are. */
  current(): Loaded & Composed
  /** Serves these settings and this schema from now on. The database is migrated first; where that fails, what it is then is served. */
  replace(loaded: Loaded): Promise<UpToDate>
  /** Ends a long change of the schema; what it has not finished is undone. False where none runs. */
  cancelMigration(): boolean
  /** Processes that serve the same, and are told of every change of it. */
  follow(followers: Followers): void
  /** Starts the threads that serving needs. Later the system may have none left; then those that run go on. */
  startThreads(): Promise<void>
  /** Where the server was found to listen: the address in links of mails, unless the settings have one. Tasks run by their schedules from then on. */
  listensAt(url: string): void
  close(): Promise<void>
}

/** Other processes that serve a project beside the one that writes. */
export interface Followers {
  /** Resolves when they answer nothing themselves, until `release`. */
  hold(): Promise<void>
  /** Resolves when they serve this. */
  release(loaded: Loaded): Promise<void>
  /** The metrics of all, with those of this process. */
  metricsText(own: string): Promise<string>
  /** What each of them has of live queries. */
  realtimeStats(): Promise<readonly RealtimeStats[]>
  health(): WorkersHealth
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
    terminal: options.terminal ?? 'none',
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
      onDamaged: (message) => noteOnTerminal('warning', message),
      onFatal(_error, message) {
        noteOnTerminal('error', message)
        process.exit(1)
      },
      changes: { keepMs: settings.database.changes.keep, maxBytes: settings.database.changes.max_bytes },
      log,
    })
    const newer = newerDatabaseProblem(database, SYSTEM_TABLES)
    if (newer !== null) throw new ProjectError([`${databasePath}: ${newer}`])
    const parts = { dir, databasePath, database, log, options, unlock: () => lock.release() }
    return await serveFrom(parts, withSchema(read, database), read.problems)
  } catch (error) {
    await database?.close()
    await log.close()
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
  const tasks = createTasks({ log, metrics })
  tasks.add({
    name: 'changes.prune',
    summary: 'Removes what the change log need not remember any longer',
    schedule: every(60_000),
    run: async () => `${await database.prune()} changes removed`,
  })
  const audit = createAudit({ database })
  audit.addTasks(tasks, () => current.settings.audit.keep)
  const runner =
    databasePath === ':memory:'
      ? null
      : createMigrationRunner({
          command: migrationCommand(),
          path: databasePath,
          key: first.settings.database.encryption_key ?? undefined,
          snapshots: snapshotsFolder(dir),
          onStep: (step) => options.onMigrating?.(step, first),
        })
  const cancelMigration = () => runner?.cancel() ?? false
  options.signal?.addEventListener('abort', cancelMigration)
  const migrated = { dir, databasePath, database, systemTables: SYSTEM_TABLES, record: audit.record, runner }
  const atOpening = await migrationsContext(migrated, first.schema, SYSTEM)
  const opened = await migrateProject(atOpening, migrate)
  if (opened.kind !== 'applied' && migrate === 'apply' && mode === 'start')
    throw new ProjectError(heldBackLines(opened))
  // What is served without its migrations needs the services' own tables all the same.
  if (opened.kind !== 'applied') await ensureSystemTables(atOpening)
  const keysDir = databasePath === ':memory:' ? null : join(dir, 'data', 'keys')
  const { instance, copied } = await identifyInstance({ database, keysDir, log, record: audit.record })
  const restored = await holdRestoredMails({ database, log, record: audit.record })
  const authRuntime = await openAuthRuntime({
    database,
    tasks,
    log,
    keysDir,
    instance,
    userExists: (reads, id) => current.auth.userExists(reads, id),
  })
  const mail = createMail({ database, tasks, settings: first.settings, mode, log, secrets: authRuntime.secrets })
  const servable = (schema: Schema, loaded: Schema) => withUntypedTables(database, withUsableRules(schema, loaded))
  const served = servable(opened.schema, first.schema)
  const realtime = openRealtime({
    database,
    ...first,
    schema: served,
    credentials: {
      identify: (token) => current.auth.identify(token),
      credentialOf: (headers) => current.auth.credentialOf(headers),
      subscribe: (listener) => authRuntime.verified.subscribe(listener),
    },
    charge: (sender) => current.chargeMessage(sender),
    resumeKey: await openResumeKey(keysDir, instance.id),
    audit,
    log,
    metrics,
    others: async () => followers?.realtimeStats() ?? [],
  })
  const backupSchedule = createBackupSchedule(tasks, (plan) => current.backups.scheduled(plan))
  backupSchedule.followSettings(first.settings.backups)
  // Until it is known where the server listens: where it will by the settings.
  let url = `http://${first.settings.server.host}:${first.settings.server.port}`
  let followers: Followers | null = null
  const composed = (loaded: Loaded): Loaded & Composed => ({
    ...loaded,
    ...compose({
      ...loaded,
      database,
      log,
      metrics,
      audit,
      mode,
      isStarted: options.mode === 'start',
      tasks,
      mail,
      authRuntime,
      realtime,
      migrations,
      workers: () => followers?.health() ?? null,
      backupSchedule,
      metricsText: async () => followers?.metricsText(metrics.text()) ?? metrics.text(),
      publicUrl: () => loaded.settings.server.url ?? url,
      dir,
      databasePath,
      afterReset: async () => {
        authRuntime.verified.forget({ kind: 'anything' })
      },
    }),
  })
  /** What is served, with the schema of the files as they are now; where that has mistakes, with its own. */
  const ofFiles = async (): Promise<Loaded & { readonly problems: readonly string[] }> => {
    const read = await readForServing(options)
    const { problems } = read
    return read.schema === null
      ? { ...current, problems }
      : { ...current, schema: read.schema, warnings: read.warnings, problems }
  }
  let changing: Promise<unknown> = Promise.resolve()
  /** One change of the schema after the other; requests go on meanwhile, with what was served when they came. */
  const change = <T extends { readonly schema: Schema }>(
    loaded: () => Promise<Loaded & { readonly problems?: readonly string[] }>,
    by: Actor,
    work: (context: MigrationsContext) => Promise<T>,
  ): Promise<T> => {
    const next = changing.then(async () => {
      const { problems = [], ...target } = await loaded()
      await followers?.hold()
      try {
        const result = await work({ ...(await migrationsContext(migrated, target.schema, by)), problems })
        current = composed({ ...target, schema: servable(result.schema, target.schema) })
        backupSchedule.followSettings(current.settings.backups)
        mail.use(current.settings)
        realtime.use(current)
        return result
      } finally {
        await followers?.release(current)
      }
    })
    changing = next.catch(() => {})
    return next
  }
  const migrations: MigrationHost = {
    load: async () => {
      const { problems, ...target } = await ofFiles()
      return { ...(await migrationsContext(migrated, target.schema, SYSTEM)), problems }
    },
    change: (by, work) => change(ofFiles, by, work),
    parse: readSchemaText,
    readSource: () => readSchema(dir),
    writeSource: (text) => writeSchemaText(dir, text),
    running: () => runner?.running() ?? null,
    cancel: cancelMigration,
  }
  let current = composed({ ...first, schema: served })
  return {
    dir,
    database,
    databasePath,
    log,
    metrics,
    audit,
    realtime,
    changes: [copied, restored].filter((line) => line !== null).concat(changeLines(opened)),
    heldBack: [...brokenSchemaLines(problems), ...heldBackLines(opened)],
    current: () => current,
    replace: (loaded) =>
      change(
        async () => loaded,
        SYSTEM,
        (context) => migrateProject(context, 'apply'),
      ),
    cancelMigration,
    follow(all) {
      followers = all
    },
    async startThreads() {
      await Promise.all([startRuntimeThreads(), keepMaintenanceThread(), authRuntime.hasher.start()])
    },
    listensAt(address) {
      url = address
      tasks.start()
    },
    async close() {
      realtime.close()
      options.signal?.removeEventListener('abort', cancelMigration)
      cancelMigration()
      await changing
      await tasks.close()
      try {
        await mail.close()
        await authRuntime.close()
      } finally {
        await database.close().finally(unlock)
        await log.close()
      }
    },
  }
}

/** As readProject; settings with mistakes hold up what needs the files, and nothing else: those that are served stay. */
async function readForServing(
  options: ProjectOptions,
): Promise<ReadProject | { readonly schema: null; readonly problems: readonly string[] }> {
  try {
    return await readProject(options)
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error
    return { schema: null, problems: error.problems }
  }
}

/** The tables that services have for themselves. */
export const SYSTEM_TABLES = [AUTH_TABLES, AUDIT_TABLES, MAIL_TABLES, IDEMPOTENCY_TABLES]
