import { parseCookie, stringifySetCookie } from 'cookie'
import type { AuthContext } from '../auth-context'

export interface Cookie {
  readonly name: string
  /** The paths that it is sent to, where its name does not say `/`. */
  readonly path: string
  /** Out of scripts' reach. */
  readonly httpOnly: boolean
  readonly sameSite: 'lax' | 'strict'
}

/** Those of cookie mode, for users. Pages read the third and send it as X-CSRF-Token. */
export const ACCESS_COOKIE: Cookie = { name: 'koyalite_access', path: '/', httpOnly: true, sameSite: 'lax' }
export const REFRESH_COOKIE: Cookie = {
  name: 'koyalite_refresh',
  path: '/api/auth',
  httpOnly: true,
  sameSite: 'strict',
}
export const CSRF_COOKIE: Cookie = { name: 'koyalite_csrf', path: '/', httpOnly: false, sameSite: 'strict' }
/**
 * Operators have one of their own, so that an application's page is never an operator's: it counts under /api/admin/
 * only.
 */
export const OPERATOR_COOKIE: Cookie = {
  name: 'koyalite_operator',
  path: '/api/admin',
  httpOnly: true,
  sameSite: 'strict',
}
/** Ties the way to a provider and back to one browser. */
export const OAUTH_COOKIE: Cookie = { name: 'koyalite_oauth', path: '/api/auth/oauth', httpOnly: true, sameSite: 'lax' }

export const CSRF_HEADER = 'x-csrf-token'

/** Where the cookies belong. */
type Site = Pick<AuthContext, 'publicUrl' | 'studioUrl' | 'runtime'>

/**
 * What a cookie is called: with the instance's id, since projects on one host (ports do not count) share a browser's
 * cookies. Over https browsers take `__Host-` only from this host itself, over TLS and for all paths: neither a
 * sibling domain nor somebody on the line can plant one.
 */
export function cookieName(site: Site, cookie: Cookie): string {
  const own = `${cookie.name}_${site.runtime.instance.shortId}`
  return isHttps(site, cookie) ? `__Host-${own}` : own
}

/** The value of a cookie of a request, of several with one name the first's; null where it has none of that name. */
export function readCookie(site: Site, headers: Headers, cookie: Cookie): string | null {
  const header = headers.get('cookie')
  return header === null ? null : (parseCookie(header, UNENCODED)[cookieName(site, cookie)] ?? null)
}

/**
 * Whether a browser has cookies of cookie mode, of whichever project on this host: those of another are worth nothing
 * here.
 */
export function hasUserCookies(headers: Headers): boolean {
  const names = Object.keys(parseCookie(headers.get('cookie') ?? '', UNENCODED))
  return names.some((name) => USER_COOKIES.some((cookie) => name.replace(/^__Host-/, '').startsWith(cookie.name)))
}

/** Set-Cookie headers that take cookies away. */
export function clearedCookies(site: Site, cookies: readonly Cookie[]): readonly string[] {
  return cookies.map((cookie) => setCookie(site, cookie, { value: '', maxAge: 0 }))
}

/** All of a user's cookie mode. */
export const USER_COOKIES: readonly Cookie[] = [ACCESS_COOKIE, REFRESH_COOKIE, CSRF_COOKIE]

export interface CookieContent {
  /** A token of ours, without anything that would need quoting. */
  readonly value: string
  /** Seconds; 0 removes the cookie. */
  readonly maxAge: number
  /** Comes also with forms that other sites post; browsers allow that over TLS only, or on localhost. */
  readonly crossSite?: boolean
}

/** A Set-Cookie header. */
export function setCookie(site: Site, cookie: Cookie, { value, maxAge, crossSite = false }: CookieContent): string {
  const https = isHttps(site, cookie)
  return stringifySetCookie(
    {
      name: cookieName(site, cookie),
      value,
      path: https ? '/' : cookie.path,
      maxAge,
      sameSite: crossSite ? 'none' : cookie.sameSite,
      httpOnly: cookie.httpOnly,
      secure: https || crossSite,
    },
    UNENCODED,
  )
}

/** Tokens are written as they are; a value that would need quoting is refused. */
const UNENCODED = { encode: (value: string) => value, decode: (value: string) => value }

/** Of operators' cookies: whether the studio is. */
function isHttps(site: Site, cookie: Cookie): boolean {
  return (cookie === OPERATOR_COOKIE ? site.studioUrl() : site.publicUrl()).startsWith('https:')
}
