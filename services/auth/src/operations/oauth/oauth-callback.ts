import { AppError } from '@koyalite/contracts'
import { isStorableText } from '@koyalite/schema'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import type { Provider } from '../../oauth/providers'
import { consumeOneTimeToken } from '../../store/one-time-tokens'
import { findSession, type SignInMethod } from '../../store/sessions'
import { hashSecret } from '../../tokens/secret'
import { isOwnable } from '../accounts/placeholder-email'
import { isOpen } from '../sessions/begin-session'
import { invalidate } from '../sessions/end-sessions'
import { requireSignedIn, type SignIn, signInNewUser } from '../sign-in/sign-in-user'
import { isSameBrowser } from './flow-binding'
import { type KnownProfile, linkIdentity, userOfProfile } from './link-identity'
import { issueExchangeCode } from './oauth-exchange'
import { issueProfileTicket } from './oauth-profile'
import { callbackUrl, type OAuthFlow, requireProvider } from './oauth-start'
import { mappedFields, ProfileIncompleteError } from './profile-fields'
import { reportProviderFailure } from './report-provider-failure'

/** Where a way back from a provider has led. */
export type OAuthOutcome =
  | { readonly kind: 'signed_in'; readonly signIn: SignIn; readonly flow: OAuthFlow }
  /** The page at `flow.redirect` gets the tokens for this code. */
  | { readonly kind: 'exchange'; readonly code: string; readonly flow: OAuthFlow }
  | { readonly kind: 'linked'; readonly flow: OAuthFlow }
  /** Where fields are missing the error has a ticket to continue with. */
  | { readonly kind: 'failed'; readonly error: AppError; readonly flow: OAuthFlow }

export interface OAuthCallback {
  readonly provider: string
  readonly state: string
  /** All parameters as the provider sent them, form-encoded: the client library checks them. */
  readonly parameters: string
  /** Value of the cookie of the flow. */
  readonly browserSecret: string | null
}

/**
 * Takes up what a provider has sent the browser back with. Throws UNAUTHENTICATED where nobody began that, or another
 * browser did.
 */
export async function finishOAuth(
  context: AuthContext,
  request: RequestContext,
  input: OAuthCallback,
): Promise<OAuthOutcome> {
  const provider = requireProvider(context, input.provider)
  const { state } = input
  const { value: known } = await context.database.write((tx) =>
    consumeOneTimeToken(tx, 'oauth', hashSecret(state), request.time),
  )
  const flow = known?.data as OAuthFlow | undefined
  if (flow === undefined || !isSameBrowser(flow, input.browserSecret) || flow.provider !== provider.name) {
    throw new AppError('UNAUTHENTICATED', 'This sign-in was not started in this browser, or has expired. Start again.')
  }
  const failed = async (error: AppError): Promise<OAuthOutcome> => {
    const details = { provider: provider.name, error: error.code, reason: error.details[0]?.code ?? null }
    await context.database.write((tx) =>
      audit(context, tx, request, { event: 'auth.oauth', outcome: 'failure', details }),
    )
    return { kind: 'failed', error, flow }
  }
  let profile: KnownProfile
  try {
    profile = await profileAt(context, provider, { parameters: input.parameters, state, flow })
  } catch (error) {
    return failed(reportProviderFailure(context, request, provider, error))
  }
  try {
    return await takeProfile(context, request, { provider, profile, flow })
  } catch (error) {
    if (error instanceof AppError) return failed(error)
    throw error
  }
}

/** State, issuer, audience, nonce, signature and times are checked where the code is redeemed. */
async function profileAt(
  context: AuthContext,
  provider: Provider,
  { parameters, state, flow }: { readonly parameters: string; readonly state: string; readonly flow: OAuthFlow },
): Promise<KnownProfile> {
  const connection = await context.providerClients.connect(provider)
  const current = new URL(callbackUrl(context, provider))
  current.search = parameters
  const verifier = context.runtime.secrets.open(flow.verifier, hashSecret(state)) ?? ''
  const tokens = await connection.redeem(current, { state, verifier, nonce: flow.nonce })
  const wanted = Object.values(provider.profile)
  const { claims, subject, ...profile } = await provider.definition.profile(connection.configuration, tokens, wanted)
  if (!isSubject(subject)) throw new Error('the provider returned no account id (sub)')
  // A provider that vouches for the placeholder of an anonymous user must not sign in to their account.
  const isTheirs = profile.email !== null && isOwnable(profile.email)
  const address = isTheirs ? {} : { email: null, emailVerified: false }
  return { ...profile, ...address, subject, fields: mappedFields(provider.profile, claims) }
}

/** An id that is empty, or that several accounts could share, would make one user of them all. */
function isSubject(subject: unknown): subject is string {
  return typeof subject === 'string' && subject.trim() !== '' && subject.length <= 255 && isStorableText(subject)
}

interface Finished {
  readonly provider: Provider
  readonly profile: KnownProfile
  readonly flow: OAuthFlow
}

async function takeProfile(context: AuthContext, request: RequestContext, finished: Finished): Promise<OAuthOutcome> {
  if (finished.flow.link !== null) return takeLink(context, request, finished, finished.flow.link)
  try {
    return await takeSignIn(context, request, finished)
  } catch (error) {
    if (!(error instanceof ProfileIncompleteError)) throw error
    const { provider, profile, flow } = finished
    const failure = await issueProfileTicket(
      context,
      request,
      { provider: provider.name, profile, flow },
      error.details,
    )
    return { kind: 'failed', error: failure, flow }
  }
}

async function takeLink(
  context: AuthContext,
  request: RequestContext,
  { provider, profile, flow }: Finished,
  { userId, sessionId }: NonNullable<OAuthFlow['link']>,
): Promise<OAuthOutcome> {
  await context.database.write((tx) => {
    const session = findSession(tx, sessionId)
    if (!session || !isOpen(context, session, request.time))
      throw new AppError('UNAUTHENTICATED', 'You have signed out in the meantime: sign in, then link again.')
    linkIdentity(context, tx, request, { userId, sessionId, provider: provider.name, profile })
    invalidate(context, tx, { kind: 'user', id: userId })
  })
  return { kind: 'linked', flow }
}

async function takeSignIn(
  context: AuthContext,
  request: RequestContext,
  { provider, profile, flow }: Finished,
): Promise<OAuthOutcome> {
  const method: SignInMethod = `oauth:${provider.name}`
  const { value } = await context.database.write((tx) => {
    const userId = userOfProfile(context, tx, request, { provider: provider.name, profile, given: null })
    invalidate(context, tx, { kind: 'user', id: userId })
    if (flow.redirect === null || flow.cookies)
      return { first: signInNewUser(context, tx, { userId, method, request }) }
    return { code: issueExchangeCode(tx, request, { userId, method, flow }) }
  })
  return value.first === undefined
    ? { kind: 'exchange', code: value.code, flow }
    : { kind: 'signed_in', signIn: requireSignedIn(value.first), flow }
}
