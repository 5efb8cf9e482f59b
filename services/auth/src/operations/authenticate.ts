import { type Actor, ANONYMOUS, AppError } from '@koyalite/contracts'
import type { AuthContext } from '../auth-context'
import { findKey } from '../store/keys'
import { hashKey } from './manage-keys'

/** How many keys are remembered; beyond that they are simply looked up again. */
const MAX_KNOWN_KEYS = 10_000

/**
 * Who makes a request, by its Authorization header. A credential that is not good is an error, even where anonymous callers
 * would be welcome: whoever sends one wants to be somebody. Throws UNAUTHENTICATED.
 */
export function authenticate(context: AuthContext, authorization: string | null): Actor {
  if (authorization === null) return ANONYMOUS
  const [scheme, token, ...rest] = authorization.trim().split(/ +/)
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new AppError('UNAUTHENTICATED', "Send 'Authorization: Bearer <token>'.")
  }
  const actor = token.startsWith('kl_') ? keyActor(context, token) : null
  if (!actor) throw new AppError('UNAUTHENTICATED', 'The token is not valid, or not any more.')
  return actor
}

function keyActor(context: AuthContext, token: string): Actor | null {
  const hash = hashKey(token)
  const known = context.knownKeys.get(hash)
  if (known) return known
  const key = findKey(context.database, hash)
  if (!key || key.revoked_at !== null) return null
  const actor: Actor = { kind: 'service_key', id: key.id, scopes: key.scopes }
  if (context.knownKeys.size >= MAX_KNOWN_KEYS) context.knownKeys.clear()
  context.knownKeys.set(hash, actor)
  return actor
}
