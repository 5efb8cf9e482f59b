import { AppError } from '@koyalite/contracts'
import { decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { SubjectKind } from '../store/sessions'
import type { SigningKeys } from './signing-keys'

/** What an access token says. Who somebody is now (role, address) it does not: that is looked up. */
export interface AccessClaims {
  /** Id of the user or operator. */
  readonly subject: string
  readonly kind: SubjectKind
  readonly sessionId: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface AccessTokens {
  sign(claims: AccessClaims): Promise<string>
  /** Throws UNAUTHENTICATED for a token that is forged, foreign, expired, or none at all. */
  verify(token: string): Promise<AccessClaims>
}

export interface AccessTokensOptions {
  readonly keys: SigningKeys
  /** HS256 with this secret, instead of the generated keys. */
  readonly secret: string | null
  readonly issuer: string
  /** Id of the instance: a token of another one, with the same secret or a copy of the keys, is none here. */
  readonly audience: string
  readonly now: () => number
}

export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { keys, issuer, audience, now } = options
  const secret = options.secret === null ? null : new TextEncoder().encode(options.secret)

  async function verified(token: string): Promise<JWTPayload> {
    const checks = {
      issuer,
      audience,
      currentDate: new Date(now()),
      requiredClaims: ['sub', 'sid', 'exp'],
    }
    // The algorithm is ours to say, never the token's.
    if (secret !== null) return (await jwtVerify(token, secret, { ...checks, algorithms: ['HS256'] })).payload
    const key = keys.find(decodeProtectedHeader(token).kid ?? '')
    if (!key) throw new Error('no such key')
    return (await jwtVerify(token, key.publicKey, { ...checks, algorithms: ['EdDSA'] })).payload
  }

  return {
    sign({ subject, kind, sessionId, expiresAt }) {
      const jwt = new SignJWT({ sid: sessionId, kind })
        .setSubject(subject)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(Math.floor(now() / 1000))
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .setJti(crypto.randomUUID())
      if (secret !== null) return jwt.setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(secret)
      const key = keys.current()
      return jwt.setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: key.kid }).sign(key.privateKey)
    },
    async verify(token) {
      let payload: JWTPayload
      try {
        payload = await verified(token)
      } catch (cause) {
        throw invalidToken(cause)
      }
      const { sub, sid, kind, exp } = payload
      if (typeof sub !== 'string' || typeof sid !== 'string' || (kind !== 'user' && kind !== 'operator'))
        throw invalidToken()
      return { subject: sub, kind, sessionId: sid, expiresAt: (exp ?? 0) * 1000 }
    },
  }
}

/** What a token says that nobody has verified: for tokens whose origin is known otherwise. */
export function unverifiedClaims(token: string): Pick<AccessClaims, 'sessionId' | 'expiresAt'> | null {
  try {
    const { sid, exp } = decodeJwt(token)
    return typeof sid === 'string' ? { sessionId: sid, expiresAt: (exp ?? 0) * 1000 } : null
  } catch {
    return null
  }
}

export function invalidToken(cause?: unknown): AppError {
  const message = 'The token is invalid or has expired. Refresh it, or sign in again.'
  return new AppError('UNAUTHENTICATED', message, cause === undefined ? {} : { cause })
}
