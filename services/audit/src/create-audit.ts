import type { AuditEvent, AuditTrail, Tx } from '@koyalite/contracts'
import type { ApiRequest, Route } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import type { AuditContext } from './audit-context'
import { auditImpersonation } from './audit-impersonation'
import { auditRoutes } from './http/audit-routes'
import { pruneLog } from './operations/prune-log'
import { recordEvent } from './operations/record-event'

export interface Audit extends AuditTrail {
  readonly routes: readonly Route[]
  /** Called with each event, in the transaction that stores it. */
  onRecord(listener: (tx: Tx, event: AuditEvent) => void): void
  /** Before every request of the server: stores what is done by impersonation. */
  auditImpersonation(request: ApiRequest, route: Route): Promise<void> | undefined
  /** Removes entries older than so many milliseconds, until the signal is aborted; returns how many. */
  prune(keep: number, signal?: AbortSignal): Promise<number>
}

export interface AuditOptions {
  readonly database: Database
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/** The log of what people and keys did with the server itself. */
export function createAudit({ database, now = Date.now }: AuditOptions): Audit {
  const context: AuditContext = { database, now }
  const listeners: ((tx: Tx, event: AuditEvent) => void)[] = []
  const record = (tx: Tx, event: AuditEvent) => {
    recordEvent(tx, event, now())
    for (const listener of listeners) listener(tx, event)
  }
  return {
    routes: auditRoutes(context),
    record,
    onRecord: (listener) => void listeners.push(listener),
    async keep(events) {
      await database.write((tx) => {
        for (const event of events) record(tx, event)
      })
    },
    auditImpersonation: (request, route) => auditImpersonation(context, request, route),
    prune: (keep, signal) => pruneLog(context, keep, signal),
  }
}
