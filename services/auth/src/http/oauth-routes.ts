import { ANYONE, AppError } from '@koyalite/contracts'
import { queryFlag, type Route, reply, route } from '@koyalite/kernel'
import { z } from 'zod'
import { usersInPerson } from '../actors'
import type { AuthContext } from '../auth-context'
import { challengeInput } from '../operations/oauth/flow-binding'
import { listIdentities, unlinkIdentity } from '../operations/oauth/link-identity'
import { exchangeInput, exchangeOAuthCode } from '../operations/oauth/oauth-exchange'
import { completeProfile, completeProfileInput } from '../operations/oauth/oauth-profile'
import { requireProvider, startLink, startOAuth } from '../operations/oauth/oauth-start'
import { browserSecretOf, callbackReply, flowCookie, redirect } from './oauth-replies'
import { isPageOf } from './page-of'
import { requestContexts } from './request-context'
import * as response from './response-schemas'
import { opensSession, outcomeReply, signInReply } from './sign-in-reply'

/** A form of a provider is a code and a state. */
const MAX_FORM = 100_000

const redirectTo = z.string().optional().describe('Where the browser goes in the end.')

const startQuery = z.object({
  redirect_to: redirectTo,
  cookies: queryFlag.default(false).describe('Whether it ends with cookies.'),
  code_challenge: challengeInput
    .optional()
    .describe('SHA-256 of the code_verifier, for a client that cannot keep a cookie.'),
  code_challenge_method: z.literal('S256', { error: 'must be S256' }).optional(),
})

/** Signing in with an account elsewhere. */
export function oauthRoutes(context: AuthContext): readonly Route[] {
  const requestOf = requestContexts(context)
  return [
    route({
      method: 'GET',
      path: '/api/auth/providers',
      name: 'listProviders',
      summary: 'List configured providers, and whether registration is open',
      access: ANYONE,
      credentials: 'none',
      responses: { 200: response.providers },
      handle: () => ({
        registration: context.settings.auth.registration,
        providers: [...context.providers.values()].map(({ name, label }) => ({
          name,
          label,
          url: `${context.publicUrl()}/api/auth/oauth/${name}`,
        })),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/auth/identities',
      name: 'listIdentities',
      summary: 'List the linked accounts of the caller',
      access: usersInPerson,
      responses: { 200: response.identities },
      handle: (call) => ({ identities: listIdentities(context, requestOf(call)) }),
    }),
    route({
      method: 'POST',
      path: '/api/auth/oauth/exchange',
      name: 'exchangeOAuth',
      summary:
        'Exchange the code of a redirect for tokens, in the browser that started the sign-in or with its code_verifier',
      access: ANYONE,
      credentials: 'optional',
      ...opensSession(context),
      body: exchangeInput,
      responses: { 200: response.signIn },
      handle: (call) =>
        signInReply(context, call, 200, () => {
          const browserSecret = browserSecretOf(context, call.request)
          return exchangeOAuthCode(context, requestOf(call), { ...call.body, browserSecret })
        }),
    }),
    route({
      method: 'POST',
      path: '/api/auth/oauth/complete',
      name: 'completeOAuth',
      summary: 'Complete a first sign-in that needs more fields, with the ticket of PROFILE_INCOMPLETE',
      access: ANYONE,
      credentials: 'optional',
      ...opensSession(context),
      body: completeProfileInput,
      responses: { 200: response.mfaQuestion, 201: response.session },
      async handle(call) {
        const { request, query, body } = call
        const browserSecret = browserSecretOf(context, request)
        const done = await completeProfile(context, requestOf(call), body, { browserSecret })
        const cookies = query.cookies || (done.cookies && isPageOf(context, request, 'user'))
        return outcomeReply(context, 201, done.signIn, cookies)
      },
    }),
    route({
      method: 'GET',
      path: '/api/auth/oauth/:provider',
      name: 'startOAuth',
      summary: 'Start a sign-in with a provider; ?redirect_to=, ?cookies=true and ?code_challenge= choose how it ends',
      access: ANYONE,
      credentials: 'optional',
      query: startQuery,
      responses: { 302: null },
      async handle(call) {
        const { request, params, query } = call
        const start = await startOAuth(context, requestOf(call), {
          provider: params.provider,
          redirect: query.redirect_to ?? null,
          cookies: query.cookies,
          challenge: query.code_challenge ?? null,
          browserSecret: browserSecretOf(context, request),
        })
        return redirect(start.url, [flowCookie(context, params.provider, start.browserSecret)])
      },
    }),
    route({
      method: 'POST',
      path: '/api/auth/oauth/:provider/link',
      name: 'linkIdentity',
      summary: 'Start linking an account at a provider to the caller; needs a fresh sign-in',
      access: usersInPerson,
      query: z.object({ redirect_to: redirectTo }),
      responses: { 200: response.linkStart },
      async handle(call) {
        const { request, params, query } = call
        const start = await startLink(context, requestOf(call), {
          provider: params.provider,
          redirect: query.redirect_to ?? null,
          browserSecret: browserSecretOf(context, request),
        })
        const cookies = [flowCookie(context, params.provider, start.browserSecret)]
        return reply(200, { url: start.url }, { cookies })
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/auth/oauth/:provider',
      name: 'unlinkIdentity',
      summary: 'Unlink an account at a provider from the caller; needs a fresh sign-in',
      access: usersInPerson,
      responses: { 204: null },
      handle: (call) => unlinkIdentity(context, requestOf(call), call.params.provider),
    }),
    route({
      method: 'GET',
      path: '/api/auth/oauth/:provider/callback',
      name: 'oauthCallback',
      summary: 'Callback URL of a provider',
      access: ANYONE,
      credentials: 'optional',
      responses: { 200: response.oauthOutcome, 302: null },
      handle: (call) => callbackReply(context, call, call.request.query),
    }),
    route({
      method: 'POST',
      path: '/api/auth/oauth/:provider/callback',
      name: 'oauthFormCallback',
      summary: 'Callback URL of a provider, as a form post',
      access: ANYONE,
      credentials: 'optional',
      bodyLimit: MAX_FORM,
      responses: { 200: response.oauthOutcome, 302: null },
      async handle(call) {
        if (!requireProvider(context, call.params.provider).formPost) {
          const message = 'This provider uses GET for the callback.'
          throw new AppError('METHOD_NOT_ALLOWED', message, { headers: { allow: 'GET' } })
        }
        const form = new TextDecoder().decode(await call.request.bytes())
        return callbackReply(context, call, new URLSearchParams(form))
      },
    }),
  ]
}
