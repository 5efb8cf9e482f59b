import { operatorPermissions, permissionsOf } from '@koyalite/access'
import { OPERATOR_ROLES } from '@koyalite/contracts'
import type { AuthContext } from '../../auth-context'

/** The roles of the application, from schema.yaml, and those of operators, each with all that it may. */
export function listRoles(context: AuthContext) {
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
