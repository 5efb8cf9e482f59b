/**
 * Addresses of the internet as text. One form for each, so that limits, logs, rules and audit entries that mean the same client say the same:
 * IPv4 as `192.0.2.1`, also where it came mapped into IPv6; IPv6 as RFC 5952 writes it (`2001:db8::1`), without a zone.
 */

/** An address in its one form; null for text that is not one. */
export function parseIpAddress(text: string): string | null {
  if (IPV4.test(text)) return text
  const groups = ipv6Groups(text)
  return groups === null ? null : (mappedIpv4(groups) ?? printIpv6(groups))
}

/**
 * The address in what proxies write of a client: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`, each also
 * in double quotes. Null for anything else, such as `unknown` and the made-up names of RFC 7239 (`_hidden`).
 */
export function parseHostAddress(text: string): string | null {
  const bare = unquoted(text.trim())
  const bracketed = /^\[([^[\]]*)\](?::\d{1,5})?$/.exec(bare)
  // Only IPv6 is written in brackets.
  if (bracketed?.[1] !== undefined) return bracketed[1].includes(':') ? parseIpAddress(bracketed[1]) : null
  const withPort = /^([\d.]+):\d{1,5}$/.exec(bare)
  return parseIpAddress(withPort?.[1] ?? bare)
}

/** 127.0.0.0/8 and ::1. @param ip in its one form */
export function isLoopbackAddress(ip: string): boolean {
  return ip === '::1' || (ip.startsWith('127.') && IPV4.test(ip))
}

/** Bits of an address in its one form: 32 or 128. Null for text that is not an address. */
export function addressBits(ip: string): { readonly size: 32 | 128; readonly value: bigint } | null {
  if (IPV4.test(ip)) {
    return { size: 32, value: ip.split('.').reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n) }
  }
  const groups = ipv6Groups(ip)
  if (groups === null) return null
  return { size: 128, value: groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n) }
}

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`)
const LONGEST = 45 + 1 + 32

/** The eight groups of an IPv6 address. */
export function ipv6Groups(text: string): readonly number[] | null {
  if (text.length > LONGEST || !text.includes(':')) return null
  const percent = text.indexOf('%')
  if (percent === text.length - 1) return null
  const address = percent < 0 ? text : text.slice(0, percent)
  const halves = address.split('::')
  if (halves.length > 2) return null
  const [head = '', tail] = halves
  // An IPv4 address may stand for the last two groups.
  const left = groupsOf(head, tail === undefined)
  const right = tail === undefined ? [] : groupsOf(tail, true)
  if (left === null || right === null) return null
  const missing = 8 - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  return [...left, ...new Array<number>(missing).fill(0), ...right]
}

function groupsOf(text: string, isLast: boolean): readonly number[] | null {
  if (text === '') return []
  const parts = text.split(':')
  const groups: number[] = []
  for (const [index, part] of parts.entries()) {
    if (isLast && index === parts.length - 1 && IPV4.test(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number)
      groups.push((a << 8) | b, (c << 8) | d)
    } else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else return null
  }
  return groups
}

function mappedIpv4(groups: readonly number[]): string | null {
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return null
  const [high = 0, low = 0] = groups.slice(6)
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
function printIpv6(groups: readonly number[]): string {
  let start = 0
  let length = 1
  for (let from = 0; from < groups.length; from++) {
    let to = from
    while (groups[to] === 0) to++
    if (to - from > length) [start, length] = [from, to - from]
    if (to > from) from = to
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (length === 1) return text(groups)
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`
}

function unquoted(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text
  return text.slice(1, -1).replace(/\\(.)/g, '$1')
}
