import { AUDIT_TABLES, type Audit } from '@koyalite/audit'
import { AUTH_TABLES, openAuthRuntime } from '@koyalite/auth'
import type { ServiceTables } from '@koyalite/contracts'
import { IDEMPOTENCY_TABLES } from '@koyalite/data'
import { createTasks, every, type Instance, type Log, type Metrics, startRuntimeThreads } from '@koyalite/kernel'
import { createMail, MAIL_TABLES } from '@koyalite/mail'
import type { MigrationHost } from '@koyalite/migrations'
import { createBackupSchedule } from '@koyalite/operations'
import { openRealtime, openResumeKey, type Realtime } from '@koyalite/realtime'
import { type Database, keepMaintenanceThread } from '@koyalite/sqlite'
import { type Composed, compose } from './compose'
import type { Followers } from './followers'
import type { Loaded } from './load-project'
import { MAIL_ADAPTERS } from './mail-adapters'

/** The tables that services have for themselves. */
export const SYSTEM_TABLES: readonly ServiceTables[] = [AUTH_TABLES, AUDIT_TABLES, MAIL_TABLES, IDEMPOTENCY_TABLES]

export interface ServicesOptions {
  readonly dir: string
  /** Absolute, or `:memory:`. */
  readonly databasePath: string
  /** Null for a database in memory. */
  readonly keysDir: string | null
  readonly instance: Instance
  readonly database: Database
  readonly log: Log
  readonly metrics: Metrics
  readonly audit: Audit
  readonly mode: 'dev' | 'start'
  /** Whether `koyalite start` serves this, and not `dev` or a command by itself. */
  readonly isStarted: boolean
  readonly migrations: MigrationHost
  readonly followers: () => Followers | null
}

/** The services of the process that writes. They live as long as its database is open; what they serve changes with `use`. */
export interface Services {
  readonly realtime: Realtime
  current(): Loaded & Composed
  /** Serves this from now on. Connections, limits, schedules and waiting mails stay. */
  use(loaded: Loaded): void
  /** Starts the threads that serving needs. Later the system may have none left; then those that run go on. */
  startThreads(): Promise<void>
  /** Where the server was found to listen. Tasks run by their schedules from then on. */
  listensAt(url: string): void
  /** In reverse: tasks first, for they work with all others. Connections have to be ended before, with the server. */
  close(): Promise<void>
}

export async function openServices(options: ServicesOptions, first: Loaded): Promise<Services> {
  const { database, log, metrics, audit, mode, keysDir, instance, followers } = options
  const tasks = createTasks({ log, metrics })
  tasks.add({
    name: 'changes.prune',
    summary: 'Removes old entries of the change log',
    schedule: every(60_000),
    run: async () => `${await database.prune()} changes removed`,
  })
  audit.addTasks(tasks, () => current.settings.audit.keep)
  const authRuntime = await openAuthRuntime({
    ...{ database, tasks, log, keysDir, instance },
    userExists: (reads, id) => current.auth.userExists(reads, id),
  })
  const mail = createMail({
    mailAdapters: MAIL_ADAPTERS,
    database,
    tasks,
    settings: first.settings,
    mode,
    log,
    secrets: authRuntime.secrets,
  })
  const realtime = openRealtime({
    database,
    ...first,
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
    others: async () => followers()?.realtimeStats() ?? [],
  })
  const backupSchedule = createBackupSchedule(tasks, (plan) => current.operations.scheduled(plan))
  backupSchedule.followSettings(first.settings.backups)
  // Until it is known where the server listens: where it will by the settings.
  let url = `http://${first.settings.server.host}:${first.settings.server.port}`
  const composed = (loaded: Loaded): Loaded & Composed => ({
    ...loaded,
    ...compose({
      ...options,
      ...loaded,
      tasks,
      mail,
      authRuntime,
      realtime,
      backupSchedule,
      workers: () => followers()?.health() ?? null,
      metricsText: async () => followers()?.metricsText(metrics.text()) ?? metrics.text(),
      publicUrl: () => loaded.settings.server.url ?? url,
      afterReset: async () => {
        authRuntime.verified.invalidate({ kind: 'anything' })
      },
    }),
  })
  let current = composed(first)
  return {
    realtime,
    current: () => current,
    use(loaded) {
      current = composed(loaded)
      backupSchedule.followSettings(loaded.settings.backups)
      mail.use(loaded.settings)
      realtime.use(loaded)
    },
    async startThreads() {
      await Promise.all([startRuntimeThreads(), keepMaintenanceThread(), authRuntime.hasher.start()])
    },
    listensAt(address) {
      url = address
      tasks.start()
    },
    async close() {
      await tasks.close()
      await mail.close()
      await authRuntime.close()
    },
  }
}
