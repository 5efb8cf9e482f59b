import { connect, createServer, type Socket } from 'node:net'
import { type Outbound, OutboundRefusedError } from '@koyalite/kernel'
import type { Network } from '../source/manifest/network'
import { type ProxyRequest, readProxyRequest } from './proxy-request'

export interface EgressOptions {
  readonly network: Network
  /** What who may not connect is told: it names a place, as `host:port`. */
  refusal(place: string): string
  readonly outbound: Pick<Outbound, 'addresses'>
  /** A connection is not made, and what to do about it. */
  onRefused(message: string): void
}

export interface EgressProxy {
  close(): void
}

const MAX_HEAD = 16 * 1024
const MAX_CONNECTIONS = 256
const CONNECT_MS = 10_000

/**
 * The way of one instance, or build, out: a proxy (CONNECT, and plain HTTP in absolute form) on a socket of its folder. It connects to what is named, and
 * there to addresses that the guard of the server has looked at.
 */
export function startEgressProxy(socket: string, options: EgressOptions): EgressProxy {
  const open = new Set<Socket>()
  const follow = (one: Socket) => {
    open.add(one)
    one.once('close', () => open.delete(one))
    // Who is at the other end learns of it: the connection ends.
    one.on('error', () => one.destroy())
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    follow(client)
    if (open.size > MAX_CONNECTIONS) return void client.destroy()
    readHead(client, (head, rest) => void serve(client, { head, rest, options, follow }))
  })
  server.listen(socket)
  return {
    close() {
      server.close()
      for (const one of open) one.destroy()
    },
  }
}

interface Served {
  /** Null where there is none, or too much of it. */
  readonly head: string | null
  readonly rest: Buffer
  readonly options: EgressOptions
  readonly follow: (socket: Socket) => void
}

async function serve(client: Socket, { head, rest, options, follow }: Served): Promise<void> {
  const request = head === null ? null : readProxyRequest(head)
  if (request === null)
    return answer(client, '400 Bad Request', 'This is a proxy: it takes CONNECT and http: addresses.')
  try {
    const addresses = await allowedAddresses(request, options)
    const target = await firstThatAnswers(addresses, request.port)
    follow(target)
    if (request.isTunnel) client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    else target.write(request.head)
    if (rest.length > 0) target.write(rest)
    client.pipe(target)
    target.pipe(client)
    client.once('close', () => target.destroy())
    target.once('close', () => client.destroySoon())
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (!(error instanceof OutboundRefusedError)) return answer(client, '502 Bad Gateway', message)
    options.onRefused(message)
    answer(client, '403 Forbidden', message)
  }
}

/** @throws OutboundRefusedError that says what would allow it */
function allowedAddresses(
  { host, port }: ProxyRequest,
  { network, refusal, outbound }: EgressOptions,
): Promise<readonly string[]> {
  const named = network === 'all' || network === 'none' ? [] : network
  const isNamed = named.some((one) => one.host === host && one.port === port)
  if (network !== 'all' && !isNamed) throw new OutboundRefusedError(refusal(`${host}:${port}`))
  // This machine is reached under dev, where a manifest names it: not by everything.
  return outbound.addresses(host.replace(/^\[(.*)\]$/, '$1'), { allowsLoopback: isNamed })
}

/** The next address where one does not answer. */
async function firstThatAnswers(addresses: readonly string[], port: number): Promise<Socket> {
  let failure: unknown
  for (const host of addresses) {
    try {
      return await connected(host, port)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

function connected(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const target = connect({ host, port, allowHalfOpen: true })
    const late = setTimeout(() => fail(new Error(`${host}:${port} does not answer`)), CONNECT_MS)
    const fail = (error: Error) => {
      clearTimeout(late)
      target.destroy()
      reject(error)
    }
    target.once('error', fail)
    target.once('connect', () => {
      clearTimeout(late)
      target.off('error', fail)
      resolve(target)
    })
  })
}

function readHead(client: Socket, take: (head: string | null, rest: Buffer) => void): void {
  let read = Buffer.alloc(0)
  const onData = (piece: Buffer) => {
    read = Buffer.concat([read, piece])
    const end = read.indexOf('\r\n\r\n')
    if (end < 0 && read.length <= MAX_HEAD) return
    client.off('data', onData)
    client.pause()
    const isWhole = end >= 0 && end <= MAX_HEAD
    take(isWhole ? read.toString('latin1', 0, end) : null, isWhole ? read.subarray(end + 4) : Buffer.alloc(0))
  }
  client.on('data', onData)
}

function answer(client: Socket, status: string, message: string): void {
  const body = Buffer.from(`${message}\n`)
  const head = [`HTTP/1.1 ${status}`, 'Content-Type: text/plain; charset=utf-8', `Content-Length: ${body.length}`]
  client.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\nConnection: close\r\n\r\n`), body]))
}
