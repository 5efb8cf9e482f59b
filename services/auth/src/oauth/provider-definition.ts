import type { Configuration, IDToken, ServerMetadata } from 'openid-client'

/** Who somebody is at a provider. */
export interface ProviderProfile {
  /** The provider's own id of the account: it never changes, as an address may. */
  readonly subject: string
  /** Normalised; null where the provider gives none that can be stored. */
  readonly email: string | null
  /** The provider vouches that the address is theirs, in a way that can be believed of this provider. */
  readonly emailVerified: boolean
}

/** What came with the authorization code. */
export interface ProviderTokens {
  readonly accessToken: string
  readonly claims: IDToken | undefined
}

/** A provider of accounts. */
export interface ProviderDefinition {
  /** For people. */
  readonly label: string
  /** Asked for always. */
  readonly scopes: readonly string[]
  /** An OpenID provider is discovered by its issuer; of another one the endpoints are known. */
  readonly server:
    | { readonly kind: 'oidc'; readonly issuer: string }
    | { readonly kind: 'oauth2'; readonly metadata: ServerMetadata }
  /** The answer comes as a form that the browser posts, instead of in the address. */
  readonly formPost?: boolean
  /** Reads who it is, from the ID token or by asking. */
  profile(configuration: Configuration, tokens: ProviderTokens): Promise<ProviderProfile>
}
