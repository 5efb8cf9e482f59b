/** Proxies and generators of load on the same machine speak for many. */
export function isLoopback(ip: string): boolean {
  return ip === '' || ip === '::1' || /^(?:::ffff:)?127\./.test(ip)
}
