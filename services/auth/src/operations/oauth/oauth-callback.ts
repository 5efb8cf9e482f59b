import { AppError } from '@koyalite/contracts'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import type { Provider } from '../../oauth/providers'
import { consumeOneTimeToken } from '../../store/one-time-tokens'
import { findSession, type SignInMethod } from '../../store/sessions'
import { hashSecret } from '../../tokens/secret'
import { isOpen } from '../sessions/begin-session'
import { invalidate } from '../sessions/end-sessions'
import { requireSignedIn, type SignIn, signInNewUser } from '../sign-in/sign-in-user'
import { profileAt, type SentBack } from './ask-provider'
import { isSameBrowser } from './flow-binding'
import { type KnownProfile, linkIdentity, userOfProfile } from './link-identity'
import { issueExchangeCode } from './oauth-exchange'
import { issueProfileTicket } from './oauth-profile'
import { type OAuthFlow, requireProvider } from './oauth-start'
import { ProfileIncompleteError } from './profile-fields'
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
  readonly parameters: SentBack
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
    const verifier = context.runtime.secrets.open(flow.verifier, hashSecret(state)) ?? ''
    const checks = { state, verifier, nonce: flow.nonce }
    profile = await profileAt(context, provider, { sent: input.parameters, checks })
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
