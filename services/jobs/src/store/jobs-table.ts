import type {
  JobActor,
  JobChain,
  JobError,
  JobState,
  JsonValue,
  Reads,
  ServiceTables,
  Sql,
  SqlValue,
} from '@koyalite/contracts'

/**
 * `state` is what users see; `stage` is what the dispatcher looks for: `later` until `run_at`; `behind` others of its group, or the job that has its key;
 * `ready` to be claimed; `unhandled`: nobody runs such jobs; `held` in a copy of a project; `running`; `over`.
 *
 * `rank` is `run_at` less a minute for each step of priority: the order of that number is the order of priorities that rise by one a minute.
 * `slot`: it has one of the places of its group. `rerun`: what it is given when it runs once more after this run.
 */
export const JOBS_TABLES: ServiceTables = {
  service: 'jobs',
  steps: [
    [
      `CREATE TABLE IF NOT EXISTS "_koyalite_jobs" (
  "seq" INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "name" TEXT NOT NULL,
  "queue" TEXT NOT NULL,
  "state" TEXT NOT NULL CHECK ("state" IN ('waiting', 'running', 'retrying', 'done', 'dead', 'cancelled')),
  "stage" TEXT NOT NULL CHECK ("stage" IN ('later', 'behind', 'ready', 'unhandled', 'held', 'running', 'over')),
  "priority" INTEGER NOT NULL,
  "run_at" INTEGER NOT NULL,
  "rank" INTEGER NOT NULL,
  "payload" TEXT NOT NULL,
  "actor" TEXT,
  "chain" TEXT,
  "key" TEXT,
  "unique_key" TEXT,
  "key_until" INTEGER,
  "group_name" TEXT,
  "slot" INTEGER NOT NULL DEFAULT 0,
  "behind" INTEGER,
  "rerun" TEXT,
  "token" INTEGER NOT NULL DEFAULT 0,
  "boot" TEXT,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "errors" INTEGER NOT NULL DEFAULT 0,
  "crashes" INTEGER NOT NULL DEFAULT 0,
  "losses" INTEGER NOT NULL DEFAULT 0,
  "max_attempts" INTEGER,
  "retry_until" INTEGER,
  "cancelling" INTEGER NOT NULL DEFAULT 0,
  "progress" REAL,
  "result" TEXT,
  "error" TEXT,
  "created_at" INTEGER NOT NULL,
  "started_at" INTEGER,
  "finished_at" INTEGER
) STRICT`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_ready" ON "_koyalite_jobs" ("queue", "rank") WHERE "stage" = 'ready'`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_later" ON "_koyalite_jobs" ("run_at") WHERE "stage" = 'later'`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_behind" ON "_koyalite_jobs" ("name", "group_name", "priority" DESC) WHERE "stage" = 'behind' AND "behind" IS NULL`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_slots" ON "_koyalite_jobs" ("name", "group_name") WHERE "slot" = 1`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_blocked" ON "_koyalite_jobs" ("behind") WHERE "behind" IS NOT NULL`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_unhandled" ON "_koyalite_jobs" ("name") WHERE "stage" = 'unhandled'`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_held" ON "_koyalite_jobs" ("run_at") WHERE "stage" = 'held'`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_living_keys" ON "_koyalite_jobs" ("unique_key") WHERE "unique_key" IS NOT NULL AND "finished_at" IS NULL`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_kept_keys" ON "_koyalite_jobs" ("unique_key", "key_until") WHERE "key_until" IS NOT NULL`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_over" ON "_koyalite_jobs" ("state", "finished_at") WHERE "finished_at" IS NOT NULL`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_states" ON "_koyalite_jobs" ("state")`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_jobs_names" ON "_koyalite_jobs" ("name")`,
      `CREATE TABLE IF NOT EXISTS "_koyalite_job_queues" (
  "name" TEXT PRIMARY KEY,
  "paused_at" INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
    ],
  ],
}

export type JobStage = 'later' | 'behind' | 'ready' | 'unhandled' | 'held' | 'running' | 'over'

/** Times in milliseconds since 1970. */
export interface Job {
  readonly seq: number
  readonly id: string
  readonly name: string
  readonly queue: string
  readonly state: JobState['state']
  readonly stage: JobStage
  readonly priority: number
  readonly runAt: number
  /** JSON. */
  readonly payload: string
  readonly actor: JobActor | null
  readonly chain: JobChain | null
  readonly key: string | null
  readonly group: string | null
  readonly hasSlot: boolean
  /** The `seq` of the job that it waits for. */
  readonly behind: number | null
  readonly rerun: Given | null
  readonly token: number
  readonly boot: string | null
  /** Runs that began and were not interrupted. */
  readonly attempts: number
  readonly errors: number
  readonly crashes: number
  /** Runs that ended with the server's process. */
  readonly losses: number
  readonly maxAttempts: number | null
  readonly retryUntil: number | null
  readonly isCancelling: boolean
  readonly progress: number | null
  /** JSON. */
  readonly result: string | null
  readonly error: JobError | null
  readonly createdAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
}

/** What a run works on, and for whom: replaced together, or not at all. */
export interface Given {
  /** JSON. */
  readonly payload: string
  readonly actor: JobActor | null
  readonly chain: JobChain | null
}

const COLUMNS = `"seq", "id", "name", "queue", "state", "stage", "priority", "run_at", "payload", "actor", "chain", "key", "group_name", "slot", "behind",
  "rerun", "token", "boot", "attempts", "errors", "crashes", "losses", "max_attempts", "retry_until", "cancelling", "progress", "result", "error",
  "created_at", "started_at", "finished_at"`

/** @param rest of the statement, from WHERE on */
export function selectJobs(reads: Reads, rest: string, params: readonly SqlValue[]): Job[] {
  return reads.all(jobsSql(rest, params)).map(toJob)
}

function jobsSql(rest: string, params: readonly SqlValue[]): Sql {
  return { text: `SELECT ${COLUMNS} FROM "_koyalite_jobs" ${rest}`, params: [...params] }
}

export function findJob(reads: Reads, id: string): Job | null {
  return selectJobs(reads, 'WHERE "id" = ?', [id])[0] ?? null
}

export function rankOf(runAt: number, priority: number): number {
  return runAt - priority * 60_000
}

function toJob(row: readonly SqlValue[]): Job {
  const text = (index: number) => row[index] as string
  const number = (index: number) => row[index] as number
  return {
    seq: number(0),
    id: text(1),
    name: text(2),
    queue: text(3),
    state: text(4) as JobState['state'],
    stage: text(5) as JobStage,
    priority: number(6),
    runAt: number(7),
    payload: text(8),
    actor: parsed<JobActor>(row[9]),
    chain: parsed<JobChain>(row[10]),
    key: row[11] as string | null,
    group: row[12] as string | null,
    hasSlot: row[13] === 1,
    behind: row[14] as number | null,
    rerun: parsed<Given>(row[15]),
    token: number(16),
    boot: row[17] as string | null,
    attempts: number(18),
    errors: number(19),
    crashes: number(20),
    losses: number(21),
    maxAttempts: row[22] as number | null,
    retryUntil: row[23] as number | null,
    isCancelling: row[24] === 1,
    progress: row[25] as number | null,
    result: row[26] as string | null,
    error: parsed<JobError>(row[27]),
    createdAt: number(28),
    startedAt: row[29] as number | null,
    finishedAt: row[30] as number | null,
  }
}

/** Written by this service alone. */
function parsed<T>(value: SqlValue | undefined): T | null {
  return typeof value === 'string' ? (JSON.parse(value) as T) : null
}

export function asJson(value: JsonValue | JobActor | JobChain | JobError | Given | null): string | null {
  return value === null ? null : JSON.stringify(value)
}
