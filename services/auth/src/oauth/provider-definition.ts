import type { Configuration, IDToken, ServerMetadata } from 'openid-client'

/** What a provider says of somebody, by name. */
export type Claims = Readonly<Record<string, unknown>>

/** Who somebody is at a provider. */
export interface ProviderProfile {
  /** The provider's own id of the account: it never changes, as an address may. */
  readonly subject: unknown
  /** Normalised; null where the provider has none that can be stored. */
  readonly email: string | null
  /** The provider vouches that the address is theirs, in a way that can be believed of this provider. */
  readonly emailVerified: boolean
  /** All that it says, for fields of `users`. */
  readonly claims: Claims
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
  /** The response comes as a form that the browser posts, instead of in the address. */
  readonly formPost?: boolean
  /**
   * Reads who it is, from the ID token or by asking.
   * @param wanted names of claims that fields of `users` are made of
   */
  profile(configuration: Configuration, tokens: ProviderTokens, wanted: readonly string[]): Promise<ProviderProfile>
}
