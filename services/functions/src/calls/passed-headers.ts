/** Names of our own cookies begin so: see services/auth. */
const OUR_COOKIE = /^(__Host-)?koyalite_/
/** Ours alone, of the connection, or changed on the way. */
const NEVER_PASSED =
  /^(koyalite-.*|x-csrf-token|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect)$/
const NEVER_ANSWERED =
  /^(koyalite-.*|x-request-id|strict-transport-security|connection|keep-alive|proxy-.*|transfer-encoding|upgrade)$/
const ACTIVE_CONTENT = /^(text\/html|application\/xhtml\+xml|image\/svg\+xml|(application|text)\/(\w+\+)?xml)\b/i

/**
 * The headers of a request as a function sees them: without what proves to us who calls, so that no dependency can send it anywhere.
 * @param keepsAuthorization for functions that take no credential of ours: the header belongs to somebody else's service
 */
export function headersForFunction(headers: Headers, keepsAuthorization: boolean): Headers {
  const passed = new Headers()
  headers.forEach((value, name) => {
    if (NEVER_PASSED.test(name) || (name === 'authorization' && !keepsAuthorization)) return
    if (name !== 'cookie') passed.append(name, value)
  })
  const cookies = (headers.get('cookie') ?? '').split(/;\s*/).filter((pair) => pair !== '' && !OUR_COOKIE.test(pair))
  if (cookies.length > 0) passed.set('cookie', cookies.join('; '))
  return passed
}

/** The headers of what a function answers, without those that are the server's to say. */
export function headersFromFunction(
  headers: Headers,
  options: { readonly isHtmlAllowed: boolean; readonly hasOwnCors: boolean },
): Headers {
  const passed = new Headers()
  headers.forEach((value, name) => {
    if (name === 'set-cookie' || NEVER_ANSWERED.test(name)) return
    if (options.hasOwnCors || !name.startsWith('access-control-')) passed.append(name, value)
  })
  for (const cookie of headers.getSetCookie()) if (!OUR_COOKIE.test(cookie)) passed.append('set-cookie', cookie)
  if (ACTIVE_CONTENT.test(passed.get('content-type') ?? '')) {
    // A page from our origin could use the sessions of whoever opens it.
    if (!options.isHtmlAllowed) passed.set('content-security-policy', 'sandbox')
    else if (!passed.has('content-security-policy')) passed.set('content-security-policy', "frame-ancestors 'self'")
  }
  return passed
}
