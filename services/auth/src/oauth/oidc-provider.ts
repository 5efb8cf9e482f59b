import { parseEmail } from '@koyalite/schema'
import { fetchUserInfo, type IDToken, type UserInfoResponse } from 'openid-client'
import type { ProviderDefinition } from './provider-definition'

type Claims = Partial<IDToken & UserInfoResponse>

/** Whether an address is theirs, by what a provider claims. */
type VerifiedRule = (claims: Claims) => boolean

/** The claim that OpenID Connect has for it. */
const standardRule: VerifiedRule = ({ email_verified }) => email_verified === true

/** Apple writes booleans as text, too. */
const appleRule: VerifiedRule = ({ email_verified }) =>
  (email_verified as unknown) === true || (email_verified as unknown) === 'true'

/**
 * At Microsoft the administrator of any tenant writes any address into an account, and no claim of the standard tells. Only `xms_edov`
 * does: the tenant has proved that the address's domain is its own.
 */
const microsoftRule: VerifiedRule = ({ xms_edov }) =>
  xms_edov === true || xms_edov === 1 || xms_edov === '1' || xms_edov === 'true'

interface OidcOptions {
  readonly label: string
  readonly issuer: string
  readonly scopes?: readonly string[]
  readonly formPost?: boolean
  readonly verified?: VerifiedRule
}

/** A provider that speaks OpenID Connect. */
export function oidcProvider({
  label,
  issuer,
  scopes,
  formPost,
  verified = standardRule,
}: OidcOptions): ProviderDefinition {
  return {
    label,
    scopes: scopes ?? ['openid', 'email'],
    server: { kind: 'oidc', issuer },
    ...(formPost ? { formPost } : {}),
    async profile(configuration, { accessToken, claims }) {
      if (!claims) throw new Error('the provider gave no ID token')
      // Some tell the address only when asked; what is in the signed token counts first.
      const asked = claims.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
      const info: Claims = asked
        ? { ...(await fetchUserInfo(configuration, accessToken, claims.sub)), ...claims }
        : claims
      const email = parseEmail(info.email)
      return { subject: claims.sub, email, emailVerified: email !== null && verified(info) }
    },
  }
}

export const GOOGLE = oidcProvider({ label: 'Google', issuer: 'https://accounts.google.com' })

export const MICROSOFT = oidcProvider({
  label: 'Microsoft',
  issuer: 'https://login.microsoftonline.com/common/v2.0',
  verified: microsoftRule,
})

export const APPLE = oidcProvider({
  label: 'Apple',
  issuer: 'https://appleid.apple.com',
  // Apple gives the address only this way.
  formPost: true,
  verified: appleRule,
})
