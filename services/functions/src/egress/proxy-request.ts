/** What a client asks of a proxy: a tunnel to a host, or one request of HTTP in absolute form. */
export interface ProxyRequest {
  /** As a URL has it: in lower case, addresses in their one form, those of IPv6 in brackets. */
  readonly host: string
  readonly port: number
  /** What is sent to the host before all else: nothing for a tunnel, else the head of the request as servers take it. */
  readonly head: string
  readonly isTunnel: boolean
}

/** Reads the head of a request, without the empty line at its end. Null for what no proxy understands. */
export function readProxyRequest(head: string): ProxyRequest | null {
  const [line = '', ...headers] = head.split('\r\n')
  const [, method = '', target = '', version = ''] = /^([A-Z]+) (\S+) (HTTP\/1\.[01])$/.exec(line) ?? []
  const isTunnel = method === 'CONNECT'
  const written = isTunnel ? `http://${target}` : target
  if (target === '' || !URL.canParse(written)) return null
  const url = new URL(written)
  if (url.protocol !== 'http:' || url.username !== '' || (isTunnel && !/:\d+$/.test(target))) return null
  const place = { host: url.hostname.replace(/\.$/, ''), port: Number(url.port || 80) }
  if (isTunnel) return { ...place, head: '', isTunnel }
  // One request for each connection: the next one may be for another host.
  const kept = headers.filter((header) => !/^(proxy-[a-z-]+|connection|keep-alive|host)\s*:/i.test(header))
  const lines = [`${method} ${url.pathname}${url.search} ${version}`, `Host: ${url.host}`, ...kept, 'Connection: close']
  return { ...place, head: `${lines.join('\r\n')}\r\n\r\n`, isTunnel }
}
