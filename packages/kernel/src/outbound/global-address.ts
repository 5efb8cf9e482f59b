import { addressBits } from '../http/ip-address'
import { isInNetwork, parseNetwork } from '../http/ip-network'

/**
 * Whether an address is of one machine of the public internet, by the registries of IANA for special purposes. What is not is this machine, its
 * network, whoever listens to a group, or a way to say such an address in another form.
 * @param ip in its one form, so that IPv4 mapped into IPv6 is IPv4
 */
export function isGlobalAddress(ip: string): boolean {
  const bits = addressBits(ip)
  if (bits === null) return false
  if (bits.size === 32) return !isIn(SPECIAL_IPV4, ip)
  if (isIn(NAT64, ip)) return isGlobalAddress(lastFourBytes(bits.value))
  return isIn(GLOBAL_UNICAST, ip) && !isIn(SPECIAL_IPV6, ip)
}

/** The last of them is global by its number: every machine of Azure reaches there what gives it its credentials. */
const SPECIAL_IPV4 = networks(`
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24
  192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 168.63.129.16/32`)
const GLOBAL_UNICAST = networks('2000::/3')
/** Among them tunnels that have an IPv4 address within: Teredo (in 2001::/23) and 6to4. */
const SPECIAL_IPV6 = networks('2001::/23 2001:db8::/32 2002::/16 3fff::/20')
/** How a machine without IPv4 calls the address in the last four bytes. That of a network itself, 64:ff9b:1::/48, is none of the internet. */
const NAT64 = networks('64:ff9b::/96')

function networks(text: string) {
  return text
    .trim()
    .split(/\s+/)
    .map((one) => {
      const network = parseNetwork(one)
      if (network === null) throw new Error(`not a network: ${one}`)
      return network
    })
}

function isIn(list: ReturnType<typeof networks>, ip: string): boolean {
  return list.some((network) => isInNetwork(network, ip))
}

function lastFourBytes(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')
}
