import type { AuditEvent, Tx } from '@koyalite/contracts'
import { type ApiRequest, every, type Route, type Tasks } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import type { AuditContext } from './audit-context'
import { auditImpersonation } from './audit-impersonation'
import { auditRoutes } from './http/audit-routes'
import { pruneLog } from './operations/prune-log'
import { recordEvent } from './operations/record-event'

export interface Audit {
  readonly routes: readonly Route[]
  /** Keeps an event if, and only if, the write is committed. */
  record(tx: Tx, event: AuditEvent): void
  /** Keeps events that belong to no write; resolves when they are on the disk. */
  keep(events: readonly AuditEvent[]): Promise<void>
  /** Before every request of the server: stores what is done by impersonation. */
  auditImpersonation(request: ApiRequest, route: Route): Promise<void> | undefined
  /** Removes entries older than so many milliseconds, until the signal is aborted; returns how many. */
  prune(keep: number, signal?: AbortSignal): Promise<number>
  /** @param keep read anew for each run */
  addTasks(tasks: Pick<Tasks, 'add'>, keep: () => number): void
}

export interface AuditOptions {
  readonly database: Database
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

const DAY_MS = 86_400_000

/** The log of what people and keys did with the server itself. */
export function createAudit({ database, now = Date.now }: AuditOptions): Audit {
  const context: AuditContext = { database, now }
  return {
    routes: auditRoutes(context),
    record: (tx, event) => recordEvent(tx, event, now()),
    async keep(events) {
      await database.write((tx) => {
        for (const event of events) recordEvent(tx, event, now())
      })
    },
    auditImpersonation: (request, route) => auditImpersonation(context, request, route),
    prune: (keep, signal) => pruneLog(context, keep, signal),
    addTasks(tasks, keep) {
      tasks.add({
        name: 'audit.prune',
        summary: 'Removes audit log entries older than audit.keep',
        schedule: every(DAY_MS, { atStart: true }),
        run: async (signal) => `${await pruneLog(context, keep(), signal)} entries removed`,
      })
    },
  }
}
