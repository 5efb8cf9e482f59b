import { AppError } from '@koyalite/contracts'
import type { UserInPerson } from '../../actors'
import { allowedAddress } from '../../allowed-address'
import { type AuthContext, charge, type RequestContext } from '../../auth-context'
import type { Provider } from '../../oauth/providers'
import { insertOneTimeToken } from '../../store/one-time-tokens'
import { hashSecret } from '../../tokens/secret'
import { requireFresh } from '../sign-in/require-fresh'
import { beginAt, newChecks } from './ask-provider'
import { browserSecretFor, type FlowBinding } from './flow-binding'
import { reportProviderFailure } from './report-provider-failure'

/** Time to sign in at the provider. */
const OAUTH_TTL = 10 * 60_000

/** What the callback needs to know; stored under a hash of `state`. */
export interface OAuthFlow extends FlowBinding {
  readonly provider: string
  /** Of PKCE, sealed: it is what makes a code that was caught on its way worth nothing. */
  readonly verifier: string
  /** Null where the provider would not send it back. */
  readonly nonce: string | null
  /** Where the browser goes in the end; null: the response is JSON. */
  readonly redirect: string | null
  /**
   * The user to whom the account is to be linked, and their session, which must be open at the end too; null for a
   * sign-in.
   */
  readonly link: OAuthLink | null
  readonly cookies: boolean
}

export interface OAuthLink {
  readonly userId: string
  readonly sessionId: string
}

export interface OAuthStart {
  readonly url: string
  /** Value of the cookie that ties the flow to the browser. */
  readonly browserSecret: string
}

export interface LinkStartInput {
  readonly provider: string
  readonly redirect: string | null
  /** Of an earlier flow of the same browser: both can continue in two tabs. */
  readonly browserSecret: string | null
}

export interface OAuthStartInput extends LinkStartInput {
  readonly cookies: boolean
  /** Of a client that shows at the end that it began. */
  readonly challenge: string | null
}

/** Where to send a browser so that its user signs in at a provider. Throws NOT_FOUND, INVALID_REQUEST, UNAVAILABLE. */
export function startOAuth(context: AuthContext, request: RequestContext, input: OAuthStartInput): Promise<OAuthStart> {
  return startFlow(context, request, { ...input, link: null })
}

/** The same so that an account there is linked to a user, whose sign-in is fresh. Throws FORBIDDEN where it is not. */
export async function startLink(
  context: AuthContext,
  request: RequestContext<UserInPerson>,
  input: LinkStartInput,
): Promise<OAuthStart> {
  requireFresh(context, request)
  const { id, sessionId } = request.actor
  return startFlow(context, request, { ...input, link: { userId: id, sessionId }, cookies: false, challenge: null })
}

async function startFlow(
  context: AuthContext,
  request: RequestContext,
  input: OAuthStartInput & Pick<OAuthFlow, 'link'>,
): Promise<OAuthStart> {
  charge(context, request, { name: 'oauth', rate: context.settings.auth.rate_limit.login })
  const provider = requireProvider(context, input.provider)
  const redirect = input.redirect === null ? null : allowedRedirect(context, input.redirect)
  const checks = newChecks(provider)
  const { state, verifier, nonce } = checks
  const url = await beginAt(context, provider, checks).catch((error: unknown) => {
    throw reportProviderFailure(context, request, provider, error)
  })
  const browserSecret = browserSecretFor(input.browserSecret)
  const { link, cookies, challenge } = input
  const flow: OAuthFlow = {
    provider: provider.name,
    verifier: context.runtime.secrets.seal(verifier, hashSecret(state)),
    nonce,
    browser: hashSecret(browserSecret),
    challenge,
    redirect,
    link,
    cookies,
  }
  await context.database.write((tx) =>
    insertOneTimeToken(tx, {
      hash: hashSecret(state),
      purpose: 'oauth',
      subject: link?.userId ?? null,
      data: flow,
      expiresAt: request.time + OAUTH_TTL,
    }),
  )
  return { url, browserSecret }
}

export function requireProvider(context: AuthContext, name: string): Provider {
  const provider = context.providers.get(name)
  if (!provider) throw new AppError('NOT_FOUND', `The provider '${name}' is not configured.`)
  return provider
}

/** Anywhere else, somebody could have sign-ins sent to themselves. */
function allowedRedirect(context: AuthContext, address: string): string {
  const url = allowedAddress(address, new URL(context.publicUrl()).origin, context.settings.server)
  if (url !== null) return url.href
  throw new AppError(
    'INVALID_REQUEST',
    'redirect_to must be a URL of this server or of an origin listed in server.cors.origins.',
  )
}
