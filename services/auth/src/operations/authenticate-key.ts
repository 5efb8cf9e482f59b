import { type Actor, ANONYMOUS, AppError } from '@koyalite/contracts'
import type { KeyContext } from '../key-context'
import { hashSecret } from '../secret'
import { findKey } from '../store/keys'
import { invalidToken } from '../tokens/access-tokens'

/** How many keys are remembered; beyond that they are simply looked up again. */
const MAX_KNOWN_KEYS = 10_000

/** Who makes a request, where nobody but service keys can. Throws UNAUTHENTICATED. */
export function authenticateKey(context: KeyContext, authorization: string | null): Actor {
  if (authorization === null) return ANONYMOUS
  const token = bearerToken(authorization)
  if (!token.startsWith('kl_')) throw invalidToken()
  return keyActor(context, token)
}

export function bearerToken(authorization: string): string {
  const [scheme, token, ...rest] = authorization.trim().split(/ +/)
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new AppError('UNAUTHENTICATED', "Send 'Authorization: Bearer <token>'.")
  }
  return token
}

export function keyActor(context: KeyContext, token: string): Actor {
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
