import { cachedByText } from './cached-by-text'
import { parseHostAddress, parseIpAddress } from './ip-address'
import { isInNetwork, parseNetwork } from './ip-network'

/**
 * Which proxies are believed: none; that many before the server (`true` is one); or those in these networks (`10.0.0.0/8`, `2001:db8::1`).
 */
export type TrustProxy = boolean | number | readonly string[]

/**
 * Finds the client's address. `X-Forwarded-For` (where it is absent, `Forwarded`) is whatever its sender likes; each proxy adds whom it was
 * called by at the end. So it is read from the end, for as many hops as proxies are trusted; reading stops at an entry that is not an address.
 */
export type ClientAddress = (headers: Headers, socketIp: string) => string

export function createClientAddress(trust: TrustProxy): ClientAddress {
  // What is not an address (a Unix socket) stays as it is.
  const normalized = cachedByText((ip) => parseIpAddress(ip) ?? ip)
  const trusts = trustedBy(trust)
  if (trusts === null) return (_headers, socketIp) => normalized(socketIp)
  return (headers, socketIp) => {
    let address = normalized(socketIp)
    const entries = forwardedFor(headers)
    for (let hop = 0; entries.length > 0 && trusts(address, hop); hop++) {
      const next = parseHostAddress(entries.pop() ?? '')
      if (next === null) break
      address = next
    }
    return address
  }
}

/** Whether any proxy is believed. */
export function trustsProxies(trust: TrustProxy): boolean {
  return trustedBy(trust) !== null
}

/** Whether a text names a network: an address, or an address and the number of its leading bits. */
export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== null
}

type Trusts = (address: string, hop: number) => boolean

/** Null where no proxy is believed. */
function trustedBy(trust: TrustProxy): Trusts | null {
  if (typeof trust === 'object') {
    const networks = trust.map(parseNetwork).filter((network) => network !== null)
    return networks.length === 0 ? null : (address) => networks.some((network) => isInNetwork(network, address))
  }
  const hops = Number(trust)
  return hops === 0 ? null : (_address, hop) => hop < hops
}

/** Whom each proxy was called by, the nearest last. */
function forwardedFor(headers: Headers): string[] {
  const listed = headers.get('x-forwarded-for')
  if (listed !== null) return listed.split(',')
  const forwarded = headers.get('forwarded')
  return forwarded === null ? [] : elementsOf(forwarded).map(forOf)
}

/** RFC 7239: elements are separated by commas, which may also stand in quotes. */
function elementsOf(header: string): string[] {
  return header.match(/(?:"(?:\\.|[^"\\])*"|[^",])+/g) ?? []
}

function forOf(element: string): string {
  return /(?:^|;)\s*for\s*=\s*("(?:\\.|[^"\\])*"|[^;]*)/i.exec(element)?.[1] ?? ''
}
