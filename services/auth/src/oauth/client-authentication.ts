import { type ClientAuth, ClientSecretBasic, ClientSecretJwt, ClientSecretPost, None } from 'openid-client'

/**
 * What a provider takes where it does not say: the default of OpenID Connect Discovery. Some take only the secret in
 * the body anyway.
 */
const UNSAID = ['client_secret_basic', 'client_secret_post']

/**
 * In the body first: in the header some providers read a secret with odd characters otherwise than the standard has
 * it.
 */
const METHODS: Readonly<Record<string, (secret: string) => ClientAuth>> = {
  client_secret_post: ClientSecretPost,
  client_secret_basic: ClientSecretBasic,
  client_secret_jwt: ClientSecretJwt,
}

/** None of the ways in which a provider lets applications show their secret is known here. */
export class UnsupportedClientError extends Error {
  override readonly name = 'UnsupportedClientError'
}

/**
 * The ways in which an application can show its secret to a provider, the likeliest first. A provider lists all that
 * it knows, while each of its applications is set up for one of them: where that is another one, the next is tried.
 */
export function clientAuthentications(supported: readonly string[] | undefined, secret: string | null): ClientAuth[] {
  if (secret === null) return [None()]
  const names = supported === undefined ? UNSAID : Object.keys(METHODS).filter((name) => supported.includes(name))
  const methods = names.flatMap((name) => METHODS[name]?.(secret) ?? [])
  if (methods.length > 0) return methods
  throw new UnsupportedClientError(`the token endpoint takes only ${supported?.join(', ')}`)
}
