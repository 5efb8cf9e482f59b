import { AppError, type Idempotency } from '@koyalite/contracts'
import type { ApiRequest } from './route'

/** The Idempotency-Key of a request; null where it has none. @param body parsed. Throws INVALID_REQUEST. */
export function idempotencyOf(request: ApiRequest, body: unknown): Idempotency | null {
  const key = request.headers.get('idempotency-key')
  if (key === null) return null
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new AppError('INVALID_REQUEST', 'An Idempotency-Key must have 1 to 255 visible ASCII characters.')
  }
  if (request.actor.kind === 'anonymous' && key.length < MIN_ANONYMOUS_LENGTH) {
    throw new AppError(
      'INVALID_REQUEST',
      `An Idempotency-Key of an anonymous request must have at least ${MIN_ANONYMOUS_LENGTH} characters, because anonymous callers share one namespace: use a random key, such as a UUID.`,
    )
  }
  const fingerprint = `${request.method} ${request.path} ${Bun.hash(JSON.stringify(body) ?? '').toString(36)}`
  return { key, fingerprint }
}

/** Only their keys distinguish anonymous callers: 128 bits in base64url. */
const MIN_ANONYMOUS_LENGTH = 22
