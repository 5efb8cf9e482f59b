import { type Actor, ANONYMOUS, AppError } from '@koyalite/contracts'
import type { UnidentifiedRequest } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { requireUnlocked } from '../operations/operators/editing-lock'
import { identifyToken, verifyAccessToken } from '../operations/sessions/identify-token'
import type { SubjectKind } from '../store/sessions'
import { invalidToken } from '../tokens/access-tokens'
import type { VerifiedToken } from '../tokens/verified-tokens'
import { actingAs } from './acting-as'
import { bearerToken } from './bearer-token'
import { isShownAsOurs, notShownAsOurs, openCookieToken, refusedCookie } from './cookie-token'
import { ACCESS_COOKIE, OPERATOR_COOKIE, readCookie } from './cookies'
import { isPageOf } from './page-of'

/**
 * Who makes a request, by its Authorization header, or by the cookie of cookie mode. An invalid credential is an
 * error, even where anonymous callers would be welcome: the client that sends one wants to be signed in. Synchronous for
 * cached credentials. Throws UNAUTHENTICATED.
 */
export function authenticate(context: AuthContext, request: UnidentifiedRequest): Actor | Promise<Actor> {
  if (request.credentials === 'none') return ANONYMOUS
  try {
    const actor = identify(context, request)
    if (!(actor instanceof Promise)) return actingAs(context, request, actor)
    return actor
      .then((caller) => actingAs(context, request, caller))
      .catch((error: unknown) => withoutCredential(request, error))
  } catch (error) {
    return withoutCredential(request, error)
  }
}

function withoutCredential(request: UnidentifiedRequest, error: unknown): Actor {
  const isRefused = error instanceof AppError && error.code === 'UNAUTHENTICATED'
  if (!isRefused || request.credentials === 'checked' || request.credentials === 'operator') throw error
  return ANONYMOUS
}

/** Whom the credential of a request stands for, whoever they act as. Throws UNAUTHENTICATED, FORBIDDEN. */
export function identify(context: AuthContext, request: UnidentifiedRequest): Actor | Promise<Actor> {
  const authorization = request.headers.get('authorization')
  if (authorization === null) return request.credentials === 'header' ? ANONYMOUS : cookieActor(context, request)
  const verified = identifyToken(context, bearerToken(authorization))
  return verified instanceof Promise ? verified.then(({ actor }) => actor) : verified.actor
}

/**
 * Browsers send cookies by themselves, so what changes something must show that a page of ours sent it. Operators'
 * cookies count under /api/admin/, and where the server describes itself to operators; users' everywhere else: no page
 * of an application is ever an operator's.
 */
function cookieActor(context: AuthContext, request: UnidentifiedRequest): Actor | Promise<Actor> {
  const kind = isOperators(request) ? 'operator' : 'user'
  const value = readCookie(context, request.headers, kind === 'operator' ? OPERATOR_COOKIE : ACCESS_COOKIE)
  if (value === null || value === '') return ANONYMOUS
  const actorOf = ({ actor }: VerifiedToken): Actor => admitted(context, request, actor)
  const verified = identifyCookie(context, kind, value)
  return verified instanceof Promise ? verified.then(actorOf) : actorOf(verified)
}

function isOperators({ path, credentials }: UnidentifiedRequest): boolean {
  return path.startsWith('/api/admin/') || credentials === 'operator'
}

function admitted(context: AuthContext, request: UnidentifiedRequest, actor: Actor): Actor {
  if (actor.kind !== 'user' && actor.kind !== 'operator') throw invalidToken()
  const isSafe = request.method === 'GET' || request.method === 'HEAD'
  if (isSafe) return actor
  if (isShownAsOurs(context, request, { id: actor.sessionId, kind: actor.kind })) {
    if (actor.kind === 'operator') requireUnlocked(context, actor, { path: request.path, time: context.runtime.now() })
    return actor
  }
  if (request.credentials !== 'optional') throw notShownAsOurs(context, request, actor.kind)
  // Where somebody signs in again the session before matters little; still no other site may act for it.
  return isPageOf(context, request, actor.kind) ? actor : ANONYMOUS
}

/**
 * Whom the cookie of a sign-in stands for. Throws UNAUTHENTICATED for one that has expired, has ended or is not ours,
 * with what becomes of the cookie.
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
  return verifyAccessToken(context, token, name).catch((error: unknown) => {
    throw error instanceof AppError && error.code === 'UNAUTHENTICATED' ? refusedCookie(context, kind, value) : error
  })
}
