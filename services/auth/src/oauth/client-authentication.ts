import { type ClientAuth, ClientSecretBasic, ClientSecretJwt, ClientSecretPost, None } from 'openid-client'

/** What a provider takes where it does not say: the default of OpenID Connect Discovery. */
const STANDARD = ['client_secret_basic']

const METHODS: Readonly<Record<string, (secret: string) => ClientAuth>> = {
  client_secret_basic: ClientSecretBasic,
  client_secret_post: ClientSecretPost,
  client_secret_jwt: ClientSecretJwt,
}

/** None of the ways in which a provider lets applications show their secret is known here. */
export class UnsupportedClientError extends Error {
  override readonly name = 'UnsupportedClientError'
}

/**
 * The ways in which an application can show its secret to a provider, the likeliest first. A provider lists all that it knows, while each of
 * its applications is set up for one of them: where that is another one, the next is tried.
 */
export function clientAuthentications(supported: readonly string[] | undefined, secret: string | null): ClientAuth[] {
  if (secret === null) return [None()]
  // Where nothing is said some take only the secret in the body.
  const named = supported ?? [...STANDARD, 'client_secret_post']
  const methods = Object.entries(METHODS).flatMap(([name, make]) => (named.includes(name) ? [make(secret)] : []))
  if (methods.length > 0) return methods
  throw new UnsupportedClientError(`the token endpoint takes only ${named.join(', ')}`)
}
