import type { AuditActor } from '@koyalite/contracts'
import type { SideDatabase } from '@koyalite/sqlite'
import type { Execution } from '../executions/execution'

export const EXECUTIONS_TABLES: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS "executions" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "function" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "started_at" INTEGER NOT NULL,
  "request_id" TEXT NOT NULL,
  "value" TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS "executions_by_function" ON "executions" ("function", "id")`,
  `CREATE INDEX IF NOT EXISTS "executions_by_request" ON "executions" ("request_id")`,
]

export interface ExecutionFilter {
  readonly function?: string | undefined
  readonly status?: string | undefined
  readonly requestId?: string | undefined
  /** Only those before this one: their ids are in the order in which they began. */
  readonly before?: string | undefined
  readonly limit: number
}

export function putExecutions(database: SideDatabase, executions: readonly Execution[]): void {
  const text = `INSERT OR REPLACE INTO "executions" ("id", "function", "status", "started_at", "request_id", "value") VALUES (?, ?, ?, ?, ?, ?)`
  database.transaction(() => {
    for (const one of executions) {
      const { id, status, startedAt, requestId, ...value } = one
      database.run({ text, params: [id, one.function, status, startedAt, requestId, JSON.stringify(value)] })
    }
  })
}

/** The newest first. */
export function listExecutions(database: SideDatabase, filter: ExecutionFilter): readonly Execution[] {
  const conditions = [
    ['"function" = ?', filter.function],
    ['"status" = ?', filter.status],
    ['"request_id" = ?', filter.requestId],
    ['"id" < ?', filter.before],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined)
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([condition]) => condition).join(' AND ')}`
  const text = `SELECT "id", "status", "started_at", "request_id", "value" FROM "executions" ${where} ORDER BY "id" DESC LIMIT ?`
  return database.all({ text, params: [...conditions.map(([, value]) => value), filter.limit] }).map(toExecution)
}

export function findExecution(database: SideDatabase, id: string): Execution | null {
  const text = `SELECT "id", "status", "started_at", "request_id", "value" FROM "executions" WHERE "id" = ?`
  const [row] = database.all({ text, params: [id] })
  return row === undefined ? null : toExecution(row)
}

/** Removes those that began before a time, a portion at a time. Returns how many. */
export function pruneExecutions(database: SideDatabase, before: number, limit: number): number {
  const text = `DELETE FROM "executions" WHERE "id" IN (SELECT "id" FROM "executions" WHERE "started_at" < ? ORDER BY "id" LIMIT ?)`
  return database.run({ text, params: [before, limit] })
}

/** Removes the oldest. */
export function dropOldest(database: SideDatabase, count: number): number {
  const text = `DELETE FROM "executions" WHERE "id" IN (SELECT "id" FROM "executions" ORDER BY "id" LIMIT ?)`
  return database.run({ text, params: [count] })
}

interface StoredValue extends Omit<Execution, 'id' | 'status' | 'startedAt' | 'requestId'> {
  readonly actor: AuditActor
}

function toExecution([id, status, startedAt, requestId, value]: readonly unknown[]): Execution {
  const stored: StoredValue = JSON.parse(String(value))
  return {
    ...stored,
    // Of versions without jobs.
    job: stored.job ?? null,
    id: String(id),
    status: status as Execution['status'],
    startedAt: Number(startedAt),
    requestId: String(requestId),
  }
}
