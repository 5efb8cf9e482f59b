import { type Actor, ANONYMOUS, AppError } from '@koyalite/contracts'
import { isOwnPage, isTrustedPage, type UnidentifiedRequest } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { bearerToken, KEY_PREFIX, verifyKey } from '../operations/keys/authenticate-key'
import { isOpen } from '../operations/sessions/begin-session'
import { sessionActor } from '../operations/sessions/session-actor'
import { findSession, type Session, type SubjectKind } from '../store/sessions'
import { type AccessClaims, invalidToken } from '../tokens/access-tokens'
import type { VerifiedToken } from '../tokens/verified-tokens'
import { csrfMissing, hasCsrfToken, openCookieToken, refusedCookie } from './cookie-token'
import { ACCESS_COOKIE, OPERATOR_COOKIE, readCookie } from './cookies'

/**
 * Who makes a request, by its Authorization header, or by the cookie of cookie mode. A credential that is not good is an error, even where
 * anonymous callers would be welcome: whoever sends one wants to be somebody. Synchronous for whoever was seen before. Throws UNAUTHENTICATED.
 */
export function authenticate(context: AuthContext, request: UnidentifiedRequest): Actor | Promise<Actor> {
  if (request.credentials === 'none') return ANONYMOUS
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
  const isRefused = error instanceof AppError && error.code === 'UNAUTHENTICATED'
  if (!isRefused || request.credentials === 'checked') throw error
  return ANONYMOUS
}

function identify(context: AuthContext, request: UnidentifiedRequest): Actor | Promise<Actor> {
  const authorization = request.headers.get('authorization')
  if (authorization === null) return request.credentials === 'header' ? ANONYMOUS : cookieActor(context, request)
  const verified = identifyToken(context, bearerToken(authorization))
  return verified instanceof Promise ? verified.then(({ actor }) => actor) : verified.actor
}

/**
 * Browsers send cookies by themselves, so what changes something must show that a page of ours sent it. Operators' cookies count under /api/admin/ and
 * users' everywhere else: no page of an application is ever an operator's.
 */
function cookieActor(context: AuthContext, request: UnidentifiedRequest): Actor | Promise<Actor> {
  const kind = isAdminPath(request.path) ? 'operator' : 'user'
  const value = readCookie(context, request.headers, kind === 'operator' ? OPERATOR_COOKIE : ACCESS_COOKIE)
  if (value === null || value === '') return ANONYMOUS
  const actorOf = ({ actor }: VerifiedToken): Actor => admitted(context, request, actor)
  const verified = identifyCookie(context, kind, value)
  return verified instanceof Promise ? verified.then(actorOf) : actorOf(verified)
}

function isAdminPath(path: string): boolean {
  return path.startsWith('/api/admin/')
}

function admitted(context: AuthContext, request: UnidentifiedRequest, actor: Actor): Actor {
  if (actor.kind !== 'user' && actor.kind !== 'operator') throw invalidToken()
  const isSafe = request.method === 'GET' || request.method === 'HEAD'
  if (isSafe || hasCsrfToken(context, request, { id: actor.sessionId, kind: actor.kind })) return actor
  if (request.credentials !== 'optional') throw csrfMissing(context, actor.kind)
  // Where somebody signs in anew the session before matters little; still no other site may act for it.
  return isPageOf(context, request, actor.kind) ? actor : ANONYMOUS
}

/** Whether the page that sends a request may use the cookies of such a session. */
export function isPageOf(
  context: AuthContext,
  { headers }: Pick<UnidentifiedRequest, 'headers'>,
  kind: SubjectKind,
): boolean {
  const url = context.publicUrl()
  return kind === 'operator'
    ? isOwnPage(headers, url)
    : isTrustedPage(headers, { url, cors: context.settings.server.cors })
}

/**
 * Whom the cookie of a sign-in stands for. Throws UNAUTHENTICATED for one that has expired, has ended or is not ours, with what becomes of the cookie.
 */
export function identifyCookie(
  context: AuthContext,
  kind: SubjectKind,
  value: string,
): VerifiedToken | Promise<VerifiedToken> {
  // Not under the value itself: a token that came in a header is none in a cookie.
  const name = `cookie ${kind} ${value}`
  const known = context.runtime.verified.find(name, context.runtime.now())
  if (known !== undefined) return known
  const token = openCookieToken(context, kind, value)
  if (token === null) throw refusedCookie(context, kind, value)
  return verify(context, token, name).catch((error: unknown) => {
    throw error instanceof AppError && error.code === 'UNAUTHENTICATED' ? refusedCookie(context, kind, value) : error
  })
}

/** @param name under which it is remembered */
async function verify(context: AuthContext, token: string, name = token): Promise<VerifiedToken> {
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
  const actor = sessionActor(context, session)
  if (actor === null) throw invalidToken()
  const verified: VerifiedToken = {
    actor,
    restsOn: [
      { kind: 'session', id: session.id },
      { kind: session.kind, id: session.subject },
    ],
    expiresAt: expiryOf(context, claims, session),
  }
  if (context.runtime.verified.forgets === forgets) context.runtime.verified.remember(name, verified)
  return verified
}

function expiryOf(context: AuthContext, claims: AccessClaims, session: Session): number {
  return Math.min(claims.expiresAt, session.expiresAt, session.usedAt + context.settings.auth.sessions.inactivity)
}
