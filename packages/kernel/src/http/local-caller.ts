import { cachedByText } from './cached-by-text'
import { isLoopbackAddress, parseIpAddress } from './ip-address'

/** What `Connection.ip` says of callers on a Unix socket, which only this user can open. */
const LOCAL_SOCKET = 'local'

/**
 * Whether a request comes from this machine itself: only such callers are spared limits, shown what is for developers, and given the mailbox of
 * `dev`. Behind a proxy or a tunnel on this machine every caller has a loopback address, so a header that one adds says no; and a page of any
 * site can point its own name here, so `Host` and, where it is sent, `Origin` must be names of this machine.
 */
export function isLocalCaller(request: {
  readonly headers: Headers
  /** Of the socket, whatever headers say. */
  readonly socketIp: string
  /** The host that was asked for, with its port; empty where none was named. */
  readonly authority: string
}): boolean {
  const { headers, socketIp, authority } = request
  if (socketIp === LOCAL_SOCKET) return true
  if (!isLoopback(socketIp) || !isLocalAuthority(authority)) return false
  const origin = headers.get('origin')
  if (origin !== null && !isLocalOrigin(origin)) return false
  for (const name of headers.keys()) if (ADDED_BY_PROXIES.test(name)) return false
  return true
}

const isLoopback = cachedByText((ip) => isLoopbackAddress(parseIpAddress(ip) ?? ''))
const isLocalAuthority = cachedByText((authority) => isLocalName(hostnameOf(authority)))

/** Names that always mean this machine. @param hostname as in a URL: IPv6 in brackets */
export function isLocalName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || isLoopbackHost(hostname)
}

/** The name of an authority, lower-case and without its port. */
export function hostnameOf(authority: string): string {
  return authority.replace(/:\d*$/, '').toLowerCase()
}

const ADDED_BY_PROXIES =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip|x-client-ip|true-client-ip|client-ip|x-cluster-client-ip|x-original-.*|cf-.*|cdn-.*|fly-.*|fastly-.*|ngrok-.*|tailscale-.*|x-envoy-.*|x-amzn-.*|x-appengine-.*|x-arr-.*|x-vercel-.*)$/

function isLoopbackHost(hostname: string): boolean {
  const isBracketed = hostname.startsWith('[') && hostname.endsWith(']')
  const address = parseIpAddress(isBracketed ? hostname.slice(1, -1) : hostname)
  return address !== null && isLoopbackAddress(address)
}

function isLocalOrigin(origin: string): boolean {
  return URL.canParse(origin) && /^https?:/.test(origin) && isLocalName(new URL(origin).hostname)
}
