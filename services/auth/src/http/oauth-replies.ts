import { JsonText, type Reply, reply } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { finishOAuth, type OAuthOutcome } from '../operations/oauth/oauth-callback'
import { PROFILE_TTL } from '../operations/oauth/oauth-profile'
import { OAUTH_COOKIE, readCookie, setCookie } from './cookies'
import { type Call, requestContext } from './request-context'
import { outcomeReply, sessionReply } from './sign-in-reply'

type CallbackReply = Reply<200, JsonText> | Reply<302, null>

interface CallbackCall extends Call {
  readonly params: { readonly provider: string }
}

/** How a sign-in at a provider ends: as JSON, or at the page that began it. */
export async function callbackReply(
  context: AuthContext,
  call: CallbackCall,
  parameters: URLSearchParams,
): Promise<CallbackReply> {
  const { provider } = call.params
  const browserSecret = browserSecretOf(context, call.request)
  const outcome = await finishOAuth(context, requestContext(context, call), {
    provider,
    state: parameters.get('state') ?? '',
    parameters: { text: parameters.toString(), values: Object.fromEntries(parameters) },
    browserSecret,
  })
  const target = outcome.flow.redirect
  if (target === null) return jsonReply(context, outcome)
  // The next step asks for the cookie once more: it must not end before.
  const cookies = browserSecret === null ? [] : [flowCookie(context, provider, browserSecret)]
  return redirectReply(context, outcome, new URL(target), cookies)
}

/** Value of the cookie that ties a flow to the browser. */
export function browserSecretOf(context: AuthContext, { headers }: Call['request']): string | null {
  return readCookie(context, headers, OAUTH_COOKIE)
}

/** A form that another site posts comes with cookies only if they say so. It lasts for the longest step. */
export function flowCookie(context: AuthContext, provider: string, browserSecret: string): string {
  const crossSite = context.providers.get(provider)?.formPost === true
  return setCookie(context, OAUTH_COOKIE, { value: browserSecret, maxAge: PROFILE_TTL / 1000, crossSite })
}

export function redirect(location: string, cookies: readonly string[] = []): Reply<302, null> {
  return reply(302, null, { headers: { location }, cookies })
}

async function jsonReply(context: AuthContext, outcome: OAuthOutcome): Promise<Reply<200, JsonText>> {
  switch (outcome.kind) {
    case 'signed_in':
      return outcomeReply(context, 200, outcome.signIn, outcome.flow.cookies)
    case 'linked':
      return reply(200, new JsonText(JSON.stringify({ ok: true })))
    case 'failed':
      throw outcome.error
    case 'exchange':
      return reply(200, new JsonText(JSON.stringify({ code: outcome.code })))
  }
}

async function redirectReply(
  context: AuthContext,
  outcome: OAuthOutcome,
  target: URL,
  flowCookies: readonly string[],
): Promise<Reply<302, null>> {
  switch (outcome.kind) {
    case 'exchange':
      target.searchParams.set('code', outcome.code)
      return redirect(target.href, flowCookies)
    case 'linked':
      target.searchParams.set('linked', outcome.flow.provider)
      return redirect(target.href)
    case 'failed': {
      const { code, own, message, details, ticket } = outcome.error
      target.searchParams.set('error', own?.code ?? code)
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
      const { options } = await sessionReply(context, 200, signIn.open, true)
      return redirect(target.href, options.cookies)
    }
  }
}
