import { type Actor, AppError, OPERATOR_ROLES, type OperatorRole, type RouteAccess } from '@koyalite/contracts'
import type { AdminAction, AdminArea } from './admin-area'
import { hasScope } from './key-scope'

/** Whether an actor may use an area of the admin API. */
export function allowsAdmin(actor: Actor, area: AdminArea, action: AdminAction): boolean {
  switch (actor.kind) {
    case 'system':
      return true
    case 'operator':
      return isAtLeast(actor.role, area.write) || (action === 'read' && isAtLeast(actor.role, area.read))
    case 'service_key':
      if (area.scope === null || area[action] === null) return false
      // A scope limited to some collections says nothing about what lies outside of collections.
      return hasScope(actor, area.scope, area.collection)
    case 'anonymous':
    case 'user':
      return false
  }
}

/** Throws UNAUTHENTICATED for an anonymous caller, FORBIDDEN for anybody else who may not use an area. */
export function requireAdmin(actor: Actor, area: AdminArea, action: AdminAction): void {
  if (allowsAdmin(actor, area, action)) return
  if (actor.kind === 'anonymous') {
    throw new AppError('UNAUTHENTICATED', 'Sign in as an operator, or use a service key with the required scope.')
  }
  throw new AppError('FORBIDDEN', `You may not ${action} here (${area.name}).`)
}

/** Access to a route of the admin API. */
export interface AdminAccess extends RouteAccess {
  readonly kind: 'admin'
  readonly area: AdminArea
  readonly action: AdminAction
}

export function admin(area: AdminArea, action: AdminAction): AdminAccess {
  return {
    kind: 'admin',
    area,
    action,
    description: description(area, action),
    check(actor) {
      requireAdmin(actor, area, action)
      return actor
    },
  }
}

/** What an operator of a role may do in these areas, as the admin API shows it: `users:read`, `users:write` … */
export function operatorPermissions(role: OperatorRole, areas: readonly AdminArea[]): readonly string[] {
  return areas.flatMap(({ name, read, write }) => {
    const mayWrite = isAtLeast(role, write)
    return [...(mayWrite || isAtLeast(role, read) ? [`${name}:read`] : []), ...(mayWrite ? [`${name}:write`] : [])]
  })
}

function description(area: AdminArea, action: AdminAction): string {
  const least = area[action] ?? area.write
  const roles = least === null ? [] : OPERATOR_ROLES.slice(0, OPERATOR_ROLES.indexOf(least) + 1)
  const operators = `Operators with the role ${roles.join(', ').replace(/, (\w+)$/, ' or $1')}`
  if (area.scope === null || area[action] === null) return `${operators}.`
  return `${operators}; service keys with the scope ${area.scope === 'admin' ? '' : `${area.scope} or `}admin.`
}

function isAtLeast(role: OperatorRole, least: OperatorRole | null): boolean {
  return least !== null && OPERATOR_ROLES.indexOf(role) <= OPERATOR_ROLES.indexOf(least)
}
