/**
 * The client's address. X-Forwarded-For is whatever the sender likes; only its last entry was written by the proxy in front,
 * and only where there is one (`trust_proxy`).
 */
export function clientIp(headers: Headers, socketIp: string, trustProxy: boolean): string {
  if (!trustProxy) return socketIp
  const forwarded = headers.get('x-forwarded-for')
  if (forwarded === null) return socketIp
  const last = forwarded.slice(forwarded.lastIndexOf(',') + 1).trim()
  return ADDRESS.test(last) ? last : socketIp
}

// Loose on purpose: the proxy is trusted; this only keeps text that is no address out of logs and rate limits.
const ADDRESS = /^[\da-fA-F.:]{2,45}$/
