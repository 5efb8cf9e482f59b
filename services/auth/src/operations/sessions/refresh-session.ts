import { AppError, type Tx } from '@koyalite/contracts'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { findAccount } from '../../store/accounts'
import { findOperator } from '../../store/operators'
import {
  deleteExpiredRefreshTokens,
  findRefreshToken,
  insertRefreshToken,
  markRefreshTokenUsed,
  type RefreshToken,
} from '../../store/refresh-tokens'
import { findSession, type Session, touchSession } from '../../store/sessions'
import { deriveSecret, hashSecret, randomSecret } from '../../tokens/secret'
import { isOpen, type OpenSession, REFRESH_PREFIX, refreshExpiry } from './begin-session'
import { endSession } from './end-sessions'

/** For this long a used token still returns the same successor, while that is unused: two tabs, a lost response. */
const REFRESH_GRACE = 10_000

/**
 * Renews a session: each refresh token works once and has one successor. SPEC.md, section R.
 * Throws UNAUTHENTICATED.
 */
export async function refreshSession(
  context: AuthContext,
  request: RequestContext,
  refreshToken: string,
): Promise<OpenSession> {
  const { value } = await context.database.write((tx) => rotate(context, tx, request, refreshToken))
  if (value.kind !== 'renewed')
    throw new AppError('UNAUTHENTICATED', 'The refresh token is invalid or has expired. Sign in again.')
  return value.open
}

type Rotation = { readonly kind: 'renewed'; readonly open: OpenSession } | { readonly kind: 'refused' }

function rotate(context: AuthContext, tx: Tx, request: RequestContext, token: string): Rotation {
  const now = request.time
  const hash = hashSecret(token)
  const known = findRefreshToken(tx, hash)
  if (!known || known.expiresAt <= now) return { kind: 'refused' }
  const session = findSession(tx, known.sessionId)
  if (!session) return { kind: 'refused' }
  if (known.used !== null) return again(context, tx, request, { token, session, used: known.used })
  if (!isOpen(context, session, now) || !mayGoOn(context, tx, session)) {
    endSession(context, tx, session.id)
    return { kind: 'refused' }
  }
  const salt = randomSecret()
  const refreshToken = deriveSecret(REFRESH_PREFIX, token, salt)
  const successor = hashSecret(refreshToken)
  markRefreshTokenUsed(tx, hash, { at: now, salt, successor })
  insertRefreshToken(tx, successor, { sessionId: session.id, expiresAt: refreshExpiry(context, session, now) })
  deleteExpiredRefreshTokens(tx, session.id, now)
  touchSession(tx, session.id, now)
  return { kind: 'renewed', open: { session: { ...session, usedAt: now }, refreshToken } }
}

interface Replay {
  readonly token: string
  readonly session: Session
  readonly used: NonNullable<RefreshToken['used']>
}

function again(context: AuthContext, tx: Tx, request: RequestContext, { token, session, used }: Replay): Rotation {
  const successor = findRefreshToken(tx, used.successor)
  if (request.time < used.at + REFRESH_GRACE && successor && successor.used === null) {
    // The successor can be computed again from the token: it is derived from it and from what was stored of its use.
    return { kind: 'renewed', open: { session, refreshToken: deriveSecret(REFRESH_PREFIX, token, used.salt) } }
  }
  // Somebody has a token that was used before: the session is over for everybody.
  endSession(context, tx, session.id)
  audit(context, tx, request, {
    event: 'auth.refresh_replayed',
    outcome: 'failure',
    actor: { kind: session.kind, id: session.subject, name: null },
    target: { kind: 'session', id: session.id },
  })
  return { kind: 'refused' }
}

/** Whether whom a session belongs to is still there and welcome. */
function mayGoOn(context: AuthContext, tx: Tx, { kind, subject }: Session): boolean {
  if (kind === 'operator') return findOperator(tx, subject)?.disabledAt === null
  return context.users.byId(tx, subject) !== null && findAccount(tx, subject).blockedAt === null
}
