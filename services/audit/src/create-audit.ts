import { requireAdmin } from '@koyalite/access'
import { AppError, type AuditEvent, type Tx } from '@koyalite/contracts'
import { every, type Route, type Tasks } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { entriesAnswer, headQuery, verdictAnswer } from './answer-schemas'
import type { AuditContext } from './audit-context'
import { auditImpersonation } from './audit-impersonation'
import { auditQuery, listEntries } from './operations/list-entries'
import { pruneLog } from './operations/prune-log'
import { recordEvent } from './operations/record-event'
import { verifyLog } from './operations/verify-log'
import type { ChainLink } from './store/audit-log'

export interface Audit {
  readonly routes: readonly Route[]
  /** Keeps an event if, and only if, the write is committed. */
  record(tx: Tx, event: AuditEvent): void
  /** Keeps events that belong to no write; resolves when they are on the disk. */
  keep(events: readonly AuditEvent[]): Promise<void>
  /** Wraps all routes of the server: what is done by impersonation is kept. */
  auditImpersonation(routes: readonly Route[]): readonly Route[]
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
    auditImpersonation: (routes) => auditImpersonation(context, routes),
    prune: (keep, signal) => pruneLog(context, keep, signal),
    addTasks(tasks, keep) {
      tasks.add({
        name: 'audit.prune',
        summary: 'Removes entries of the audit log that are older than audit.keep',
        schedule: every(DAY_MS, { atStart: true }),
        run: async (signal) => `${await pruneLog(context, keep(), signal)} entries removed`,
      })
    },
  }
}

function auditRoutes(context: AuditContext): readonly Route[] {
  const noStore = { 'cache-control': 'no-store' }
  return [
    {
      method: 'GET',
      path: '/api/admin/audit/verify',
      summary: 'Whether the audit log is as it was recorded',
      query: headQuery,
      answers: { 200: verdictAnswer },
      handle: async (request) => {
        requireAdmin(request.actor, 'audit', 'read')
        const verdict = await verifyLog(context, parseHead(request.query.get('head')))
        return { status: 200, body: JSON.stringify(verdict), headers: noStore }
      },
    },
    {
      method: 'GET',
      path: '/api/admin/audit',
      summary: 'What happened, newest first',
      query: auditQuery,
      answers: { 200: entriesAnswer },
      handle: async (request) => ({
        status: 200,
        body: await listEntries(context, request.actor, request.query),
        headers: noStore,
      }),
    },
  ]
}

/** `12:ab…`: number and hash of an entry. */
function parseHead(text: string | null): ChainLink | null {
  if (text === null) return null
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined)
    throw new AppError('INVALID_REQUEST', 'head is <number>:<hash> of an earlier verification.')
  return { seq: Number(seq), hash }
}
