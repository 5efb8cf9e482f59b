import type { ApiRequest, Route } from '@koyalite/kernel'
import { z } from 'zod'
import { type AuthContext, visitOf } from '../auth-context'
import { CSRF_COOKIE, REFRESH_COOKIE, readCookie } from '../cookies'
import { NO_CONTENT } from '../json-answer'
import { login, loginInput } from '../operations/login'
import { endOtherSessions, endOwnSession, listOwnSessions, logout } from '../operations/manage-sessions'
import { changeOwnProfile, getOwnProfile, userFieldsInput } from '../operations/own-profile'
import { reauthenticate, reauthenticateInput } from '../operations/reauthenticate'
import { refreshSession } from '../operations/refresh-session'
import { register, registerInput } from '../operations/register'
import { registerAnonymous } from '../operations/register-anonymous'
import { parseInput, secretInput } from '../parse-input'
import * as answer from './answer-schemas'
import { createAnswers } from './answers'
import { bodyOr, hasBody } from './body-or'
import { named, withBody, withId, withOptionalBody } from './operation'
import { requireCsrfCookie } from './require-csrf-cookie'
import { clearedCookies, sessionAnswer } from './sign-in-answer'

const refreshSchema = z.strictObject({ refresh_token: secretInput })

/** Signing up, in and out, and the session in between. */
export function accountRoutes(context: AuthContext): readonly Route[] {
  const { empty, json, signIn, text } = createAnswers(context)
  return [
    {
      method: 'POST',
      path: '/api/auth/register',
      summary: 'Make an account and sign in',
      body: registerInput,
      answers: { 201: answer.sessionAnswer },
      handle: signIn(201, withBody(register)),
    },
    {
      method: 'POST',
      path: '/api/auth/anonymous',
      summary: 'Sign in without credentials',
      body: userFieldsInput,
      answers: { 201: answer.sessionAnswer },
      handle: signIn(201, withOptionalBody(registerAnonymous)),
    },
    {
      method: 'POST',
      path: '/api/auth/login',
      summary: 'Sign in with e-mail address and password',
      body: loginInput,
      answers: { 200: answer.signInAnswer },
      handle: signIn(200, withBody(login)),
    },
    {
      method: 'POST',
      path: '/api/auth/refresh',
      summary: 'Renew the tokens of a session',
      body: refreshSchema.partial(),
      answers: { 200: answer.refreshedAnswer },
      handle: async (request) => {
        const cookie = readCookie(context, request.headers, REFRESH_COOKIE)
        const inCookies = cookie !== null && !hasBody(request)
        if (inCookies) requireCsrfCookie(context, request)
        const token = inCookies ? cookie : parseInput(refreshSchema, await request.json()).refresh_token
        return sessionAnswer(context, 200, await refreshSession(context, visitOf(context, request), token), inCookies)
      },
    },
    {
      method: 'POST',
      path: '/api/auth/logout',
      summary: 'End the session',
      body: refreshSchema.partial(),
      answers: { 204: null },
      handle: async (request) => {
        const cookie = readCookie(context, request.headers, REFRESH_COOKIE)
        requireCsrfUnlessToken(context, request, cookie)
        const body = parseInput(refreshSchema.partial(), await bodyOr(request, {}))
        await logout(context, visitOf(context, request), body.refresh_token ?? cookie)
        return cookie === null ? NO_CONTENT : withoutCookies(context)
      },
    },
    {
      method: 'GET',
      path: '/api/auth/me',
      summary: 'Who is signed in',
      answers: { 200: answer.meAnswer },
      handle: text(200, getOwnProfile),
    },
    {
      method: 'PATCH',
      path: '/api/auth/me',
      summary: 'Change fields of who is signed in',
      body: userFieldsInput,
      answers: { 200: answer.userAnswer },
      handle: text(200, withBody(changeOwnProfile)),
    },
    {
      method: 'POST',
      path: '/api/auth/reauthenticate',
      summary: 'Show once more that it is you: makes the sign-in fresh, which changes of credentials need',
      body: reauthenticateInput,
      answers: { 200: answer.freshAnswer },
      handle: json(200, withBody(reauthenticate)),
    },
    {
      method: 'GET',
      path: '/api/auth/sessions',
      summary: 'The open sessions of who is signed in',
      answers: { 200: answer.sessionsAnswer },
      handle: json(200, named('sessions', listOwnSessions)),
    },
    {
      method: 'DELETE',
      path: '/api/auth/sessions',
      summary: 'End all other sessions',
      answers: { 200: answer.endedAnswer },
      handle: json(200, named('ended', endOtherSessions)),
    },
    {
      method: 'DELETE',
      path: '/api/auth/sessions/:id',
      summary: 'End a session',
      answers: { 204: null },
      handle: empty(withId(endOwnSession)),
    },
    {
      method: 'GET',
      path: '/.well-known/jwks.json',
      summary: 'Keys that verify access tokens',
      answers: { 200: answer.publicKeysAnswer },
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
function requireCsrfUnlessToken(context: AuthContext, request: ApiRequest, refreshCookie: string | null): void {
  const inCookies = refreshCookie !== null || readCookie(context, request.headers, CSRF_COOKIE) !== null
  if (inCookies && request.headers.get('authorization') === null) requireCsrfCookie(context, request)
}

function withoutCookies(context: AuthContext): Response {
  const headers = new Headers({ 'cache-control': 'no-store' })
  for (const cookie of clearedCookies(context)) headers.append('set-cookie', cookie)
  return new Response(null, { status: 204, headers })
}
