import type { ApiRequest, RouteResponse } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { operatorView } from '../operations/operators/operator-view'
import type { OpenSession } from '../operations/sessions/begin-session'
import type { SignIn } from '../operations/sign-in/sign-in-user'
import { findOperator } from '../store/operators'
import type { Session } from '../store/sessions'
import { csrfToken, sealCookieToken } from './cookie-token'
import {
  ACCESS_COOKIE,
  type Cookie,
  CSRF_COOKIE,
  clearedCookies,
  OPERATOR_COOKIE,
  REFRESH_COOKIE,
  setCookie,
} from './cookies'
import { jsonAnswer, textAnswer } from './json-response'

/** Whether the client asks for cookies instead of tokens: `?cookies=true`. */
export function wantsCookies(request: ApiRequest): boolean {
  return request.query.get('cookies') === 'true'
}

/** Answers a sign-in: tokens (or cookies) and who it is, or the question for the second factor. */
export async function signInAnswer(
  context: AuthContext,
  status: number,
  signIn: SignIn,
  cookies: boolean,
): Promise<RouteResponse> {
  if (signIn.kind === 'mfa_required') {
    return jsonAnswer(200, { mfa_required: true, mfa_token: signIn.mfaToken, methods: signIn.methods })
  }
  return sessionAnswer(context, status, signIn.open, cookies)
}

/** Answers with the tokens of a session: in the body, or as cookies that scripts cannot read. */
export async function sessionAnswer(
  context: AuthContext,
  status: number,
  open: OpenSession,
  cookies: boolean,
): Promise<RouteResponse> {
  if (cookies) return cookieAnswer(context, status, open.session, open.refreshToken)
  const { accessToken, expiresIn } = await issueAccessToken(context, open.session)
  const tokens = {
    access_token: accessToken,
    refresh_token: open.refreshToken,
    token_type: 'Bearer',
    expires_in: expiresIn,
  }
  return textAnswer(status, `{${subjectText(context, open.session)},${JSON.stringify(tokens).slice(1)}`)
}

/**
 * Answers with the cookies of a session, and with what writes have to repeat. All live as long as the session: one whose token has expired must
 * arrive, so that it is refused instead of taken for nobody.
 * @param refreshToken null for operators: their cookie is renewed by POST /api/admin/session
 */
export async function cookieAnswer(
  context: AuthContext,
  status: number,
  session: Session,
  refreshToken: string | null,
): Promise<Response> {
  const { accessToken, expiresIn } = await issueAccessToken(context, session)
  const csrf = csrfToken(context, session)
  const maxAge = Math.floor((session.expiresAt - context.runtime.now()) / 1000)
  const value = sealCookieToken(context, session.kind, accessToken)
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' })
  const add = (cookie: Cookie, content: string) =>
    headers.append('set-cookie', setCookie(context, cookie, { value: content, maxAge }))
  if (session.kind === 'operator') add(OPERATOR_COOKIE, value)
  else {
    add(ACCESS_COOKIE, value)
    if (refreshToken !== null) add(REFRESH_COOKIE, refreshToken)
    add(CSRF_COOKIE, csrf)
  }
  const rest = JSON.stringify({ csrf_token: csrf, expires_in: expiresIn }).slice(1)
  return new Response(`{${subjectText(context, session)},${rest}`, { status, headers })
}

/** 204, and the cookies are gone. */
export function withoutCookies(context: AuthContext, cookies: readonly Cookie[]): Response {
  const headers = new Headers({ 'cache-control': 'no-store' })
  for (const cookie of clearedCookies(context, cookies)) headers.append('set-cookie', cookie)
  return new Response(null, { status: 204, headers })
}

/** An access token for a session: as long as the settings say, but never longer than the session. */
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

/** What an operator gets who acts as a user: no refresh token, no cookies. */
export async function impersonationAnswer(context: AuthContext, session: Session) {
  const { accessToken, expiresIn } = await issueAccessToken(context, session)
  return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, user_id: session.subject }
}

/** `"user":{…}` or `"operator":{…}`. */
function subjectText(context: AuthContext, session: Session): string {
  if (session.kind === 'user') {
    return `"user":${context.users.document(context.database, session.subject, 'own') ?? 'null'}`
  }
  const operator = findOperator(context.database, session.subject)
  return `"operator":${JSON.stringify(operator && operatorView(context, operator))}`
}
