import { AppError } from '@koyalite/contracts'
import type { AuthContext } from '../../auth-context'
import { findKey } from '../../store/keys'
import { invalidToken } from '../../tokens/access-tokens'
import { hashSecret } from '../../tokens/secret'
import type { VerifiedToken } from '../../tokens/verified-tokens'

export const KEY_PREFIX = 'kl_'

/** The token of an Authorization header. Throws UNAUTHENTICATED where it has another form. */
export function bearerToken(authorization: string): string {
  const [scheme, token, ...rest] = authorization.trim().split(/ +/)
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new AppError('UNAUTHENTICATED', "Send 'Authorization: Bearer <token>'.")
  }
  return token
}

/** Whom a service key stands for. Throws UNAUTHENTICATED for one that was revoked, or never made. */
export function verifyKey(context: AuthContext, token: string): VerifiedToken {
  const key = findKey(context.database, hashSecret(token))
  if (!key || key.revoked_at !== null) throw invalidToken()
  const { id, scopes } = key
  const actor = { kind: 'service_key', id, scopes } as const
  const verified: VerifiedToken = { actor, restsOn: [{ kind: 'service_key', id }], expiresAt: null }
  context.runtime.verified.remember(token, verified)
  return verified
}
