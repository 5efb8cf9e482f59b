import type { CodedProvider } from '@koyalite/contracts'
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

/** A provider as a project uses it: one that speaks a protocol, or code of the project. */
export type Provider = ProtocolProvider | CodeProvider

interface NamedProvider {
  readonly name: string
  /** For people. */
  readonly label: string
  /** The response comes as a form that the browser posts, instead of in the address. */
  readonly formPost: boolean
}

export interface CodeProvider extends NamedProvider {
  readonly kind: 'code'
  readonly code: CodedProvider
}

export interface ProtocolProvider extends NamedProvider {
  readonly kind: 'protocol'
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
): ReadonlyMap<string, ProtocolProvider> {
  const providers = new Map<string, ProtocolProvider>()
  for (const [name, { client_id, client_secret, scopes, issuer, nonce, profile }] of Object.entries(settings)) {
    const definition = issuer !== null ? oidcProvider({ label: name, issuer }) : known[name]
    if (client_id === null || definition === undefined) continue
    providers.set(name, {
      kind: 'protocol',
      name,
      label: definition.label,
      formPost: definition.formPost === true,
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

/** Those that are set up, and those that are code of the project. */
export function withCoded(
  configured: ReadonlyMap<string, ProtocolProvider>,
  coded: readonly CodedProvider[],
): ReadonlyMap<string, Provider> {
  if (coded.length === 0) return configured
  const own = coded.map((code): [string, CodeProvider] => {
    const { name, label, formPost } = code
    return [name, { kind: 'code', name, label, formPost, code }]
  })
  return new Map<string, Provider>([...configured, ...own])
}

/** Why a provider of the project cannot have its name; null where it can. */
export function nameProblem({ name }: CodedProvider, settings: AuthSettings['auth']['oauth']): string | null {
  if (Object.hasOwn(KNOWN_PROVIDERS, name)) return `'${name}' is the name of a built-in provider`
  return Object.hasOwn(settings, name) ? `'${name}' is the name of a provider in koyalite.yaml (auth.oauth)` : null
}
