import { operatorPermissions, permissionsOf, requireAdmin } from '@koyalite/access'
import { OPERATOR_ROLES } from '@koyalite/contracts'
import { ROLES_AREA } from '../../admin-areas'
import type { AuthContext, Visit } from '../../auth-context'

/** The roles of the application, from schema.yaml, and those of operators, each with all that it may. */
export function listRoles(context: AuthContext, visit: Visit) {
  requireAdmin(visit.actor, ROLES_AREA, 'read')
  return {
    roles: [...context.schema.roles.values()].map(({ name, inherits }) => ({
      name,
      inherits,
      permissions: [...permissionsOf(context.schema, name)].sort(),
    })),
    operator_roles: OPERATOR_ROLES.map((name) => ({
      name,
      permissions: operatorPermissions(name, context.adminAreas),
    })),
  }
}
