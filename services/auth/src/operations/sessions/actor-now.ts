import { type Actor, ANONYMOUS, type JobActor } from '@koyalite/contracts'
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
      return sessionActor(context, { kind: 'operator', id: NO_SESSION, subject: subject.id, impersonator: null })
    case 'user': {
      const impersonator = subject.impersonator?.id ?? null
      return sessionActor(context, { kind: 'user', id: NO_SESSION, subject: subject.id, impersonator })
    }
  }
}
