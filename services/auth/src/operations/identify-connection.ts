import type { Actor } from '@koyalite/contracts'
import type { AuthContext } from '../auth-context'
import { ACCESS_COOKIE, readCookie } from '../cookies'
import { identifyToken } from './authenticate'
import { bearerToken } from './authenticate-key'

/** Whom a credential stands for, on a connection that outlives a request. */
export interface ConnectionIdentity {
  readonly actor: Actor
  /** Milliseconds since 1970; null for service keys, which do not end by themselves. */
  readonly expiresAt: number | null
}

export interface ConnectionCredential {
  readonly token: string
  readonly from: 'header' | 'cookie'
}

/** Whom an access token or service key stands for. Throws UNAUTHENTICATED. */
export async function identifyConnection(context: AuthContext, token: string): Promise<ConnectionIdentity> {
  const { actor, expiresAt } = await identifyToken(context, token)
  return { actor, expiresAt }
}

/** The credential of a handshake: of its Authorization header, or else of the cookie. Throws UNAUTHENTICATED for a header of another form. */
export function credentialOf(context: AuthContext, headers: Headers): ConnectionCredential | null {
  const authorization = headers.get('authorization')
  if (authorization !== null) return { token: bearerToken(authorization), from: 'header' }
  const cookie = readCookie(context, headers, ACCESS_COOKIE)
  return cookie === null || cookie === '' ? null : { token: cookie, from: 'cookie' }
}
