// Nothing that could break a log line or a header; long enough for a UUID or a trace id.
const SANE = /^[\w.:-]{1,128}$/

/** The id that a client or proxy in front gave the request, if it is a sane one; else a fresh one. */
export function requestId(headers: Headers): string {
  const given = headers.get('x-request-id')
  return given !== null && SANE.test(given) ? given : crypto.randomUUID()
}
