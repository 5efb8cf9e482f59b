import { type Actor, ANONYMOUS, AppError } from '@koyalite/contracts'
import type { UnidentifiedRequest } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { ACCESS_COOKIE, CSRF_COOKIE, CSRF_HEADER, cookieName, readCookie } from '../cookies'
import { equalSecrets, hashSecret } from '../secret'
import { findAccount } from '../store/accounts'
import { findOperator } from '../store/operators'
import { findSession, type Session } from '../store/sessions'
import { type AccessClaims, invalidToken } from '../tokens/access-tokens'
import type { VerifiedToken } from '../tokens/verified-tokens'
import { bearerToken, KEY_PREFIX, verifyKey } from './authenticate-key'
import { isOpen } from './begin-session'

/** Where a credential that is not good any more must not be in the way of getting a new one. */
const NEEDS_NO_CREDENTIAL: ReadonlySet<string> = new Set([
  '/api/auth/register',
  '/api/auth/login',
  '/api/auth/refresh',
  '/api/auth/logout',
  '/api/auth/password/forgot',
  '/api/auth/password/reset',
  '/api/auth/email/verify',
  '/api/auth/email/confirm',
  '/api/auth/magic-link',
  '/api/auth/otp/request',
  '/api/auth/otp/verify',
  '/api/auth/anonymous',
  '/api/auth/mfa/totp/verify',
  '/api/auth/passkeys/login',
  '/api/auth/providers',
  '/api/auth/oauth/exchange',
  '/api/admin/login',
  '/api/admin/setup',
  '/api/admin/password',
  '/.well-known/jwks.json',
])

/**
 * Who makes a request, by its Authorization header, or by the cookie of cookie mode. A credential that is not good is an error, even where
 * anonymous callers would be welcome: whoever sends one wants to be somebody. Synchronous for whoever was seen before. Throws UNAUTHENTICATED.
 */
export function authenticate(context: AuthContext, request: UnidentifiedRequest): Actor | Promise<Actor> {
  try {
    const actor = identify(context, request)
    if (!(actor instanceof Promise)) return actor
    return actor.catch((error: unknown) => withoutCredential(request, error))
  } catch (error) {
    return withoutCredential(request, error)
  }
}

/** Whom an access token or service key stands for, whichever way it came: sockets bring theirs in a message. Throws UNAUTHENTICATED. */
export function identifyToken(context: AuthContext, token: string): VerifiedToken | Promise<VerifiedToken> {
  const known = context.runtime.verified.find(token, context.runtime.now())
  if (known !== undefined) return known
  return token.startsWith(KEY_PREFIX) ? verifyKey(context, token) : verify(context, token)
}

function withoutCredential(request: UnidentifiedRequest, error: unknown): Actor {
  if (error instanceof AppError && error.code === 'UNAUTHENTICATED' && needsNone(request.path)) {
    return ANONYMOUS
  }
  throw error
}

function needsNone(path: string): boolean {
  return NEEDS_NO_CREDENTIAL.has(path) || path.startsWith('/api/auth/oauth/')
}

function identify(context: AuthContext, request: UnidentifiedRequest): Actor | Promise<Actor> {
  const authorization = request.headers.get('authorization')
  if (authorization === null) return cookieActor(context, request)
  const verified = identifyToken(context, bearerToken(authorization))
  return verified instanceof Promise ? verified.then(({ actor }) => actor) : verified.actor
}

/** Browsers send cookies by themselves, so what changes something must show that a page of ours sent it. */
function cookieActor(context: AuthContext, request: UnidentifiedRequest): Actor | Promise<Actor> {
  const token = readCookie(context, request.headers, ACCESS_COOKIE)
  if (token === null || token === '') return ANONYMOUS
  // A key is for programs: one that is in a cookie was put there by somebody else.
  if (token.startsWith(KEY_PREFIX)) throw invalidToken()
  const verified = identifyToken(context, token)
  const actorOf = ({ actor, csrf }: VerifiedToken): Actor => {
    const isSafe = request.method === 'GET' || request.method === 'HEAD'
    if (!isSafe && !NEEDS_NO_CREDENTIAL.has(request.path)) requireCsrf(context, request, csrf)
    return actor
  }
  return verified instanceof Promise ? verified.then(actorOf) : actorOf(verified)
}

/** The token must be that of the session: a cookie that a sibling domain has planted does not help. */
function requireCsrf(context: AuthContext, request: UnidentifiedRequest, csrf: string | null): void {
  const sent = request.headers.get(CSRF_HEADER)
  if (sent !== null && csrf !== null && equalSecrets(hashSecret(sent), csrf)) return
  throw new AppError('FORBIDDEN', `Send the value of the cookie ${cookieName(context, CSRF_COOKIE)} as ${CSRF_HEADER}.`)
}

async function verify(context: AuthContext, token: string): Promise<VerifiedToken> {
  const claims = await context.tokens.verify(token)
  // From here on nothing is awaited: what is read is what is remembered, unless another process commits meanwhile.
  const { forgets } = context.runtime.verified
  const session = findSession(context.database, claims.sessionId)
  if (
    session?.kind !== claims.kind ||
    session.subject !== claims.subject ||
    !isOpen(context, session, context.runtime.now())
  ) {
    throw invalidToken()
  }
  const actor = session.kind === 'user' ? userActor(context, session) : operatorActor(context, session)
  if (actor === null) throw invalidToken()
  const verified: VerifiedToken = {
    actor,
    restsOn: [
      { kind: 'session', id: session.id },
      { kind: session.kind, id: session.subject },
    ],
    csrf: claims.csrf,
    expiresAt: expiryOf(context, claims, session),
  }
  if (context.runtime.verified.forgets === forgets) context.runtime.verified.remember(token, verified)
  return verified
}

function expiryOf(context: AuthContext, claims: AccessClaims, session: Session): number {
  return Math.min(claims.expiresAt, session.expiresAt, session.usedAt + context.settings.auth.sessions.inactivity)
}

function userActor(context: AuthContext, session: Session): Actor | null {
  const user = context.users.byId(context.database, session.subject)
  if (!user || findAccount(context.database, user.id).blockedAt !== null) return null
  const { id, email, role, verified, metadata } = user
  const actor = { kind: 'user', id, email, role, verified, metadata, sessionId: session.id } as const
  if (session.impersonator === null) return actor
  const operator = findOperator(context.database, session.impersonator)
  if (operator?.disabledAt !== null) return null
  return { ...actor, impersonator: { id: operator.id, email: operator.email } }
}

function operatorActor(context: AuthContext, session: Session): Actor | null {
  const operator = findOperator(context.database, session.subject)
  if (operator?.disabledAt !== null) return null
  return { kind: 'operator', id: operator.id, email: operator.email, role: operator.role, sessionId: session.id }
}
