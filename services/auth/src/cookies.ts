/** Names of the cookies of cookie mode. The first two are out of scripts' reach; pages read the third and send it as X-CSRF-Token. */
export const ACCESS_COOKIE = 'koyalite_access'
export const REFRESH_COOKIE = 'koyalite_refresh'
export const CSRF_COOKIE = 'koyalite_csrf'
/** Ties the way to a provider and back to one browser. */
export const OAUTH_COOKIE = 'koyalite_oauth'

export const CSRF_HEADER = 'x-csrf-token'

/** The value of a cookie of a request; null where it has none of that name. */
export function readCookie(headers: Headers, name: string): string | null {
  const header = headers.get('cookie')
  if (header === null) return null
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return null
}

export interface CookieOptions {
  readonly path: string
  readonly httpOnly: boolean
  readonly sameSite: 'Lax' | 'Strict' | 'None'
  /** Over TLS only. */
  readonly secure: boolean
  /** Seconds; 0 removes the cookie. */
  readonly maxAge: number
}

/** A Set-Cookie header. Values are ours: tokens, without anything that would need quoting. */
export function setCookie(name: string, value: string, options: CookieOptions): string {
  const { path, httpOnly, sameSite, secure, maxAge } = options
  return [
    `${name}=${value}`,
    `Path=${path}`,
    `Max-Age=${maxAge}`,
    `SameSite=${sameSite}`,
    ...(httpOnly ? ['HttpOnly'] : []),
    ...(secure ? ['Secure'] : []),
  ].join('; ')
}
