import type { Actor } from '@koyalite/contracts'
import type { AuthContext } from '../auth-context'
import { bearerToken } from '../operations/keys/authenticate-key'
import { identifyCookie, identifyToken } from './authenticate'
import { ACCESS_COOKIE, readCookie } from './cookies'

/** Whom a credential stands for, on a connection that outlives a request. */
export interface ConnectionIdentity {
  readonly actor: Actor
  /** Milliseconds since 1970; null for service keys, which do not end by themselves. */
  readonly expiresAt: number | null
}

export interface ConnectionCredential {
  /** For `identifyConnection`: what is in a cookie is marked, so that it is no token anywhere else. */
  readonly token: string
  readonly from: 'header' | 'cookie'
}

const FROM_COOKIE = 'cookie '

/** Whom an access token, a service key or a cookie stands for. Throws UNAUTHENTICATED. */
export async function identifyConnection(context: AuthContext, token: string): Promise<ConnectionIdentity> {
  const { actor, expiresAt } = token.startsWith(FROM_COOKIE)
    ? await identifyCookie(context, 'user', token.slice(FROM_COOKIE.length))
    : await identifyToken(context, token)
  return { actor, expiresAt }
}

/** The credential of a handshake: of its Authorization header, or else of the cookie. Throws UNAUTHENTICATED for a header of another form. */
export function credentialOf(context: AuthContext, headers: Headers): ConnectionCredential | null {
  const authorization = headers.get('authorization')
  if (authorization !== null) return { token: bearerToken(authorization), from: 'header' }
  const cookie = readCookie(context, headers, ACCESS_COOKIE)
  return cookie === null || cookie === '' ? null : { token: `${FROM_COOKIE}${cookie}`, from: 'cookie' }
}
