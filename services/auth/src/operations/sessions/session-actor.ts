import type { Actor } from '@koyalite/contracts'
import type { AuthContext } from '../../auth-context'
import { findAccount } from '../../store/accounts'
import { findOperator } from '../../store/operators'
import type { Session } from '../../store/sessions'
import { isOpen } from './begin-session'

/** Whether a session is still valid: by its dates, and by the status of its user. */
export function isAlive(context: AuthContext, session: Session): boolean {
  return isOpen(context, session, context.runtime.now()) && sessionActor(context, session) !== null
}

/** Of a session, whom it stands for. */
export type Represented = Pick<Session, 'id' | 'kind' | 'subject' | 'impersonator'>

/** Whom an open session stands for, as they are now; null for those who are gone, blocked or disabled. */
export function sessionActor(context: AuthContext, session: Represented): Actor | null {
  return session.kind === 'user' ? userActor(context, session) : operatorActor(context, session)
}

function userActor(context: AuthContext, session: Represented): Actor | null {
  const user = context.users.byId(context.database, session.subject)
  if (!user || findAccount(context.database, user.id).blockedAt !== null) return null
  const { id, email, role, verified, metadata, claims } = user
  const actor = { kind: 'user', id, email, role, verified, metadata, claims, sessionId: session.id } as const
  if (session.impersonator === null) return actor
  const operator = findOperator(context.database, session.impersonator)
  if (operator?.disabledAt !== null) return null
  return { ...actor, impersonator: { id: operator.id, email: operator.email } }
}

function operatorActor(context: AuthContext, session: Represented): Actor | null {
  const operator = findOperator(context.database, session.subject)
  if (operator?.disabledAt !== null) return null
  return { kind: 'operator', id: operator.id, email: operator.email, role: operator.role, sessionId: session.id }
}
