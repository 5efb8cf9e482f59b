export interface CorsSettings {
  readonly origins: readonly string[]
  readonly credentials: boolean
}

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const REQUEST_HEADERS =
  'Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Last-Event-ID, Prefer, X-CSRF-Token, X-Request-Id'
const EXPOSED_HEADERS =
  'ETag, Koyalite-Execution, Koyalite-Resume, Koyalite-Schema, Koyalite-Seq, Location, Preference-Applied, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id'
const PREFLIGHT_SECONDS = '86400'

export interface Cors {
  /** On every response, to every caller. */
  readonly always: Readonly<Record<string, string>>
  /** On the response to a page of another origin; null where that origin may not read it. */
  forOrigin(origin: string): Readonly<Record<string, string>> | null
  /** On the response to the browser's question beforehand; null where the question itself is refused. */
  preflight(origin: string, requestedHeaders: string | null): Readonly<Record<string, string>> | null
}

/** For what no page of another origin may read. */
export const NO_CORS: Cors = {
  always: {},
  forOrigin: () => null,
  preflight: () => null,
}

export function createCors(settings: CorsSettings): Cors {
  const any = settings.origins.includes('*')
  // With `*` the response does not depend on the actor, so it says so to caches by not varying.
  const always: Readonly<Record<string, string>> = any ? { 'access-control-allow-origin': '*' } : { vary: 'Origin' }
  const exposed = { 'access-control-expose-headers': EXPOSED_HEADERS }
  const known = new Map<string, Readonly<Record<string, string>>>()
  if (!any) {
    for (const origin of settings.origins) {
      known.set(origin.replace(/\/$/, '').toLowerCase(), {
        ...exposed,
        'access-control-allow-origin': origin.replace(/\/$/, '').toLowerCase(),
        ...(settings.credentials ? { 'access-control-allow-credentials': 'true' } : {}),
      })
    }
  }
  const forOrigin = (origin: string) => (any ? exposed : (known.get(origin.toLowerCase()) ?? null))
  return {
    always,
    forOrigin,
    preflight(origin, requestedHeaders) {
      const granted = forOrigin(origin)
      if (granted === null) return always
      return {
        ...always,
        ...granted,
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers':
          requestedHeaders !== null && any ? `${REQUEST_HEADERS}, ${requestedHeaders}` : REQUEST_HEADERS,
        'access-control-max-age': PREFLIGHT_SECONDS,
      }
    },
  }
}
