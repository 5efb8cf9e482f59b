import { AppError } from '@koyalite/contracts'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { findAccount } from '../../store/accounts'
import { insertSession, type Session } from '../../store/sessions'
import { issueAccessToken } from '../sessions/begin-session'
import { requireKnownUser } from './manage-users'

/** Short: a token that acts for somebody else is for one look. Milliseconds. */
const IMPERSONATION_TTL = 15 * 60_000

/** What an operator gets who acts as a user: no refresh token, no cookies. */
export interface Impersonation {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly expires_in: number
  readonly user_id: string
}

/**
 * Opens a session in which an operator acts as a user. It cannot be renewed, and what is done in it is audited under
 * both names.
 */
export async function impersonate(context: AuthContext, request: RequestContext, id: string): Promise<Impersonation> {
  const { actor } = request
  if (actor.kind !== 'operator') throw new AppError('FORBIDDEN', 'Only an operator, a person, can act as a user.')
  const user = requireKnownUser(context, context.database, id)
  if (findAccount(context.database, user.id).blockedAt !== null)
    throw new AppError('FORBIDDEN', 'This account is blocked.')
  const session: Session = {
    id: Bun.randomUUIDv7(),
    kind: 'user',
    subject: user.id,
    method: 'impersonation',
    ip: request.ip,
    userAgent: request.userAgent,
    createdAt: request.time,
    usedAt: request.time,
    expiresAt: request.time + IMPERSONATION_TTL,
    impersonator: actor.id,
  }
  await context.database.write((tx) => {
    insertSession(tx, session)
    audit(context, tx, request, {
      event: 'impersonation.started',
      target: { kind: 'user', id: user.id, name: user.email },
      details: { session_id: session.id },
    })
  })
  const { accessToken, expiresIn } = await issueAccessToken(context, session)
  return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, user_id: user.id }
}
