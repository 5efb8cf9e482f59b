import { AppError } from '@koyalite/contracts'
import { allowInsecureRequests, ClientSecretPost, Configuration, discovery, None } from 'openid-client'
import type { Provider } from './providers'

/** What is known of each provider's server, so that it is discovered once. */
export interface ProviderClients {
  /** Throws UNAVAILABLE where the provider does not answer. */
  configuration(provider: Provider): Promise<Configuration>
}

/** Seconds. */
const TIMEOUT = 10
/** A provider changes its endpoints and keys' address now and then. Milliseconds. */
const KNOWN_FOR = 24 * 3_600_000

export function createProviderClients(now: () => number): ProviderClients {
  const known = new Map<string, { readonly at: number; readonly configuration: Promise<Configuration> }>()
  return {
    async configuration(provider) {
      const key = JSON.stringify([provider.name, provider.definition.server, provider.clientId, provider.clientSecret])
      let entry = known.get(key)
      if (!entry || entry.at + KNOWN_FOR < now()) {
        entry = { at: now(), configuration: connect(provider) }
        known.set(key, entry)
      }
      try {
        return await entry.configuration
      } catch (cause) {
        // Not remembered: it may answer the next time.
        known.delete(key)
        throw new AppError('UNAVAILABLE', `${provider.definition.label} cannot be reached at the moment.`, { cause })
      }
    },
  }
}

async function connect({ definition, clientId, clientSecret }: Provider): Promise<Configuration> {
  const authentication = clientSecret === null ? None() : ClientSecretPost(clientSecret)
  const { server } = definition
  if (server.kind === 'oauth2') {
    const configuration = new Configuration(server.metadata, clientId, undefined, authentication)
    configuration.timeout = TIMEOUT
    if (isLoopback(server.metadata.issuer)) allowInsecureRequests(configuration)
    return configuration
  }
  return discovery(new URL(server.issuer), clientId, undefined, authentication, {
    timeout: TIMEOUT,
    execute: isLoopback(server.issuer) ? [allowInsecureRequests] : [],
  })
}

/** Without TLS only to this machine: for development. */
function isLoopback(address: string): boolean {
  return /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/.test(address)
}
