import { AppError } from '@koyalite/contracts'
import type { ApiRequest, Route } from '@koyalite/kernel'
import { parseInput } from '@koyalite/kernel'
import { z } from 'zod'
import { type AuthContext, visitOf } from '../auth-context'
import { changeOwnProfile, getOwnProfile, userFieldsInput } from '../operations/accounts/own-profile'
import { register, registerInput } from '../operations/accounts/register'
import { registerAnonymous } from '../operations/accounts/register-anonymous'
import { endOtherSessions, endOwnSession, listOwnSessions, logout } from '../operations/sessions/own-sessions'
import { refreshSession } from '../operations/sessions/refresh-session'
import { login, loginInput } from '../operations/sign-in/login'
import { reauthenticate, reauthenticateInput } from '../operations/sign-in/reauthenticate'
import { secretInput } from '../parse-input'
import { isPageOf } from './authenticate'
import { bodyOr } from './body-or'
import { csrfMissing, csrfToken, hasCsrfToken } from './cookie-token'
import { USER_COOKIES } from './cookies'
import { jsonAnswer, NO_CONTENT } from './json-response'
import { named, withBody, withId, withOptionalBody } from './operation'
import * as answer from './response-schemas'
import { createAnswers, requirePage } from './responses'
import { sessionAnswer, withoutCookies } from './session-response'
import { cannotRenew, refreshTokenOfCookies, sessionOfCookies, type UserCookies, userCookies } from './user-cookies'

const refreshSchema = z.strictObject({ refresh_token: secretInput })

/** Signing up, in and out, and the session in between. */
export function accountRoutes(context: AuthContext): readonly Route[] {
  const { empty, json, signIn, text } = createAnswers(context)
  return [
    {
      method: 'POST',
      path: '/api/auth/register',
      credentials: 'optional',
      summary: 'Create an account and sign in',
      body: registerInput,
      responses: { 201: answer.sessionAnswer },
      handle: signIn(201, withBody(register)),
    },
    {
      method: 'POST',
      path: '/api/auth/anonymous',
      credentials: 'optional',
      summary: 'Sign in anonymously',
      body: userFieldsInput,
      responses: { 201: answer.sessionAnswer },
      handle: signIn(201, withOptionalBody(registerAnonymous)),
    },
    {
      method: 'POST',
      path: '/api/auth/login',
      credentials: 'optional',
      summary: 'Sign in with email address and password',
      body: loginInput,
      responses: { 200: answer.signInAnswer },
      handle: signIn(200, withBody(login)),
    },
    {
      method: 'POST',
      path: '/api/auth/refresh',
      summary: 'Refresh the tokens of a session',
      body: refreshSchema.partial(),
      credentials: 'optional',
      responses: { 200: answer.refreshedAnswer },
      handle: async (request) => {
        const visit = visitOf(context, request)
        const body = parseInput(refreshSchema.partial(), await bodyOr(request, {}))
        const cookies = userCookies(context, request)
        if (body.refresh_token !== undefined || cookies.refreshToken === null) {
          if (body.refresh_token === undefined && cookies.isPresent) throw cannotRenew(context, cookies)
          return sessionAnswer(
            context,
            200,
            await refreshSession(context, visit, parseInput(refreshSchema, body).refresh_token),
            false,
          )
        }
        requirePage(context, request, 'user')
        const token = refreshTokenOfCookies(context, request, cookies)
        const open = await refreshSession(context, visit, token).catch((error: unknown) => {
          if (!(error instanceof AppError) || error.code !== 'UNAUTHENTICATED') throw error
          // As it is now: a token that was used before has ended its session.
          throw cannotRenew(context, userCookies(context, request))
        })
        return sessionAnswer(context, 200, open, true)
      },
    },
    {
      method: 'GET',
      path: '/api/auth/csrf',
      summary: 'Read the CSRF token, for pages that cannot read the cookies of the server',
      responses: { 200: answer.csrfAnswer },
      credentials: 'none',
      handle: (request) => {
        requirePage(context, request, 'user')
        const cookies = userCookies(context, request)
        const session = sessionOfCookies(cookies)
        if (session === null) throw cannotRenew(context, cookies)
        return jsonAnswer(200, { csrf_token: csrfToken(context, session) })
      },
    },
    {
      method: 'POST',
      path: '/api/auth/logout',
      summary: 'Sign out',
      body: refreshSchema.partial(),
      responses: { 204: null },
      credentials: 'optional',
      handle: async (request) => {
        const visit = visitOf(context, request)
        const { refresh_token: refreshToken = null } = parseInput(refreshSchema.partial(), await bodyOr(request, {}))
        const cookies = userCookies(context, request)
        if (request.headers.has('authorization') || !cookies.isPresent) {
          if ((await logout(context, visit, { refreshToken })) > 0) return NO_CONTENT
          throw new AppError('UNAUTHENTICATED', 'There is no session to end: send an access token or a refresh token.')
        }
        requireOwnLogout(context, request, cookies)
        const session = cookies.access?.kind === 'open' ? [cookies.access.session.id] : []
        await logout(context, visit, { refreshToken: refreshToken ?? cookies.refreshToken, shown: session })
        return withoutCookies(context, USER_COOKIES)
      },
    },
    {
      method: 'GET',
      path: '/api/auth/me',
      summary: 'Read the signed-in user or operator',
      responses: { 200: answer.meAnswer },
      handle: text(200, getOwnProfile),
    },
    {
      method: 'PATCH',
      path: '/api/auth/me',
      summary: 'Update the signed-in user',
      body: userFieldsInput,
      responses: { 200: answer.userAnswer },
      handle: text(200, withBody(changeOwnProfile)),
    },
    {
      method: 'POST',
      path: '/api/auth/reauthenticate',
      summary: 'Confirm your identity again, as required to change credentials',
      body: reauthenticateInput,
      responses: { 200: answer.freshAnswer },
      handle: json(200, withBody(reauthenticate)),
    },
    {
      method: 'GET',
      path: '/api/auth/sessions',
      summary: 'List your open sessions',
      responses: { 200: answer.sessionsAnswer },
      handle: json(200, named('sessions', listOwnSessions)),
    },
    {
      method: 'DELETE',
      path: '/api/auth/sessions',
      summary: 'End all your other sessions',
      responses: { 200: answer.endedAnswer },
      handle: json(200, named('ended', endOtherSessions)),
    },
    {
      method: 'DELETE',
      path: '/api/auth/sessions/:id',
      summary: 'End a session',
      responses: { 204: null },
      handle: empty(withId(endOwnSession)),
    },
    {
      method: 'GET',
      path: '/.well-known/jwks.json',
      credentials: 'none',
      summary: 'Public keys that verify access tokens',
      responses: { 200: answer.publicKeysAnswer },
      handle: () => ({
        status: 200,
        body: JSON.stringify({
          keys: context.settings.auth.jwt.secret === null ? context.runtime.signingKeys.publicKeys() : [],
        }),
        headers: { 'cache-control': 'public, max-age=300' },
      }),
    },
  ]
}

/**
 * Cookies must not be enough to sign somebody out from another site. Where the sign-in has expired or ended there is no token to repeat, and little to
 * lose: that always succeeds. Throws FORBIDDEN.
 */
function requireOwnLogout(context: AuthContext, request: ApiRequest, cookies: UserCookies): void {
  const { access } = cookies
  const session = sessionOfCookies(cookies)
  if (session === null || hasCsrfToken(context, request, session)) return
  const isStale = access !== null && (access.kind !== 'open' || access.isExpired)
  const isOurPage = isBrowser(request) && isPageOf(context, request, 'user')
  if (!isStale && !isOurPage) throw csrfMissing(context, 'user')
}

function isBrowser({ headers }: ApiRequest): boolean {
  return headers.has('origin') || headers.has('sec-fetch-site')
}
