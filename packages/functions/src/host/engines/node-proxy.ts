import { Agent as HttpAgent, request } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { createConnection, isIP, isIPv6, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'

/** Of what `fetch` and the agents of node:http say about a connection, what is used. */
interface Wanted extends Omit<ConnectionOptions, 'port'> {
  readonly host?: string
  readonly hostname?: string
  readonly port?: number | string | null
  readonly protocol?: string
  readonly socketPath?: string
}

type Done = (error: Error | null, socket: Socket | null) => void

/** A connection is made as the agent would do it: to sockets on this machine for one. */
type Connect = (options: Wanted, done: Done) => Socket | undefined | null

type Tunnel = (options: Wanted, isTls: boolean, done: Done) => void

/**
 * Node.js knows proxies by the environment since version 24 only, and then not for all agents. Here each connection of `fetch`, node:http and node:https,
 * with whatever agent, begins as a tunnel of the proxy.
 */
export function useProxy(proxy: URL): void {
  const tunnel = useProxyInAgents(proxy)
  useInFetch((options, done) => tunnel(options, options.protocol === 'https:', done))
}

/** Where `fetch` goes by the environment, and the rest does not. */
export function useProxyInAgents(proxy: URL): Tunnel {
  const direct = new HttpAgent()
  Object.assign(direct, { createConnection })
  const tunnel: Tunnel = (options, isTls, done) => {
    const target = targetOf(options, isTls)
    const ask = request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: target, agent: direct })
    ask.on('error', (error) => done(error, null))
    ask.on('connect', ({ statusCode }, socket, head) => {
      if (statusCode !== 200) {
        socket.destroy()
        return done(new Error(`the proxy does not connect to ${target}: ${statusCode} ${head}`.trim()), null)
      }
      if (isTls) secure(socket, options, done)
      else done(null, socket)
    })
    ask.end()
  }
  patch(HttpAgent, (options, done) => tunnel(options, false, done))
  patch(HttpsAgent, (options, done) => tunnel(options, true, done))
  return tunnel
}

function patch({ prototype }: { readonly prototype: object }, connect: (options: Wanted, done: Done) => void): void {
  const agent = prototype as { createConnection: Connect }
  const original = agent.createConnection
  agent.createConnection = function (options, done) {
    if (options.socketPath) return original.call(this, options, done)
    connect(options, done)
    return undefined
  }
}

function targetOf({ host, hostname, port }: Wanted, isTls: boolean): string {
  const name = hostname ?? host ?? 'localhost'
  return `${isIPv6(name) ? `[${name}]` : name}:${port || (isTls ? 443 : 80)}`
}

function secure(socket: Socket, { host, hostname, ...options }: Wanted, done: Done): void {
  const name = hostname ?? host ?? ''
  const servername = options.servername || (isIP(name) === 0 ? name : '')
  const secured = connectTls({
    ALPNProtocols: ['http/1.1'],
    ...options,
    socket,
    host: name,
    servername,
  } as ConnectionOptions)
  const failed = (error: Error) => done(error, null)
  secured.once('error', failed)
  secured.once('secureConnect', () => {
    secured.off('error', failed)
    done(null, secured)
  })
}

/** Under which versions of `fetch` keep what makes its connections. */
const DISPATCHERS = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2']

function useInFetch(connect: (options: Wanted, done: Done) => void): void {
  // It is loaded with the first of its classes that is used; written otherwise, it would be taken out as of no use.
  Reflect.construct(Headers, [])
  const kept = globalThis as unknown as Record<symbol, { constructor: new (options: object) => never } | undefined>
  for (const name of DISPATCHERS.map((name) => Symbol.for(name))) {
    const dispatcher = kept[name]
    if (dispatcher !== undefined) kept[name] = new dispatcher.constructor({ connect })
  }
}
