import { type Cors, createCors } from './cors'
import type { HttpSettings } from './http-settings'

type HeaderRecord = Readonly<Record<string, string>>

const SECURITY: HeaderRecord = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  // An answer of the API is data: opened as a page it may load, run and embed nothing.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}
const HSTS: HeaderRecord = { 'strict-transport-security': 'max-age=31536000' }

/** The headers that every answer has; those that do not depend on the request are merged once. */
export interface ResponseHeaders {
  readonly cors: Cors
  /** For answers with a body, and for those without one. */
  base(requestHeaders: Headers, hasBody: boolean): HeaderRecord
}

export function createResponseHeaders(settings: HttpSettings): ResponseHeaders {
  const cors = createCors(settings.cors)
  const configured = Object.fromEntries(
    Object.entries(settings.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const tls = settings.url?.startsWith('https:') ?? false
  const empty: HeaderRecord = { ...SECURITY, ...(tls ? HSTS : {}), ...cors.always, ...configured }
  const json: HeaderRecord = { 'content-type': 'application/json', ...empty }
  return {
    cors,
    base(requestHeaders, hasBody) {
      const base = hasBody ? json : empty
      const origin = requestHeaders.get('origin')
      const forwardedTls = settings.trust_proxy && !tls && requestHeaders.get('x-forwarded-proto') === 'https'
      if (origin === null && !forwardedTls) return base
      return { ...base, ...(origin === null ? {} : cors.forOrigin(origin)), ...(forwardedTls ? HSTS : {}) }
    },
  }
}
