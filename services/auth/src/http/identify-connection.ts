import type { Identity, PresentedCredential } from '@koyalite/contracts'
import type { AuthContext } from '../auth-context'
import { identifyToken } from '../operations/sessions/identify-token'
import { identifyCookie } from './authenticate'
import { bearerToken } from './bearer-token'
import { ACCESS_COOKIE, readCookie } from './cookies'
import { identifyOperatorsToken, isOperatorsToken } from './operators-token'

/** What is in a cookie is marked, so that it is not a token anywhere else. */
const FROM_COOKIE = 'cookie '

/** Whom an access token, a service key or a cookie stands for. Throws UNAUTHENTICATED. */
export async function identifyConnection(context: AuthContext, token: string): Promise<Identity> {
  if (isOperatorsToken(token)) return identifyOperatorsToken(context, token)
  const { actor, expiresAt } = token.startsWith(FROM_COOKIE)
    ? await identifyCookie(context, 'user', token.slice(FROM_COOKIE.length))
    : await identifyToken(context, token)
  return { actor, expiresAt }
}

/**
 * The credential of a handshake: of its Authorization header, or else of the cookie. Throws UNAUTHENTICATED for a
 * header of another form.
 */
export function credentialOf(context: AuthContext, headers: Headers): PresentedCredential | null {
  const authorization = headers.get('authorization')
  if (authorization !== null) return { token: bearerToken(authorization), from: 'header' }
  const cookie = readCookie(context, headers, ACCESS_COOKIE)
  return cookie === null || cookie === '' ? null : { token: `${FROM_COOKIE}${cookie}`, from: 'cookie' }
}
