import type { AdminArea } from '@koyalite/contracts'

export type { AdminArea }
export type AdminAction = 'read' | 'write'

export function defineAdminArea(area: AdminArea): AdminArea {
  return area
}

/** What the server does and has done: live queries, metrics and requests have routes in it. */
export const LOGS_AREA = defineAdminArea({ name: 'logs', read: 'viewer', write: 'admin', scope: 'logs' })

/** The schema and its rules: migrations and rules both have routes in it. */
export const SCHEMA_AREA = defineAdminArea({ name: 'schema', read: 'viewer', write: 'admin', scope: 'schema' })
