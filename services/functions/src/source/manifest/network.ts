import { describe } from '@koyalite/schema'
import type { Report, YamlEntry } from '@koyalite/yaml'
import { readItems, readItemText } from './read-value'

export interface NetworkHost {
  /** As a URL has it: in lower case, an IPv6 address in brackets. */
  readonly host: string
  readonly port: number
}

/** What a function may reach: nothing, some hosts, everything. */
export type Network = 'none' | 'all' | readonly NetworkHost[]

export function readNetwork(entry: YamlEntry, report: Report): Network | undefined {
  const { key, value } = entry
  if (value.kind === 'scalar' && (value.value === 'none' || value.value === 'all')) return value.value
  if (value.kind === 'list') {
    const texts = readItems(entry, (item) => readItemText(item, hostProblem, report), report)
    return texts?.map((text) => parseHost(text) as NetworkHost)
  }
  report(value.position, `'${key}' must be none, all or a list like [api.stripe.com:443], not ${describe(value)}`)
  return undefined
}

function hostProblem(text: string): string | undefined {
  if (text.includes('*')) return `'${text}' cannot be a host of 'network': write each host, or 'network: all'`
  if (parseHost(text) !== null) return undefined
  const withPort = parseHost(`${text}:443`)
  if (withPort !== null) return `'${text}' needs a port: ${withPort.host}:443`
  const url = URL.canParse(text) ? new URL(text) : null
  const advice =
    url === null || url.hostname === '' ? '' : ` (write ${url.hostname}:${url.port || portOf(url.protocol)})`
  return `'${text.slice(0, 100)}' is not a host and port like api.stripe.com:443${advice}`
}

function portOf(protocol: string): string {
  return protocol === 'http:' ? '80' : '443'
}

/** Null for what is not the one way to write it: 0x7f.1 is an address too, but nobody would read it as one. */
export function parseHost(text: string): NetworkHost | null {
  const [, host = '', digits = ''] = /^(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?):(\d{1,5})$/i.exec(text) ?? []
  const port = Number(digits)
  if (host === '' || port < 1 || port > 65_535 || host.length > 253) return null
  const lower = host.toLowerCase()
  if (!URL.canParse(`http://${lower}/`) || new URL(`http://${lower}/`).hostname !== lower) return null
  return { host: lower, port }
}
