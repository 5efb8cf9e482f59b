import type { KeyScope, OperatorRole } from '@koyalite/contracts'

export type AdminAction = 'read' | 'write'

/** An area of the admin API, and who may use it. Everyone who may write may read. Owned by the service whose routes are in it. */
export interface AdminArea {
  /** As permissions name it: `users` in `users:read`. */
  readonly name: string
  /** The least role of an operator that suffices; null for none. */
  readonly read: OperatorRole | null
  readonly write: OperatorRole | null
  /** The scope of a service key that suffices; null: never a key. */
  readonly scope: KeyScope | null
  /** The collection it manages, if it is one: a scope limited to that collection suffices. */
  readonly collection?: string
}

export function defineAdminArea(area: AdminArea): AdminArea {
  return area
}

/** The schema and its rules: migrations and rules both have routes in it. */
export const SCHEMA_AREA = defineAdminArea({ name: 'schema', read: 'viewer', write: 'admin', scope: 'schema' })
