/** The settings that say whose pages may act for a visitor. */
export interface OriginSettings {
  /** The address users see. */
  readonly url: string | null
  readonly cors: { readonly origins: readonly string[]; readonly credentials: boolean }
}

/**
 * Whether a request that a browser sends cookies with comes from a page that may use them: one of this server, or of an origin that `cors` allows
 * credentials. Browsers say so in `Origin`, else in `Sec-Fetch-Site`; programs send neither, and no cookie that they do not mean to.
 */
export function isTrustedPage(headers: Headers, settings: OriginSettings): boolean {
  const origin = headers.get('origin')
  if (origin === null) return isOwnBySite(headers)
  if (isOwnOrigin(origin, headers, settings.url)) return true
  const { origins, credentials } = settings.cors
  return (
    credentials && origins.some((one) => one !== '*' && one.replace(/\/$/, '').toLowerCase() === origin.toLowerCase())
  )
}

/** Whether it comes from a page of this server, or from a program. */
export function isOwnPage(headers: Headers, url: string | null): boolean {
  const origin = headers.get('origin')
  return isOwnBySite(headers) && (origin === null || isOwnOrigin(origin, headers, url))
}

/** Whether a browser says that a page of this server sends it: no program does by accident. */
export function isSurelyOwnPage(headers: Headers, url: string | null): boolean {
  return headers.has('origin') && headers.get('sec-fetch-site') === 'same-origin' && isOwnPage(headers, url)
}

function isOwnBySite(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site')
  // none: somebody has typed the address.
  return site === null || site === 'same-origin' || site === 'none'
}

/** The host may be any that leads here: a page of another site sends no cookies of this one to it. */
function isOwnOrigin(origin: string, headers: Headers, url: string | null): boolean {
  const given = origin.toLowerCase()
  const host = headers.get('host')?.toLowerCase()
  const configured = url === null ? null : new URL(url).origin
  if (given === configured || given === `https://${host}`) return true
  return given === `http://${host}` && configured?.startsWith('https:') !== true
}
