import { AppError } from '@koyalite/contracts'
import { isStorableText } from '@koyalite/schema'
import { z } from 'zod'
import { type AuthContext, audit, charge, type Visit } from '../auth-context'
import type { Provider } from '../oauth/providers'
import { parseInput, secretInput } from '../parse-input'
import { equalSecrets, hashSecret, randomSecret } from '../secret'
import { consumeOneTimeToken, insertOneTimeToken } from '../store/one-time-tokens'
import { findSession, type SignInMethod } from '../store/sessions'
import { isOpen } from './begin-session'
import { endedSessions } from './end-sessions'
import { type KnownProfile, linkIdentity, userOfProfile } from './link-identity'
import { callbackUrl, type OAuthFlow, requireProvider } from './oauth-start'
import { reportProviderFailure } from './report-provider-failure'
import { type SignIn, signInUser } from './sign-in-user'

/** A code in an address is used at once, by the page that it leads to. */
const EXCHANGE_TTL = 60_000

/** Where a way back from a provider has led. */
export type OAuthOutcome =
  | { readonly kind: 'signed_in'; readonly signIn: SignIn; readonly flow: OAuthFlow }
  /** The page at `flow.redirect` gets the tokens for this code. */
  | { readonly kind: 'exchange'; readonly code: string; readonly flow: OAuthFlow }
  | { readonly kind: 'linked'; readonly flow: OAuthFlow }
  | { readonly kind: 'failed'; readonly error: AppError; readonly flow: OAuthFlow }

/** Takes up what a provider has sent the browser back with. Throws UNAUTHENTICATED where nobody began that, or another browser did. */
export async function finishOAuth(
  context: AuthContext,
  visit: Visit,
  input: { readonly provider: string; readonly params: URLSearchParams; readonly browserSecret: string | null },
): Promise<OAuthOutcome> {
  const provider = requireProvider(context, input.provider)
  const state = input.params.get('state') ?? ''
  const { value: known } = await context.database.write((tx) =>
    consumeOneTimeToken(tx, 'oauth', hashSecret(state), visit.time),
  )
  const flow = known?.data as OAuthFlow | undefined
  const sameBrowser =
    flow !== undefined && input.browserSecret !== null && equalSecrets(hashSecret(input.browserSecret), flow.browser)
  if (!sameBrowser || flow.provider !== provider.name) {
    throw new AppError('UNAUTHENTICATED', 'This sign-in was not begun in this browser, or too long ago. Begin again.')
  }
  try {
    const profile = await profileAt(context, provider, { params: input.params, state, flow })
    return await takeProfile(context, visit, { provider, profile, flow })
  } catch (error) {
    const failure = reportProviderFailure(context, visit, provider, error)
    await context.database.write((tx) =>
      audit(context, tx, visit, {
        event: 'auth.oauth',
        outcome: 'failure',
        details: { provider: provider.name, error: failure.code, reason: failure.details[0]?.code ?? null },
      }),
    )
    return { kind: 'failed', error: failure, flow }
  }
}

export const exchangeInput = z.strictObject({ code: secretInput })

/** Gives the session for a code that came with a redirect, once. Throws UNAUTHENTICATED. */
export async function exchangeOAuthCode(context: AuthContext, visit: Visit, input: unknown): Promise<SignIn> {
  const { code } = parseInput(exchangeInput, input)
  charge(context, visit, { name: 'login', rate: context.settings.auth.rate_limit.login })
  const { value } = await context.database.write((tx) => {
    const known = consumeOneTimeToken(tx, 'oauth_exchange', hashSecret(code), visit.time)
    if (!known?.subject || !context.users.byId(tx, known.subject)) return null
    return signInUser(context, tx, { userId: known.subject, method: known.data as SignInMethod, visit })
  })
  if (value === null) throw new AppError('UNAUTHENTICATED', 'The code is not good, or not any more. Sign in again.')
  return value
}

/** State, issuer, audience, nonce, signature and times are checked where the code is redeemed. */
async function profileAt(
  context: AuthContext,
  provider: Provider,
  { params, state, flow }: { readonly params: URLSearchParams; readonly state: string; readonly flow: OAuthFlow },
): Promise<KnownProfile> {
  const connection = await context.providerClients.connect(provider)
  const current = new URL(callbackUrl(context, provider))
  current.search = params.toString()
  const verifier = context.runtime.secrets.open(flow.verifier, hashSecret(state)) ?? ''
  const tokens = await connection.redeem(current, { state, verifier, nonce: flow.nonce })
  const profile = await provider.definition.profile(connection.configuration, tokens, Object.values(provider.profile))
  if (!isSubject(profile.subject)) throw new Error('the provider gave no id of the account (sub)')
  return { ...profile, subject: profile.subject }
}

/** An id that is empty, or that several accounts could share, would make one user of them all. */
function isSubject(subject: unknown): subject is string {
  return typeof subject === 'string' && subject.trim() !== '' && subject.length <= 255 && isStorableText(subject)
}

async function takeProfile(
  context: AuthContext,
  visit: Visit,
  {
    provider,
    profile,
    flow,
  }: { readonly provider: Provider; readonly profile: KnownProfile; readonly flow: OAuthFlow },
): Promise<OAuthOutcome> {
  if (flow.link !== null) {
    const { userId, sessionId } = flow.link
    await context.database.write((tx) => {
      const session = findSession(tx, sessionId)
      if (!session || !isOpen(context, session, visit.time))
        throw new AppError('UNAUTHENTICATED', 'You have signed out meanwhile: sign in, and link again.')
      linkIdentity(context, tx, visit, { userId, provider: provider.name, profile })
    })
    return { kind: 'linked', flow }
  }
  const method: SignInMethod = `oauth:${provider.name}`
  const { value } = await context.database.write((tx) => {
    const { userId, ended } = userOfProfile(context, tx, visit, { provider: provider.name, profile })
    if (flow.redirect === null || flow.cookies)
      return { ended, userId, signIn: signInUser(context, tx, { userId, method, visit }) }
    const code = randomSecret()
    const expiresAt = visit.time + EXCHANGE_TTL
    insertOneTimeToken(tx, {
      hash: hashSecret(code),
      purpose: 'oauth_exchange',
      subject: userId,
      data: method,
      expiresAt,
    })
    return { ended, userId, code }
  })
  context.mail.wake()
  endedSessions(context, value.ended)
  context.runtime.verified.forget({ kind: 'user', id: value.userId })
  return value.signIn === undefined
    ? { kind: 'exchange', code: value.code, flow }
    : { kind: 'signed_in', signIn: value.signIn, flow }
}
