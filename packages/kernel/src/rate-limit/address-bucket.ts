import { ipv6Groups, parseIpAddress } from '../http/ip-address'

/**
 * The part of a client's address that limits count: a client with one IPv6 address has 2^64 of them, so its first 64 bits;
 * an IPv4 address as it is, also where it comes mapped into IPv6.
 */
export function addressBucket(ip: string): string {
  if (!ip.includes(':')) return ip
  const address = parseIpAddress(ip) ?? ip
  const groups = ipv6Groups(address)
  if (groups === null) return address
  return groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')
}
