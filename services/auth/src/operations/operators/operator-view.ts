import { operatorPermissions } from '@koyalite/access'
import type { Operator } from '../../store/operators'

/** What may be shown of an operator. */
export function operatorView(operator: Operator) {
  const { id, email, role, createdAt, disabledAt } = operator
  return {
    id,
    email,
    role,
    permissions: operatorPermissions(role),
    created_at: new Date(createdAt).toISOString(),
    disabled_at: disabledAt === null ? null : new Date(disabledAt).toISOString(),
  }
}
