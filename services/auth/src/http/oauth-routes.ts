import { AppError } from '@koyalite/contracts'
import type { ApiRequest, Route, RouteResponse } from '@koyalite/kernel'
import { type AuthContext, type Visit, visitOf } from '../auth-context'
import { challengeIn } from '../operations/oauth/flow-binding'
import { listIdentities, unlinkIdentity } from '../operations/oauth/link-identity'
import { finishOAuth, type OAuthOutcome } from '../operations/oauth/oauth-callback'
import { exchangeInput, exchangeOAuthCode } from '../operations/oauth/oauth-exchange'
import { completeProfile, completeProfileInput, PROFILE_TTL } from '../operations/oauth/oauth-profile'
import { requireProvider, startOAuth } from '../operations/oauth/oauth-start'
import { requireFresh } from '../operations/sign-in/require-fresh'
import { isPageOf } from './authenticate'
import { OAUTH_COOKIE, readCookie, setCookie } from './cookies'
import { ACCEPTED, jsonAnswer } from './json-response'
import { named } from './operation'
import * as answer from './response-schemas'
import { createAnswers, requirePage } from './responses'
import { sessionAnswer, signInAnswer, wantsCookies } from './session-response'

/** A form of a provider is a code and a state. */
const MAX_FORM = 100_000

/** Signing in with an account elsewhere. */
export function oauthRoutes(context: AuthContext): readonly Route[] {
  const { empty, json, signIn } = createAnswers(context)
  const visit = (request: ApiRequest): Visit => visitOf(context, request)
  const provider = (request: ApiRequest): string => request.params.provider ?? ''
  const browserSecret = (request: ApiRequest) => readCookie(context, request.headers, OAUTH_COOKIE)
  return [
    {
      method: 'GET',
      path: '/api/auth/providers',
      credentials: 'none',
      summary: 'List configured providers, and whether registration is open',
      responses: { 200: answer.providersAnswer },
      handle: () =>
        jsonAnswer(200, {
          registration: context.settings.auth.registration,
          providers: [...context.providers.values()].map(({ name, definition }) => ({
            name,
            label: definition.label,
            url: `${context.publicUrl()}/api/auth/oauth/${name}`,
          })),
        }),
    },
    {
      method: 'GET',
      path: '/api/auth/identities',
      summary: 'List the linked accounts of the caller',
      responses: { 200: answer.identitiesAnswer },
      handle: json(200, named('identities', listIdentities)),
    },
    {
      method: 'POST',
      path: '/api/auth/oauth/exchange',
      credentials: 'optional',
      summary:
        'Exchange the code of a redirect for tokens, in the browser that started the sign-in or with its code_verifier',
      body: exchangeInput,
      responses: { 200: answer.signInAnswer },
      handle: signIn(200, async (_context, visit, request) =>
        exchangeOAuthCode(context, visit, await request.json(), browserSecret(request)),
      ),
    },
    {
      method: 'POST',
      path: '/api/auth/oauth/complete',
      credentials: 'optional',
      summary: 'Complete a first sign-in that needs more fields, with the ticket of PROFILE_INCOMPLETE',
      body: completeProfileInput,
      responses: { 201: answer.signInAnswer },
      handle: async (request) => {
        const asked = wantsCookies(request)
        if (asked) requirePage(context, request, 'user')
        const input = await request.json()
        const done = await completeProfile(context, visit(request), input, browserSecret(request))
        const cookies = asked || (done.cookies && isPageOf(context, request, 'user'))
        return signInAnswer(context, 201, done.signIn, cookies)
      },
    },
    {
      method: 'GET',
      path: '/api/auth/oauth/:provider',
      credentials: 'optional',
      summary: 'Start a sign-in with a provider; ?redirect_to=, ?cookies=true and ?code_challenge= choose how it ends',
      responses: { 302: null },
      handle: async (request) => {
        const start = await startOAuth(context, visit(request), {
          provider: provider(request),
          redirect: request.query.get('redirect_to'),
          link: null,
          cookies: wantsCookies(request),
          challenge: challengeIn(request.query),
          browserSecret: browserSecret(request),
        })
        return redirect(start.url, [flowCookie(context, provider(request), start.browserSecret)])
      },
    },
    {
      method: 'POST',
      path: '/api/auth/oauth/:provider/link',
      summary: 'Start linking an account at a provider to the caller; needs a fresh sign-in',
      responses: { 200: answer.linkStartAnswer },
      handle: async (request) => {
        const { id, sessionId } = requireFresh(context, visit(request))
        const start = await startOAuth(context, visit(request), {
          provider: provider(request),
          redirect: request.query.get('redirect_to'),
          link: { userId: id, sessionId },
          cookies: false,
          challenge: null,
          browserSecret: browserSecret(request),
        })
        const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' })
        headers.append('set-cookie', flowCookie(context, provider(request), start.browserSecret))
        return new Response(JSON.stringify({ url: start.url }), { headers })
      },
    },
    {
      method: 'DELETE',
      path: '/api/auth/oauth/:provider',
      summary: 'Unlink an account at a provider from the caller; needs a fresh sign-in',
      responses: { 204: null },
      handle: empty((_context, visit, request) => unlinkIdentity(context, visit, provider(request))),
    },
    {
      method: 'GET',
      path: '/api/auth/oauth/:provider/callback',
      credentials: 'optional',
      summary: 'Callback URL of a provider',
      responses: { 200: answer.oauthOutcomeAnswer, 302: null },
      handle: (request) => callback(context, request, request.query),
    },
    {
      method: 'POST',
      path: '/api/auth/oauth/:provider/callback',
      credentials: 'optional',
      summary: 'Callback URL of a provider, as a form post',
      responses: { 200: answer.oauthOutcomeAnswer, 302: null },
      bodyLimit: MAX_FORM,
      handle: async (request) => {
        if (!requireProvider(context, provider(request)).definition.formPost) {
          throw new AppError('METHOD_NOT_ALLOWED', 'This provider uses GET for the callback.', {
            headers: { allow: 'GET' },
          })
        }
        return callback(context, request, new URLSearchParams(new TextDecoder().decode(await request.bytes())))
      },
    },
  ]
}

async function callback(context: AuthContext, request: ApiRequest, params: URLSearchParams): Promise<RouteResponse> {
  const provider = request.params.provider ?? ''
  const browserSecret = readCookie(context, request.headers, OAUTH_COOKIE)
  const outcome = await finishOAuth(context, visitOf(context, request), { provider, params, browserSecret })
  const target = outcome.flow.redirect
  if (target === null) return jsonOutcome(context, outcome)
  // The next step asks for the cookie once more: it must not end before.
  const cookie = browserSecret === null ? [] : [flowCookie(context, provider, browserSecret)]
  return redirectOutcome(context, outcome, new URL(target), cookie)
}

async function jsonOutcome(context: AuthContext, outcome: OAuthOutcome): Promise<RouteResponse> {
  switch (outcome.kind) {
    case 'signed_in':
      return signInAnswer(context, 200, outcome.signIn, outcome.flow.cookies)
    case 'linked':
      return ACCEPTED
    case 'failed':
      throw outcome.error
    case 'exchange':
      return jsonAnswer(200, { code: outcome.code })
  }
}

async function redirectOutcome(
  context: AuthContext,
  outcome: OAuthOutcome,
  target: URL,
  flowCookies: readonly string[],
): Promise<RouteResponse> {
  switch (outcome.kind) {
    case 'exchange':
      target.searchParams.set('code', outcome.code)
      return redirect(target.href, flowCookies)
    case 'linked':
      target.searchParams.set('linked', outcome.flow.provider)
      return redirect(target.href)
    case 'failed': {
      const { code, message, details, ticket } = outcome.error
      target.searchParams.set('error', code)
      target.searchParams.set('error_description', message)
      if (ticket === undefined) {
        const [detail] = details
        if (detail) target.searchParams.set('error_reason', detail.code)
        return redirect(target.href)
      }
      target.searchParams.set('ticket', ticket)
      target.searchParams.set('fields', [...new Set(details.map(({ field }) => field))].join(','))
      return redirect(target.href, flowCookies)
    }
    case 'signed_in': {
      const { signIn } = outcome
      if (signIn.kind === 'mfa_required') {
        target.searchParams.set('mfa_token', signIn.mfaToken)
        return redirect(target.href)
      }
      const answer = await sessionAnswer(context, 200, signIn.open, true)
      return redirect(target.href, answer instanceof Response ? answer.headers.getSetCookie() : [])
    }
  }
}

/** A form that another site posts comes with cookies only if they say so. It lasts for the longest step. */
function flowCookie(context: AuthContext, provider: string, browserSecret: string): string {
  const crossSite = context.providers.get(provider)?.definition.formPost === true
  return setCookie(context, OAUTH_COOKIE, { value: browserSecret, maxAge: PROFILE_TTL / 1000, crossSite })
}

function redirect(location: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 302, headers })
}
