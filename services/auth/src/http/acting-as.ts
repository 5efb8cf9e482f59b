import { OPERATORS_DATA, requireAdmin } from '@koyalite/access'
import { type Actor, ANONYMOUS, AppError } from '@koyalite/contracts'
import type { UnidentifiedRequest } from '@koyalite/kernel'
import { IMPERSONATION_AREA } from '../admin-areas'
import type { AuthContext } from '../auth-context'
import { sessionActor } from '../operations/sessions/session-actor'
import { requireKnownUser } from '../operations/users/manage-users'
import { findSession } from '../store/sessions'

const AS = 'koyalite-as'

/**
 * Whom a request of an operator under /api/admin/data/ is made as: the header `Koyalite-As` says `operator` (or is not sent), `anonymous` or
 * `user:<id>`. As somebody else, operators only read; as a user they need the right to impersonate, and every request is
 * audited under both names. Throws UNAUTHENTICATED, FORBIDDEN, NOT_FOUND for a user whom there is not, INVALID_REQUEST for
 * another header.
 */
export function actingAs(context: AuthContext, request: UnidentifiedRequest, caller: Actor): Actor {
  if (!request.path.startsWith(OPERATORS_DATA)) return caller
  if (caller.kind === 'anonymous') {
    throw new AppError('UNAUTHENTICATED', 'Sign in as an operator, or use the same route without /admin/data.')
  }
  if (caller.kind === 'user')
    throw new AppError('FORBIDDEN', 'This is for operators: use the same route without /admin/data.')
  const as = request.headers.get(AS)
  if (as === null || as === 'operator') return caller
  if (caller.kind !== 'operator') {
    actedBy(as)
    throw new AppError('FORBIDDEN', 'Only an operator, a person, can act as somebody else.')
  }
  const actor = actorActingAs(context, caller, as)
  const { method, path } = request
  if (method !== 'GET' && method !== 'HEAD' && path !== LIVE_TICKET && !path.startsWith(FUNCTIONS)) {
    throw new AppError(
      'FORBIDDEN',
      'As somebody else, operators only read: leave the header Koyalite-As out to write as yourself.',
    )
  }
  return actor
}

/** With it live queries are followed, which read. */
const LIVE_TICKET = `${OPERATORS_DATA}realtime/ticket`

/** Functions refuse by themselves what they would write for somebody else. */
const FUNCTIONS = `${OPERATORS_DATA}functions/`

/** The id of the user, or null for an anonymous caller. */
function actedBy(as: string): string | null {
  const [, user] = /^user:(.+)$/.exec(as) ?? []
  if (as === 'anonymous' || user !== undefined) return user ?? null
  throw new AppError('INVALID_REQUEST', "Koyalite-As is 'operator', 'anonymous' or 'user:<id>'.")
}

/** Whom an operator is seen as. Throws as `actingAs` does. */
export function actorActingAs(context: AuthContext, operator: OperatorActor, as: string): Actor {
  if (as === 'operator') return operator
  const user = actedBy(as)
  return user === null ? ANONYMOUS : userSeenBy(context, operator, user)
}

type OperatorActor = Actor & { readonly kind: 'operator' }

function userSeenBy(context: AuthContext, operator: OperatorActor, id: string): Actor {
  requireAdmin(operator, IMPERSONATION_AREA, 'write')
  const user = requireKnownUser(context, context.database, id)
  const session = findSession(context.database, operator.sessionId)
  if (session === null) throw new AppError('UNAUTHENTICATED', 'The session has ended: sign in again.')
  const actor = sessionActor(context, { ...session, kind: 'user', subject: user.id, impersonator: operator.id })
  if (actor === null) throw new AppError('FORBIDDEN', 'This account is blocked.')
  return actor
}
