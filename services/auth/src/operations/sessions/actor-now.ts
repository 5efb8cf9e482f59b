import { allowsAdmin } from '@koyalite/access'
import { type Actor, ANONYMOUS, type JobActor } from '@koyalite/contracts'
import { IMPERSONATION_AREA } from '../../admin-areas'
import type { AuthContext } from '../../auth-context'
import { findKeyById } from '../../store/keys'
import { sessionActor } from './session-actor'

/** No session: nothing that ends one ends what is done without it. */
const NO_SESSION = ''

/** See ActorDirectory. */
export function actorNow(context: AuthContext, subject: JobActor): Actor | null {
  switch (subject.kind) {
    case 'anonymous':
      return ANONYMOUS
    case 'system':
      return subject
    case 'service_key': {
      const key = findKeyById(context.database, subject.id)
      if (key === null || key.revoked_at !== null) return null
      return { kind: 'service_key', id: key.id, scopes: key.scopes }
    }
    case 'operator':
      return operatorNow(context, subject.id)
    case 'user': {
      const impersonator = subject.impersonator?.id ?? null
      if (impersonator !== null && !mayImpersonate(context, impersonator)) return null
      return sessionActor(context, { kind: 'user', id: NO_SESSION, subject: subject.id, impersonator })
    }
  }
}

function operatorNow(context: AuthContext, id: string): Actor | null {
  return sessionActor(context, { kind: 'operator', id: NO_SESSION, subject: id, impersonator: null })
}

/** A session in which an operator acts as somebody ends with their right to it: so does what they have left to be done. */
function mayImpersonate(context: AuthContext, id: string): boolean {
  const operator = operatorNow(context, id)
  return operator !== null && allowsAdmin(operator, IMPERSONATION_AREA, 'write')
}
