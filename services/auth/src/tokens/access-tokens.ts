import { AppError } from '@koyalite/contracts'
import { decodeProtectedHeader, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { SubjectKind } from '../store/sessions'
import type { SigningKeys } from './signing-keys'

/** What an access token says. Who somebody is now (role, address) it does not: that is looked up. */
export interface AccessClaims {
  /** Id of the user or operator. */
  readonly subject: string
  readonly kind: SubjectKind
  readonly sessionId: string
  /** Hash of the CSRF token that belongs to it, where it travels in a cookie. */
  readonly csrf: string | null
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
  readonly now: () => number
}

const AUDIENCE = 'koyalite'

export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { keys, issuer, now } = options
  const secret = options.secret === null ? null : new TextEncoder().encode(options.secret)

  async function verified(token: string): Promise<JWTPayload> {
    const checks = {
      issuer,
      audience: AUDIENCE,
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
    sign({ subject, kind, sessionId, csrf, expiresAt }) {
      const jwt = new SignJWT({ sid: sessionId, kind, ...(csrf === null ? {} : { csrf }) })
        .setSubject(subject)
        .setIssuer(issuer)
        .setAudience(AUDIENCE)
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
      const { sub, sid, kind, csrf, exp } = payload
      if (typeof sub !== 'string' || typeof sid !== 'string' || (kind !== 'user' && kind !== 'operator'))
        throw invalidToken()
      const csrfHash = typeof csrf === 'string' ? csrf : null
      return { subject: sub, kind, sessionId: sid, csrf: csrfHash, expiresAt: (exp ?? 0) * 1000 }
    },
  }
}

export function invalidToken(cause?: unknown): AppError {
  return new AppError(
    'UNAUTHENTICATED',
    'The token is not valid, or not any more.',
    cause === undefined ? {} : { cause },
  )
}
