import type { AdminArea } from '@koyalite/contracts'

export type { AdminArea }
export type AdminAction = 'read' | 'write'

export function defineAdminArea(area: AdminArea): AdminArea {
  return area
}

/** What the server does and has done: live queries, metrics and requests have routes in it. */
export const LOGS_AREA = defineAdminArea({ name: 'logs', read: 'viewer', write: 'admin', scope: 'logs' })

/** What the server is set to: settings and what tries them have routes in it. */
export const SETTINGS_AREA = defineAdminArea({ name: 'settings', read: 'viewer', write: 'owner', scope: 'admin' })

/** The schema and its rules: migrations and rules both have routes in it. */
export const SCHEMA_AREA = defineAdminArea({ name: 'schema', read: 'viewer', write: 'admin', scope: 'schema' })

/**
 * Statements that only read, by every operator: they see all documents anyway. Those that write are for persons. The audit log shows what others have typed
 * to whoever may write.
 */
export const SQL_AREA = defineAdminArea({ name: 'sql', read: 'viewer', write: 'admin', scope: 'sql' })
