import type { ApiRequest, RouteAnswer } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { ACCESS_COOKIE, CSRF_COOKIE, REFRESH_COOKIE, setCookie } from '../cookies'
import { jsonAnswer, textAnswer } from '../json-answer'
import type { OpenSession } from '../operations/begin-session'
import { operatorView } from '../operations/operator-view'
import type { SignIn } from '../operations/sign-in-user'
import { hashSecret, randomSecret } from '../secret'
import { findOperator } from '../store/operators'

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
): Promise<RouteAnswer> {
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
): Promise<RouteAnswer> {
  const csrf = cookies ? randomSecret() : null
  const { accessToken, expiresIn } = await issueAccessToken(context, open.session, csrf)
  const who = subjectText(context, open)
  if (csrf === null) {
    const tokens = {
      access_token: accessToken,
      refresh_token: open.refreshToken,
      token_type: 'Bearer',
      expires_in: expiresIn,
    }
    return textAnswer(status, `{${who},${JSON.stringify(tokens).slice(1)}`)
  }
  const body = `{${who},${JSON.stringify({ csrf_token: csrf, expires_in: expiresIn }).slice(1)}`
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' })
  const sessionSeconds = Math.floor((open.session.expiresAt - context.runtime.now()) / 1000)
  for (const cookie of sessionCookies(
    context,
    { accessToken, refreshToken: open.refreshToken, csrf },
    expiresIn,
    sessionSeconds,
  )) {
    headers.append('set-cookie', cookie)
  }
  return new Response(body, { status, headers })
}

/** An access token for a session: as long as the settings say, but never longer than the session. */
export async function issueAccessToken(
  context: AuthContext,
  session: OpenSession['session'],
  csrf: string | null = null,
): Promise<{ readonly accessToken: string; readonly expiresIn: number }> {
  const now = context.runtime.now()
  const expiresAt = Math.min(now + context.settings.auth.jwt.access_ttl, session.expiresAt)
  const accessToken = await context.tokens.sign({
    subject: session.subject,
    kind: session.kind,
    sessionId: session.id,
    csrf: csrf === null ? null : hashSecret(csrf),
    expiresAt,
  })
  return { accessToken, expiresIn: Math.floor((expiresAt - now) / 1000) }
}

/** What an operator gets who acts as a user: no refresh token, no cookies. */
export async function impersonationAnswer(context: AuthContext, session: OpenSession['session']) {
  const { accessToken, expiresIn } = await issueAccessToken(context, session)
  return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, user_id: session.subject }
}

/** Takes the cookies of cookie mode away again. */
export function clearedCookies(context: AuthContext): readonly string[] {
  return sessionCookies(context, { accessToken: '', refreshToken: '', csrf: '' }, 0, 0)
}

export function sessionCookies(
  context: AuthContext,
  values: { readonly accessToken: string; readonly refreshToken: string; readonly csrf: string },
  accessSeconds: number,
  sessionSeconds: number,
): readonly string[] {
  const { accessToken, refreshToken, csrf } = values
  return [
    setCookie(context, ACCESS_COOKIE, { value: accessToken, maxAge: accessSeconds }),
    setCookie(context, REFRESH_COOKIE, { value: refreshToken, maxAge: sessionSeconds }),
    setCookie(context, CSRF_COOKIE, { value: csrf, maxAge: sessionSeconds }),
  ]
}

/** `"user":{…}` or `"operator":{…}`. */
function subjectText(context: AuthContext, { session }: OpenSession): string {
  if (session.kind === 'user') {
    return `"user":${context.users.document(context.database, session.subject, 'own') ?? 'null'}`
  }
  const operator = findOperator(context.database, session.subject)
  return `"operator":${JSON.stringify(operator && operatorView(operator))}`
}
