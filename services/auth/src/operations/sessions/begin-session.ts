import type { Tx } from '@koyalite/contracts'
import type { AuthContext, Visit } from '../../auth-context'
import { insertRefreshToken } from '../../store/refresh-tokens'
import { insertSession, type Session, type SignInMethod, type SubjectKind } from '../../store/sessions'
import { hashSecret, randomSecret } from '../../tokens/secret'

export const REFRESH_PREFIX = 'kr_'

/** A session and the token that renews it, which is never shown again. */
export interface OpenSession {
  readonly session: Session
  readonly refreshToken: string
}

/** Opens a session for somebody who has proved who they are. */
export function beginSession(
  context: AuthContext,
  tx: Tx,
  who: { readonly kind: SubjectKind; readonly subject: string; readonly method: SignInMethod; readonly visit: Visit },
): OpenSession {
  const { visit, kind, subject, method } = who
  const { absolute } = context.settings.auth.sessions
  const session: Session = {
    id: Bun.randomUUIDv7(),
    kind,
    subject,
    method,
    ip: visit.ip,
    userAgent: visit.userAgent,
    createdAt: visit.time,
    usedAt: visit.time,
    expiresAt: visit.time + absolute,
    impersonator: null,
  }
  insertSession(tx, session)
  const refreshToken = randomSecret(REFRESH_PREFIX)
  insertRefreshToken(tx, hashSecret(refreshToken), {
    sessionId: session.id,
    expiresAt: refreshExpiry(context, session, visit.time),
  })
  return { session, refreshToken }
}

/** A refresh token lives no longer than its session. Milliseconds since 1970. */
export function refreshExpiry(context: AuthContext, session: Session, now: number): number {
  return Math.min(now + context.settings.auth.jwt.refresh_ttl, session.expiresAt)
}

/** Whether a session is still open by its dates. */
export function isOpen(context: AuthContext, session: Session, now: number): boolean {
  return session.expiresAt > now && session.usedAt + context.settings.auth.sessions.inactivity > now
}
