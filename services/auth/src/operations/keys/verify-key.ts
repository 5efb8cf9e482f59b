import type { AuthContext } from '../../auth-context'
import { findKey } from '../../store/keys'
import { invalidToken } from '../../tokens/access-tokens'
import { hashSecret } from '../../tokens/secret'
import type { VerifiedToken } from '../../tokens/verified-tokens'

export const KEY_PREFIX = 'kl_'

/** Whom a service key stands for. Throws UNAUTHENTICATED for one that was revoked, or never made. */
export function verifyKey(context: AuthContext, token: string): VerifiedToken {
  const key = findKey(context.database, hashSecret(token))
  if (!key || key.revoked_at !== null) throw invalidToken()
  const { id, scopes } = key
  const actor = { kind: 'service_key', id, scopes } as const
  const verified: VerifiedToken = { actor, dependsOn: [{ kind: 'service_key', id }], expiresAt: null }
  context.runtime.verified.add(token, verified)
  return verified
}
