import { type Actor, AppError } from '@koyalite/contracts'
import type { AuthContext } from '../auth-context'
import { hashSecret } from '../secret'
import { findKey } from '../store/keys'
import { invalidToken } from '../tokens/access-tokens'

/** How many keys are remembered; beyond that they are simply looked up again. */
const MAX_KNOWN_KEYS = 10_000

/** The token of an Authorization header. Throws UNAUTHENTICATED where it has another form. */
export function bearerToken(authorization: string): string {
  const [scheme, token, ...rest] = authorization.trim().split(/ +/)
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new AppError('UNAUTHENTICATED', "Send 'Authorization: Bearer <token>'.")
  }
  return token
}

/** The actor of a service key. Throws UNAUTHENTICATED for one that was revoked, or never made. */
export function keyActor(context: AuthContext, token: string): Actor {
  const hash = hashSecret(token)
  const known = context.knownKeys.get(hash)
  if (known) return known
  const key = findKey(context.database, hash)
  if (!key || key.revoked_at !== null) throw invalidToken()
  const actor: Actor = { kind: 'service_key', id: key.id, scopes: key.scopes }
  if (context.knownKeys.size >= MAX_KNOWN_KEYS) context.knownKeys.clear()
  context.knownKeys.set(hash, actor)
  return actor
}
