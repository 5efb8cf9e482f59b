import { useOperator } from '../session/session-context'
import { useEditingLock } from '../shell/editing-lock'

/** Why the operator may not write documents of a collection, or null. */
export function useWriteReason(collection: string): string | null {
  const { role, permissions } = useOperator()
  const { reason } = useEditingLock()
  if (collection === 'users' && !permissions.includes('users:write')) return 'Your role cannot change users.'
  return role === 'viewer' ? 'Your role can read documents, not change them.' : reason
}
