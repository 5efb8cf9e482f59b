import type { Tx } from '@koyalite/contracts'
import type { AuthContext, RequestContext } from '../../auth-context'
import { setSignedIn } from '../../store/accounts'
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
  who: {
    readonly kind: SubjectKind
    readonly subject: string
    readonly method: SignInMethod
    readonly request: RequestContext
  },
): OpenSession {
  const { request, kind, subject, method } = who
  const { absolute } = context.settings.auth.sessions
  const session: Session = {
    id: Bun.randomUUIDv7(),
    kind,
    subject,
    method,
    ip: request.ip,
    userAgent: request.userAgent,
    createdAt: request.time,
    usedAt: request.time,
    expiresAt: request.time + absolute,
    impersonator: null,
  }
  insertSession(tx, session)
  if (kind === 'user') setSignedIn(tx, subject, request.time)
  const refreshToken = randomSecret(REFRESH_PREFIX)
  insertRefreshToken(tx, hashSecret(refreshToken), {
    sessionId: session.id,
    expiresAt: refreshExpiry(context, session, request.time),
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

/** An access token for a session: it lives as long as the settings say, but no longer than the session. */
export async function issueAccessToken(
  context: AuthContext,
  session: Session,
): Promise<{ readonly accessToken: string; readonly expiresIn: number }> {
  const now = context.runtime.now()
  const expiresAt = Math.min(now + context.settings.auth.jwt.access_ttl, session.expiresAt)
  const accessToken = await context.tokens.sign({
    subject: session.subject,
    kind: session.kind,
    sessionId: session.id,
    expiresAt,
  })
  return { accessToken, expiresIn: Math.floor((expiresAt - now) / 1000) }
}
