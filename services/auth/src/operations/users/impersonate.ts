import { requireAdmin } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { IMPERSONATION_AREA } from '../../admin-areas'
import { type AuthContext, audit, type Visit } from '../../auth-context'
import { findAccount } from '../../store/accounts'
import { insertSession, type Session } from '../../store/sessions'
import { requireKnownUser } from './manage-users'

/** Short: a token that acts for somebody else is for one look. Milliseconds. */
export const IMPERSONATION_TTL = 15 * 60_000

/** Opens a session in which an operator acts as a user. It cannot be renewed, and what is done in it is audited under both names. */
export async function impersonate(context: AuthContext, visit: Visit, id: string): Promise<Session> {
  const { actor } = visit
  requireAdmin(actor, IMPERSONATION_AREA, 'write')
  if (actor.kind !== 'operator') throw new AppError('FORBIDDEN', 'Only an operator, a person, can act as a user.')
  const user = requireKnownUser(context, context.database, id)
  if (findAccount(context.database, user.id).blockedAt !== null)
    throw new AppError('FORBIDDEN', 'This account is blocked.')
  const session: Session = {
    id: Bun.randomUUIDv7(),
    kind: 'user',
    subject: user.id,
    method: 'impersonation',
    ip: visit.ip,
    userAgent: visit.userAgent,
    createdAt: visit.time,
    usedAt: visit.time,
    expiresAt: visit.time + IMPERSONATION_TTL,
    impersonator: actor.id,
  }
  await context.database.write((tx) => {
    insertSession(tx, session)
    audit(context, tx, visit, {
      event: 'impersonation.started',
      target: { kind: 'user', id: user.id, name: user.email },
      details: { session_id: session.id },
    })
  })
  return session
}
