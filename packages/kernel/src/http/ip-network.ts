import { addressBits, parseIpAddress } from './ip-address'

/** A network: all addresses whose leading bits are these. */
export interface IpNetwork {
  readonly size: 32 | 128
  readonly bits: number
  readonly prefix: bigint
}

/** An address, or an address and the number of its leading bits: `192.0.2.1`, `10.0.0.0/8`. Null for text that is neither. */
export function parseNetwork(text: string): IpNetwork | null {
  const slash = text.indexOf('/')
  const written = slash < 0 ? text : text.slice(0, slash)
  const address = parseIpAddress(written)
  const parsed = address === null ? null : addressBits(address)
  if (parsed === null) return null
  const { size, value } = parsed
  // `::ffff:10.0.0.0/104` is 10.0.0.0/8.
  const mapped = size === 32 && written.includes(':') ? 96 : 0
  const length = slash < 0 ? String(size + mapped) : text.slice(slash + 1)
  const bits = /^\d{1,3}$/.test(length) ? Number(length) - mapped : -1
  if (bits < 0 || bits > size) return null
  return { size, bits, prefix: value >> BigInt(size - bits) }
}

/** @param address in its one form */
export function isInNetwork({ size, bits, prefix }: IpNetwork, address: string): boolean {
  const parsed = addressBits(address)
  return parsed?.size === size && parsed.value >> BigInt(size - bits) === prefix
}
