import { createRemoteJWKSet, type JWTVerifyGetKey, customFetch as joseFetch } from 'jose'
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  type ClientAuth,
  ClientError,
  Configuration,
  type CustomFetch,
  customFetch,
  discovery,
  None,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { clientAuthentications } from './client-authentication'
import { verifyIdToken } from './id-token'
import type { ProviderTokens } from './provider-definition'
import type { ProtocolProvider } from './providers'

/** What is known of each provider's server, so that it is discovered once. */
export interface ProviderClients {
  /** How everything at providers is fetched. */
  readonly fetch: CustomFetch
  /** Throws DiscoveryError where a provider does not respond, or not as it should. */
  connect(provider: ProtocolProvider): Promise<ProviderConnection>
}

/** A provider's server, ready to be asked. */
export interface ProviderConnection {
  readonly configuration: Configuration
  /** The tokens for the code that a browser has brought back, after all checks. Throws what went wrong. */
  redeem(current: URL, checks: CodeChecks): Promise<ProviderTokens>
}

/** What the code and its tokens must match. */
export interface CodeChecks {
  readonly state: string
  readonly verifier: string
  /** Null where none was sent. */
  readonly nonce: string | null
}

/** A provider that could not be asked for anything yet: what is wrong may be in the settings. */
export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError'
}

/** Seconds. */
const TIMEOUT = 10
/** A provider changes its endpoints and keys' address now and then. Milliseconds. */
const KNOWN_FOR = 24 * 3_600_000

export function createProviderClients({
  fetch,
  now,
}: {
  readonly fetch: CustomFetch
  readonly now: () => number
}): ProviderClients {
  const known = new Map<string, { readonly at: number; readonly connection: Promise<ProviderConnection> }>()
  return {
    fetch,
    async connect(provider) {
      const key = JSON.stringify([provider.name, provider.definition.server, provider.clientId, provider.clientSecret])
      let entry = known.get(key)
      if (!entry || entry.at + KNOWN_FOR < now()) {
        entry = { at: now(), connection: connect(provider, fetch) }
        known.set(key, entry)
      }
      try {
        return await entry.connection
      } catch (cause) {
        // Not cached: it may respond the next time.
        known.delete(key)
        throw new DiscoveryError('the provider does not match the settings', { cause })
      }
    },
  }
}

async function connect(provider: ProtocolProvider, providerFetch: CustomFetch): Promise<ProviderConnection> {
  // What it takes is known once it is discovered.
  let authenticate: ClientAuth = None()
  const configuration = await configure(provider, {
    providerFetch,
    authentication: (...asked) => authenticate(...asked),
  })
  const isOidc = provider.definition.server.kind === 'oidc'
  const { token_endpoint_auth_methods_supported: supported, jwks_uri } = configuration.serverMetadata()
  const methods = isOidc || supported ? supported : ['client_secret_post']
  const authentications = clientAuthentications(methods, provider.clientSecret)
  const keys = jwks_uri === undefined ? null : remoteKeys(new URL(jwks_uri), providerFetch)

  async function grant(current: URL, { state, verifier, nonce }: CodeChecks) {
    const checks = {
      pkceCodeVerifier: verifier,
      expectedState: state,
      ...(nonce === null ? {} : { expectedNonce: nonce }),
      ...(isOidc ? { idTokenExpected: true } : {}),
    }
    let refusal: unknown
    for (const one of [...authentications]) {
      authenticate = one
      try {
        const tokens = await authorizationCodeGrant(configuration, current, checks)
        // What works comes first from then on.
        authentications.sort((a, b) => Number(b === one) - Number(a === one))
        return tokens
      } catch (error) {
        // The code is not used up: who asks is checked before it.
        if (!isClientRefused(error)) throw error
        refusal ??= error
      }
    }
    throw refusal
  }

  return {
    configuration,
    async redeem(current, checks) {
      const tokens = await grant(current, checks)
      if (tokens.id_token !== undefined) await verifyIdToken(tokens.id_token, keys, provider.clientSecret)
      return { accessToken: tokens.access_token, claims: tokens.claims() }
    },
  }
}

async function configure(
  { definition, clientId }: ProtocolProvider,
  { providerFetch, authentication }: { readonly providerFetch: CustomFetch; readonly authentication: ClientAuth },
): Promise<Configuration> {
  const { server } = definition
  if (server.kind === 'oauth2') {
    const configuration = new Configuration(server.metadata, clientId, undefined, authentication)
    configuration.timeout = TIMEOUT
    configuration[customFetch] = providerFetch
    if (isLoopback(server.metadata.issuer)) allowInsecureRequests(configuration)
    return configuration
  }
  return discovery(new URL(server.issuer), clientId, undefined, authentication, {
    timeout: TIMEOUT,
    [customFetch]: providerFetch,
    execute: isLoopback(server.issuer) ? [allowInsecureRequests] : [],
  })
}

function remoteKeys(url: URL, providerFetch: CustomFetch): JWTVerifyGetKey {
  if (url.protocol !== 'https:' && !isLoopback(url.href))
    throw new Error('the keys of the provider are not served over https')
  return createRemoteJWKSet(url, {
    timeoutDuration: TIMEOUT * 1000,
    [joseFetch]: (address, options) =>
      providerFetch(address, { ...options, body: null, headers: Object.fromEntries(options.headers) }),
  })
}

function isClientRefused(error: unknown): boolean {
  if (error instanceof WWWAuthenticateChallengeError) return error.status === 401
  if (error instanceof ClientError) return error.cause instanceof Response && error.cause.status === 401
  return error instanceof ResponseBodyError && error.error === 'invalid_client'
}

/** Without TLS only to this machine: for development. */
function isLoopback(address: string): boolean {
  return /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/.test(address)
}
