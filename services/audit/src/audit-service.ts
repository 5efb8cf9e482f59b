import { AppError, type AuditEvent, type AuditTrail, type Tx } from '@koyalite/contracts'
import { type ApiRequest, defineCall, defineService, every, type Role, type Route, type Tasks } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { AUDIT_AREA } from './admin-areas'
import { AUDIT_SETTINGS, type AuditSettings } from './audit-settings'
import { createAudit } from './create-audit'
import { AUDIT_TABLES } from './store/audit-log'

export interface AuditNeeds {
  readonly database: Database
  readonly role: Role
  readonly tasks: Pick<Tasks, 'add'>
  readonly loaded: { readonly settings: AuditSettings }
}

export interface AuditPort extends AuditTrail {
  /** Called with each event, in the transaction that stores it. */
  onRecord(listener: (tx: Tx, event: AuditEvent) => void): void
  /** Before every request of the server: stores what is done by impersonation. */
  auditImpersonation(request: ApiRequest, route: Route): Promise<void> | undefined
}

const DAY_MS = 86_400_000

/** What workers have kept, since the primary writes the log. */
const KEEP = defineCall<readonly AuditEvent[], void>('audit.keep')

/** The log of what people and keys did with the server itself. */
export const auditService = defineService({
  name: 'audit',
  tables: AUDIT_TABLES,
  settings: AUDIT_SETTINGS,
  adminAreas: [AUDIT_AREA],
  open({ database, role, tasks, loaded }: AuditNeeds) {
    const { routes, prune, ...audit } = createAudit({ database })
    let { settings } = loaded
    tasks.add({
      name: 'audit.prune',
      summary: 'Removes audit log entries older than audit.keep',
      schedule: every(DAY_MS, { atStart: true }),
      run: async (signal) => `${await prune(settings.audit.keep, signal)} entries removed`,
    })
    const port: AuditPort = role.kind === 'worker' ? { ...audit, keep: (events) => keepInPrimary(role, events) } : audit
    if (role.kind === 'primary') role.answer(KEEP, audit.keep)
    return {
      port,
      use(next) {
        settings = next.settings
      },
      routes: () => routes,
    }
  },
})

async function keepInPrimary(role: Role & { kind: 'worker' }, events: readonly AuditEvent[]): Promise<void> {
  try {
    await role.askPrimary(KEEP, events)
  } catch (cause) {
    throw new AppError('UNAVAILABLE', 'The audit log is temporarily not writable.', { cause })
  }
}
