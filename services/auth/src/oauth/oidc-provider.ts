import { parseEmail } from '@koyalite/schema'
import { fetchUserInfo } from 'openid-client'
import type { Claims, ProviderDefinition } from './provider-definition'

/** Whether an address is theirs, by what a provider claims; null where it does not say. */
type VerifiedRule = (claims: Claims) => boolean | null

/** The claim that OpenID Connect has for it. Some providers write booleans as text. */
const standardRule: VerifiedRule = ({ email_verified: said }) => {
  if (said === undefined || said === null) return null
  return said === true || said === 'true'
}

/**
 * At Microsoft the administrator of any tenant writes any address into an account, and no standard claim shows it.
 * Only `xms_edov` does: the tenant has proved that the address's domain is its own.
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
    async profile(configuration, { accessToken, claims: token }, wanted) {
      if (!token) throw new Error('the provider returned no ID token')
      const saysAll = parseEmail(token.email) !== null && verified(token) !== null
      const isMissing = !saysAll || wanted.some((name) => token[name] == null)
      const canAsk = isMissing && configuration.serverMetadata().userinfo_endpoint !== undefined
      // Of the same subject, or it throws.
      const info: Claims = canAsk ? await fetchUserInfo(configuration, accessToken, token.sub) : {}
      // Address and standing are of one source: an address from here with a word from there would prove what nobody
      // has said.
      const source: Claims = saysAll || parseEmail(info.email) === null ? token : info
      const email = parseEmail(source.email)
      return {
        subject: token.sub,
        email,
        emailVerified: email !== null && verified(source) === true,
        claims: { ...info, ...present(token) },
      }
    },
  }
}

/** The claims that have a value: null is the same as a missing claim. */
function present(claims: Claims): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null))
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
  // Apple sends the address only this way.
  formPost: true,
})
