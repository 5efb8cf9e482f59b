import { isStorableText } from '@koyalite/schema'
import {
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
} from 'openid-client'
import type { AuthContext } from '../../auth-context'
import { addressOf, profileOf } from '../../oauth/coded-provider'
import type { CodeChecks } from '../../oauth/provider-client'
import type { ProtocolProvider, Provider } from '../../oauth/providers'
import { randomSecret } from '../../tokens/secret'
import { isOwnable } from '../accounts/placeholder-email'
import type { KnownProfile } from './link-identity'
import { mappedFields } from './profile-fields'

/** Secrets of one sign-in: what comes back must match them. */
export function newChecks(provider: Provider): CodeChecks {
  const sendsNonce = provider.kind === 'code' || (provider.nonce && provider.definition.server.kind === 'oidc')
  return { state: randomSecret(), verifier: randomPKCECodeVerifier(), nonce: sendsNonce ? randomNonce() : null }
}

/** Where a browser goes to sign in at a provider. Throws what went wrong. */
export async function beginAt(context: AuthContext, provider: Provider, checks: CodeChecks): Promise<string> {
  const { state, verifier, nonce } = checks
  const callbackUrl = callbackUrlOf(context, provider.name)
  const codeChallenge = await calculatePKCECodeChallenge(verifier)
  if (provider.kind === 'code')
    return addressOf(provider.code, { state, nonce: nonce ?? '', codeChallenge, callbackUrl })
  const { configuration } = await context.providerClients.connect(provider)
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: callbackUrl,
    scope: scopesFor(provider, configuration).join(' '),
    state,
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    ...(nonce === null ? {} : { nonce }),
    ...(provider.formPost ? { response_mode: 'form_post' } : {}),
  })
  return url.href
}

/** What a provider has sent a browser back with. */
export interface SentBack {
  /** Form-encoded, as it came: the client library checks it. */
  readonly text: string
  readonly values: Readonly<Record<string, string>>
}

/**
 * Who has come back from a provider. Issuer, audience, nonce, signature and times are checked where the code is
 * redeemed. Throws what went wrong.
 */
export async function profileAt(
  context: AuthContext,
  provider: Provider,
  { sent, checks }: { readonly sent: SentBack; readonly checks: CodeChecks },
): Promise<KnownProfile> {
  const { subject, ...profile } = await profileFrom(context, provider, sent, checks)
  if (!isSubject(subject)) throw new Error('the provider returned no account id (sub)')
  // A provider that vouches for the placeholder of an anonymous user must not sign in to their account.
  const isTheirs = profile.email !== null && isOwnable(profile.email)
  const address = isTheirs ? {} : { email: null, emailVerified: false }
  return { ...profile, ...address, subject }
}

async function profileFrom(context: AuthContext, provider: Provider, sent: SentBack, checks: CodeChecks) {
  const callbackUrl = callbackUrlOf(context, provider.name)
  if (provider.kind === 'code') {
    const { verifier: codeVerifier, nonce } = checks
    const { values: parameters } = sent
    return profileOf(provider.code, { parameters, codeVerifier, nonce: nonce ?? '', callbackUrl })
  }
  const connection = await context.providerClients.connect(provider)
  const current = new URL(callbackUrl)
  current.search = sent.text
  const tokens = await connection.redeem(current, checks)
  const wanted = Object.values(provider.profile)
  const { claims, ...profile } = await provider.definition.profile(connection.configuration, tokens, wanted)
  return { ...profile, fields: mappedFields(provider.profile, claims) }
}

/** An id that is empty, or that several accounts could share, would make one user of them all. */
function isSubject(subject: unknown): subject is string {
  return typeof subject === 'string' && subject.trim() !== '' && subject.length <= 255 && isStorableText(subject)
}

/** Claims that fields of `users` are made of come with a scope of their own, which some providers do not have. */
function scopesFor({ definition, scopes, profile }: ProtocolProvider, configuration: Configuration): readonly string[] {
  const { scopes_supported: supported } = configuration.serverMetadata()
  const needsProfile = definition.server.kind === 'oidc' && Object.keys(profile).length > 0
  if (!needsProfile || scopes.includes('profile') || supported?.includes('profile') === false) return scopes
  return [...scopes, 'profile']
}

export function callbackUrlOf(context: AuthContext, name: string): string {
  return `${context.publicUrl()}/api/auth/oauth/${name}/callback`
}
