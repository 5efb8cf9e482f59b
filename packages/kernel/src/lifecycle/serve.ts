import { chmodSync } from 'node:fs'
import { AppError } from '@koyalite/contracts'
import type { Connection, HttpApp } from '../http/http-app'
import type { MetricSource } from '../metrics/metrics'
import { type WebSocketData, webSocketOptions } from '../websocket/serve-web-sockets'
import type { WebSocketHandler } from '../websocket/web-socket'
import { type ConnectionLimit, type ConnectionLimitOptions, createConnectionLimit } from './connection-limit'

export interface Listening {
  /** `http://127.0.0.1:8090`; `unix:` and the path of a socket. */
  readonly url: string
  /** The port that was taken; 0 on a Unix socket. */
  readonly port: number
  /**
   * Takes no more connections, closes the idle ones, and resolves when the running requests are answered; those that are not
   * after `timeout` milliseconds are cut off.
   */
  close(timeout?: number): Promise<void>
}

/** What listens on an address. */
export interface ListeningOnPort extends Listening {
  /** From now on, requests on more connections are refused. Returns what is to be known of them. */
  limitConnections(options: Pick<ConnectionLimitOptions, 'max' | 'log'>): readonly MetricSource[]
}

/** Asked for with each request, so that a new one takes over without closing a connection. */
type CurrentApp = () => HttpApp

const CLOSE_TIMEOUT = 10_000
/** A connection without a byte in either direction is closed after this many seconds. */
const IDLE_SECONDS = 120

export interface ServeOptions {
  readonly host: string
  readonly port: number
  readonly app: CurrentApp
  /** Several processes of this server listen there, and the system shares the connections out among them. */
  readonly shared?: boolean
}

/** Serves on an address. @throws AppError UNAVAILABLE that says why it cannot be had, and what to do */
export function serve(options: ServeOptions): ListeningOnPort {
  const { host, port, app, shared = false } = options
  let limit: ConnectionLimit | null = null
  const server: Bun.Server<WebSocketData> = listening(
    () =>
      Bun.serve<WebSocketData>({
        ...COMMON,
        idleTimeout: IDLE_SECONDS,
        websocket: webSocketOptions(() => server),
        // Bun's default without development mode is true: a second server would silently share the port with the first.
        reusePort: shared,
        hostname: host,
        port,
        fetch: (request, socket) =>
          limit?.refusal(request) ?? app().fetch(request, new SocketConnection(socket, request)),
      }),
    (code) => whyNot(code, host, port),
  )
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${server.port}`,
    port: server.port ?? 0,
    limitConnections(limits) {
      limit = createConnectionLimit(server, { ...limits, shared })
      return limit.metrics
    },
    async close(timeout) {
      limit?.end()
      await closeServer(server, timeout)
    },
  }
}

/**
 * The number of a port that nobody listens on: `port`, or a free one for 0. Processes that share a port would share it with a stranger who does
 * the same, so it is tried without sharing first. @throws AppError UNAVAILABLE as `serve` does
 */
export async function findPort({ host, port }: { readonly host: string; readonly port: number }): Promise<number> {
  const fetch = () => new Response(null, { status: 503 })
  const server = listening(
    () => Bun.serve({ ...COMMON, reusePort: false, hostname: host, port, fetch }),
    (code) => whyNot(code, host, port),
  )
  await server.stop(true)
  return server.port ?? port
}

/**
 * Serves on a Unix socket that only its owner can open: a client that can open it could read the database file as well, so the
 * application behind it may take every caller for the system.
 */
export function serveControl(options: { readonly path: string; readonly app: CurrentApp }): Listening {
  const { path, app } = options
  const server = listening(
    () =>
      privately(() =>
        Bun.serve({ ...COMMON, ...NEVER_IDLE, unix: path, fetch: (request) => app().fetch(request, LOCAL) }),
      ),
    (code) => `cannot listen on the socket ${path} (${code})`,
  )
  chmodSync(path, 0o600)
  return { url: `unix:${path}`, port: 0, close: (timeout) => closeServer(server, timeout) }
}

/** Bun closes connections on Unix sockets after ten quiet seconds, in the middle of a request too; its types know no option for that. */
export const NEVER_IDLE: object = { idleTimeout: 0 }

const LOCAL: Connection = { ip: 'local' }

const COMMON = {
  // The application has its own limit per route, and answers in the shape of all errors.
  maxRequestBodySize: Number.MAX_SAFE_INTEGER,
  development: false,
} as const

/** Looks the address up on demand. */
class SocketConnection implements Connection {
  readonly #server: Bun.Server<WebSocketData>
  readonly #request: Request

  constructor(server: Bun.Server<WebSocketData>, request: Request) {
    this.#server = server
    this.#request = request
  }

  get ip(): string {
    return this.#server.requestIP(this.#request)?.address ?? ''
  }

  upgrade(handler: WebSocketHandler): boolean {
    return this.#server.upgrade(this.#request, { data: { handler } })
  }
}

function listening<Data>(start: () => Bun.Server<Data>, describe: (code: string) => string): Bun.Server<Data> {
  try {
    return start()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    throw new AppError('UNAVAILABLE', describe(code), { cause: error })
  }
}

function whyNot(code: string, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is already in use; stop the other process, or choose another port: --port ${port + 1}, or server.port in koyalite.yaml`
    case 'EACCES':
      return `port ${port} needs privileges that this user does not have; choose a port above 1023, or use a reverse proxy`
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${host}; set server.host in koyalite.yaml to 127.0.0.1 or 0.0.0.0`
    default:
      return `cannot listen on ${host}:${port} (${code})`
  }
}

/** The socket file never exists with wider rights, not even for a moment. */
export function privately<T>(create: () => T): T {
  const before = process.umask(0o177)
  try {
    return create()
  } finally {
    process.umask(before)
  }
}

export async function closeServer(server: Bun.Server<never>, timeout = CLOSE_TIMEOUT): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeout)
  })
  const ended = await Promise.race([server.stop(), late])
  clearTimeout(timer)
  if (ended === 'late') await server.stop(true)
}
