import type { AuthSettings } from '../auth-settings'
import { discordProvider } from './discord-provider'
import { githubProvider } from './github-provider'
import { APPLE, GOOGLE, MICROSOFT, oidcProvider } from './oidc-provider'
import type { ProviderDefinition } from './provider-definition'

/** Providers that need no more than an id and a secret. */
export const KNOWN_PROVIDERS: Readonly<Record<string, ProviderDefinition>> = {
  google: GOOGLE,
  github: githubProvider(),
  apple: APPLE,
  microsoft: MICROSOFT,
  discord: discordProvider(),
}

/** A provider as a project uses it. */
export interface Provider {
  readonly name: string
  readonly definition: ProviderDefinition
  readonly clientId: string
  readonly clientSecret: string | null
  /** The scopes that are requested. */
  readonly scopes: readonly string[]
  /** Whether it puts the nonce that it is sent into the ID token. */
  readonly nonce: boolean
  /** Fields of `users`, and the claims that they are made of at the first sign-in. */
  readonly profile: Readonly<Record<string, string>>
}

/** The providers that are set up: known by name, or by the issuer that the settings give. */
export function configuredProviders(
  settings: AuthSettings['auth']['oauth'],
  known: Readonly<Record<string, ProviderDefinition>> = KNOWN_PROVIDERS,
): ReadonlyMap<string, Provider> {
  const providers = new Map<string, Provider>()
  for (const [name, { client_id, client_secret, scopes, issuer, nonce, profile }] of Object.entries(settings)) {
    const definition = issuer !== null ? oidcProvider({ label: name, issuer }) : known[name]
    if (client_id === null || definition === undefined) continue
    providers.set(name, {
      name,
      definition,
      clientId: client_id,
      clientSecret: client_secret,
      scopes: [...new Set([...definition.scopes, ...scopes])],
      nonce,
      profile,
    })
  }
  return providers
}
