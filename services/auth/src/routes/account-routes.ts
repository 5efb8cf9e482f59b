import type { ApiRequest, Route, RouteAnswer } from '@koyalite/kernel'
import { z } from 'zod'
import { type AuthContext, type Visit, visitOf } from '../auth-context'
import { CSRF_COOKIE, REFRESH_COOKIE, readCookie } from '../cookies'
import { jsonAnswer, NO_CONTENT } from '../json-answer'
import { login } from '../operations/login'
import { endOtherSessions, endOwnSession, listOwnSessions, logout } from '../operations/manage-sessions'
import { changeOwnProfile, getOwnProfile } from '../operations/own-profile'
import { refreshSession } from '../operations/refresh-session'
import { register } from '../operations/register'
import { registerAnonymous } from '../operations/register-anonymous'
import { parseInput, secretInput } from '../parse-input'
import { bodyOr, hasBody } from './body-or'
import { requireCsrfCookie } from './require-csrf-cookie'
import { clearedCookies, sessionAnswer, signInAnswer, wantsCookies } from './sign-in-answer'

const refreshSchema = z.strictObject({ refresh_token: secretInput })

/** Signing up, in and out, and the session in between. */
export function accountRoutes(context: AuthContext): readonly Route[] {
  const visit = (request: ApiRequest): Visit => visitOf(context, request)
  return [
    {
      method: 'POST',
      path: '/api/auth/register',
      summary: 'Make an account and sign in',
      handle: async (request) =>
        signInAnswer(
          context,
          201,
          await register(context, visit(request), await request.json()),
          wantsCookies(request),
        ),
    },
    {
      method: 'POST',
      path: '/api/auth/anonymous',
      summary: 'Sign in without credentials',
      handle: async (request) =>
        signInAnswer(
          context,
          201,
          await registerAnonymous(context, visit(request), await bodyOr(request, {})),
          wantsCookies(request),
        ),
    },
    {
      method: 'POST',
      path: '/api/auth/login',
      summary: 'Sign in with e-mail address and password',
      handle: async (request) =>
        signInAnswer(context, 200, await login(context, visit(request), await request.json()), wantsCookies(request)),
    },
    {
      method: 'POST',
      path: '/api/auth/refresh',
      summary: 'Renew the tokens of a session',
      handle: async (request) => {
        const cookie = readCookie(request.headers, REFRESH_COOKIE)
        const inCookies = cookie !== null && !hasBody(request)
        if (inCookies) requireCsrfCookie(request)
        const token = inCookies ? cookie : parseInput(refreshSchema, await request.json()).refresh_token
        return sessionAnswer(context, 200, await refreshSession(context, visit(request), token), inCookies)
      },
    },
    {
      method: 'POST',
      path: '/api/auth/logout',
      summary: 'End the session',
      handle: async (request) => {
        const cookie = readCookie(request.headers, REFRESH_COOKIE)
        if (cookie !== null || request.headers.get('authorization') === null) requireCsrfUnlessToken(request, cookie)
        const body = parseInput(refreshSchema.partial(), await bodyOr(request, {}))
        await logout(context, visit(request), body.refresh_token ?? cookie)
        return cookie === null ? NO_CONTENT : withoutCookies(context)
      },
    },
    {
      method: 'GET',
      path: '/api/auth/me',
      summary: 'Who is signed in',
      handle: (request) => profileAnswer(getOwnProfile(context, visit(request))),
    },
    {
      method: 'PATCH',
      path: '/api/auth/me',
      summary: 'Change fields of who is signed in',
      handle: async (request) => profileAnswer(await changeOwnProfile(context, visit(request), await request.json())),
    },
    {
      method: 'GET',
      path: '/api/auth/sessions',
      summary: 'The open sessions of who is signed in',
      handle: (request) => jsonAnswer(200, { sessions: listOwnSessions(context, visit(request)) }),
    },
    {
      method: 'DELETE',
      path: '/api/auth/sessions',
      summary: 'End all other sessions',
      handle: async (request) => jsonAnswer(200, { ended: await endOtherSessions(context, visit(request)) }),
    },
    {
      method: 'DELETE',
      path: '/api/auth/sessions/:id',
      summary: 'End a session',
      handle: async (request) => {
        await endOwnSession(context, visit(request), request.params.id ?? '')
        return NO_CONTENT
      },
    },
    {
      method: 'GET',
      path: '/.well-known/jwks.json',
      summary: 'Keys that verify access tokens',
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

/** Cookies must not be enough to sign somebody out from another site. */
function requireCsrfUnlessToken(request: ApiRequest, refreshCookie: string | null): void {
  const inCookies = refreshCookie !== null || readCookie(request.headers, CSRF_COOKIE) !== null
  if (inCookies && request.headers.get('authorization') === null) requireCsrfCookie(request)
}

function profileAnswer(document: string): RouteAnswer {
  return { status: 200, body: document, headers: { 'cache-control': 'no-store' } }
}

function withoutCookies(context: AuthContext): Response {
  const headers = new Headers({ 'cache-control': 'no-store' })
  for (const cookie of clearedCookies(context)) headers.append('set-cookie', cookie)
  return new Response(null, { status: 204, headers })
}
