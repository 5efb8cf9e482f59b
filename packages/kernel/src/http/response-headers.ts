import { trustsProxies } from './client-address'
import { type Cors, createCors, NO_CORS } from './cors'
import type { HttpSettings } from './http-settings'

type HeaderRecord = Readonly<Record<string, string>>

const SECURITY: HeaderRecord = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  // A response of the API is data: opened as a page it may load, run and embed nothing.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}
/** Also where `server.headers` adds them to every response. */
const CORS_HEADERS = ['access-control-allow-origin', 'access-control-allow-credentials']
const HSTS: HeaderRecord = { 'strict-transport-security': 'max-age=31536000' }

/** The headers that every response has; those that do not depend on the request are put together once. */
export interface ResponseHeaders {
  readonly cors: Cors
  /** To be copied into a response with a body, or without one. Copying a Headers object costs a quarter of building it from a record. */
  base(hasBody: boolean): Headers
  /** What this request adds to them; null for nothing. */
  forRequest(requestHeaders: Headers): HeaderRecord | null
}

/**
 * Pages of other origins never read what operators see, and no cache keeps it: not the pages under `/_/`, which may hold links that sign people in, and
 * not the admin API, whatever `server.cors` and `server.headers` say.
 * @param own where pages of operators are besides
 */
export function privatePaths(own = '/_'): (path: string) => boolean {
  const prefix = `${own}/`
  return (path) => path.startsWith('/_/') || path.startsWith('/api/admin/') || path.startsWith(prefix) || path === own
}

/** @param visibility private: for paths that no other origin may read */
export function createResponseHeaders(settings: HttpSettings, visibility: 'public' | 'private'): ResponseHeaders {
  const cors = visibility === 'private' ? NO_CORS : createCors(settings.cors)
  const proxied = trustsProxies(settings.trust_proxy)
  const tls = settings.url?.startsWith('https:') ?? false
  const withoutBody = new Headers({ ...SECURITY, ...(tls ? HSTS : {}), ...cors.always })
  for (const [name, value] of Object.entries(settings.headers)) withoutBody.set(name, value)
  if (visibility === 'private') {
    for (const name of CORS_HEADERS) withoutBody.delete(name)
    withoutBody.set('cache-control', 'no-store')
  }
  const withBody = new Headers({ 'content-type': 'application/json' })
  withoutBody.forEach((value, name) => {
    withBody.set(name, value)
  })
  return {
    cors,
    base: (hasBody) => (hasBody ? withBody : withoutBody),
    forRequest(requestHeaders) {
      const origin = requestHeaders.get('origin')
      const forwardedTls = proxied && !tls && requestHeaders.get('x-forwarded-proto') === 'https'
      if (origin === null && !forwardedTls) return null
      return { ...(origin === null ? {} : cors.forOrigin(origin)), ...(forwardedTls ? HSTS : {}) }
    },
  }
}
