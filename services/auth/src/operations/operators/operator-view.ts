import { operatorPermissions } from '@koyalite/access'
import type { AuthContext } from '../../auth-context'
import type { Operator } from '../../store/operators'

/** What may be shown of an operator. */
export function operatorView({ adminAreas }: AuthContext, operator: Operator) {
  const { id, email, role, createdAt, disabledAt } = operator
  return {
    id,
    email,
    role,
    permissions: operatorPermissions(role, adminAreas),
    created_at: new Date(createdAt).toISOString(),
    disabled_at: disabledAt === null ? null : new Date(disabledAt).toISOString(),
  }
}
