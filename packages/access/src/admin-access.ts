import {
  type Actor,
  AppError,
  type GrantedScope,
  type KeyScope,
  OPERATOR_ROLES,
  type OperatorRole,
} from '@koyalite/contracts'
import { hasScope } from './key-scope'

export type AdminAction = 'read' | 'write'

interface AreaAccess {
  /** The least role of an operator that suffices; null for none. */
  readonly read: OperatorRole | null
  readonly write: OperatorRole | null
  /** The scope of a service key that suffices; null: never a key. */
  readonly scope: KeyScope | null
  /** The collection it manages, if it is one: a scope limited to that collection suffices. */
  readonly collection?: string
}

/**
 * The areas of the admin API, and who may use them. Everyone who may write may read. Mails hold links that sign in, so reading them
 * is for those who may act for users anyway; operators are a matter of persons, so that no key can make one.
 */
const AREAS = {
  users: { read: 'viewer', write: 'admin', scope: 'auth', collection: 'users' },
  sessions: { read: 'viewer', write: 'admin', scope: 'auth' },
  roles: { read: 'viewer', write: null, scope: 'auth' },
  impersonation: { read: null, write: 'admin', scope: null },
  operators: { read: 'admin', write: 'owner', scope: null },
  keys: { read: 'admin', write: 'admin', scope: 'admin' },
  signing_keys: { read: 'admin', write: 'admin', scope: 'admin' },
  audit: { read: 'viewer', write: null, scope: 'logs' },
  mail: { read: 'admin', write: 'admin', scope: 'admin' },
  schema: { read: 'viewer', write: 'admin', scope: 'schema' },
  sql: { read: 'admin', write: 'owner', scope: 'admin' },
  logs: { read: 'viewer', write: 'admin', scope: 'logs' },
  functions: { read: 'viewer', write: 'admin', scope: 'admin' },
  jobs: { read: 'viewer', write: 'admin', scope: 'admin' },
  backups: { read: 'admin', write: 'owner', scope: 'admin' },
  settings: { read: 'viewer', write: 'owner', scope: 'admin' },
} as const satisfies Record<string, AreaAccess>

export type AdminArea = keyof typeof AREAS
export const ADMIN_AREAS = Object.keys(AREAS) as readonly AdminArea[]

/** Whether an actor may use an area of the admin API. */
export function allowsAdmin(actor: Actor, area: AdminArea, action: AdminAction): boolean {
  const access: AreaAccess = AREAS[area]
  switch (actor.kind) {
    case 'system':
      return true
    case 'operator':
      return isAtLeast(actor.role, access.write) || (action === 'read' && isAtLeast(actor.role, access.read))
    case 'service_key':
      if (access.scope === null || access[action] === null) return false
      // A scope limited to some collections says nothing about what lies outside of collections.
      return hasScope(actor, access.scope, access.collection)
    case 'anonymous':
    case 'user':
      return false
  }
}

/** Throws what an actor is answered who may not use an area: UNAUTHENTICATED for a caller nobody knows, else FORBIDDEN. */
export function requireAdmin(actor: Actor, area: AdminArea, action: AdminAction): void {
  if (allowsAdmin(actor, area, action)) return
  if (actor.kind === 'anonymous') {
    throw new AppError('UNAUTHENTICATED', 'Sign in as an operator, or send a service key with the scope for this.')
  }
  throw new AppError('FORBIDDEN', `You may not ${action} here (${area}).`)
}

/** Whether an actor who may make keys may give one this scope: nobody makes a key that can do what they cannot. */
export function mayGrant(actor: Actor, granted: GrantedScope): boolean {
  if (!allowsAdmin(actor, 'keys', 'write')) return false
  return actor.kind !== 'operator' || actor.role === 'owner' || granted.scope !== 'admin'
}

/** What an operator of a role may do, as the admin API shows it: `users:read`, `users:write` … */
export function operatorPermissions(role: OperatorRole): readonly string[] {
  return ADMIN_AREAS.flatMap((area) => {
    const { read, write }: AreaAccess = AREAS[area]
    const mayWrite = isAtLeast(role, write)
    return [...(mayWrite || isAtLeast(role, read) ? [`${area}:read`] : []), ...(mayWrite ? [`${area}:write`] : [])]
  })
}

function isAtLeast(role: OperatorRole, least: OperatorRole | null): boolean {
  return least !== null && OPERATOR_ROLES.indexOf(role) <= OPERATOR_ROLES.indexOf(least)
}
