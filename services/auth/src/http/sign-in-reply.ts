import { AppError } from '@koyalite/contracts'
import { JsonText, queryFlag, type Reply, reply } from '@koyalite/kernel'
import { z } from 'zod'
import type { AuthContext } from '../auth-context'
import { operatorView } from '../operations/operators/operator-view'
import { issueAccessToken, type OpenSession } from '../operations/sessions/begin-session'
import type { SignIn } from '../operations/sign-in/sign-in-user'
import { findOperator } from '../store/operators'
import type { Session, SubjectKind } from '../store/sessions'
import { csrfToken, sealCookieToken } from './cookie-token'
import { ACCESS_COOKIE, type Cookie, CSRF_COOKIE, OPERATOR_COOKIE, REFRESH_COOKIE, setCookie } from './cookies'
import { isPageOf } from './page-of'
import type { Call } from './request-context'

const signInQuery = z.object({
  cookies: queryFlag.default(false).describe('Sets cookies instead of returning tokens.'),
})

/**
 * What every route that opens a session declares: pages that may not have its cookies are refused before anything of
 * the body is read.
 */
export function opensSession(context: AuthContext, kind: SubjectKind = 'user') {
  return {
    query: signInQuery,
    beforeBody({ request, query: { cookies } }: SignInCall) {
      if (cookies) requirePage(context, request, kind)
    },
  }
}

interface SignInCall extends Call {
  readonly query: z.output<typeof signInQuery>
}

/**
 * Signs in, and replies with the session or the question for a second factor. Operators' cookies are for fewer pages
 * than users'.
 */
export async function signInReply<const Status extends number>(
  context: AuthContext,
  { request, query: { cookies } }: SignInCall,
  status: Status,
  signIn: () => Promise<SignIn>,
): Promise<Reply<Status, JsonText> | Reply<200, JsonText>> {
  const outcome = await signIn()
  if (cookies && outcome.kind === 'signed_in') requirePage(context, request, outcome.open.session.kind)
  return outcomeReply(context, status, outcome, cookies)
}

/** The session, or the question for a second factor. */
export async function outcomeReply<const Status extends number>(
  context: AuthContext,
  status: Status,
  signIn: SignIn,
  cookies: boolean,
): Promise<Reply<Status, JsonText> | Reply<200, JsonText>> {
  if (signIn.kind === 'signed_in') return sessionReply(context, status, signIn.open, cookies)
  const question = { mfa_required: true, mfa_token: signIn.mfaToken, methods: signIn.methods }
  return reply(200, new JsonText(JSON.stringify(question)))
}

/** The tokens of a session and whose it is: in the body, or as cookies that scripts cannot read. */
export async function sessionReply<const Status extends number>(
  context: AuthContext,
  status: Status,
  { session, refreshToken }: OpenSession,
  cookies: boolean,
): Promise<Reply<Status, JsonText>> {
  if (cookies) return cookieReply(context, status, session, refreshToken)
  const { accessToken, expiresIn } = await issueAccessToken(context, session)
  const tokens = {
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'Bearer',
    expires_in: expiresIn,
  }
  return reply(status, withSubject(context, session, tokens))
}

/**
 * The cookies of a session, and what writes repeat. All live as long as the session: one whose token has expired must
 * arrive, so that it is refused instead of taken for an anonymous request.
 * @param refreshToken null for operators: their cookie is renewed by POST /api/admin/session
 */
export async function cookieReply<const Status extends number>(
  context: AuthContext,
  status: Status,
  session: Session,
  refreshToken: string | null,
): Promise<Reply<Status, JsonText>> {
  const { accessToken, expiresIn } = await issueAccessToken(context, session)
  const csrf = csrfToken(context, session)
  const maxAge = Math.floor((session.expiresAt - context.runtime.now()) / 1000)
  const sealed = sealCookieToken(context, session.kind, accessToken)
  const contents: readonly (readonly [Cookie, string | null])[] =
    session.kind === 'operator'
      ? [[OPERATOR_COOKIE, sealed]]
      : [
          [ACCESS_COOKIE, sealed],
          [REFRESH_COOKIE, refreshToken],
          [CSRF_COOKIE, csrf],
        ]
  const cookies = contents.flatMap(([cookie, value]) =>
    value === null ? [] : [setCookie(context, cookie, { value, maxAge })],
  )
  return reply(status, withSubject(context, session, { csrf_token: csrf, expires_in: expiresIn }), { cookies })
}

/** Cookies of a session are only for pages that may use them. Throws FORBIDDEN. */
export function requirePage(context: AuthContext, request: Call['request'], kind: SubjectKind): void {
  if (isPageOf(context, request, kind)) return
  const origin = request.headers.get('origin') ?? ''
  // The client chooses this header: only what looks like an origin is remembered.
  if (kind === 'user' && /^https?:\/\/[\w.:[\]-]{1,200}$/.test(origin)) context.runtime.refused.origin = origin
  const whose =
    kind === 'operator'
      ? 'Only pages of this server may sign in operators with cookies'
      : 'Cookies are available only to pages of this server and of origins in server.cors with credentials'
  throw new AppError('FORBIDDEN', `${whose}; sign in without ?cookies=true, and send the token as a header.`)
}

/** `{"user":{…},…}` or `{"operator":{…},…}`: the user's document is JSON text already. */
function withSubject(context: AuthContext, session: Session, rest: object): JsonText {
  return new JsonText(`{${subjectText(context, session)},${JSON.stringify(rest).slice(1)}`)
}

function subjectText(context: AuthContext, session: Session): string {
  if (session.kind === 'user') {
    return `"user":${context.users.document(context.database, session.subject, 'own') ?? 'null'}`
  }
  const operator = findOperator(context.database, session.subject)
  return `"operator":${JSON.stringify(operator && operatorView(context, operator))}`
}
