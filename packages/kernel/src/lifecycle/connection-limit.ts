import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { AppError } from '@koyalite/contracts'
import type { Server } from 'bun'
import { errorBody } from '../http/error-body'
import type { Log } from '../log/log'
import type { MetricSource } from '../metrics/metrics'

export interface ConnectionLimitOptions {
  /** Null: what the limit of open files leaves. */
  readonly max: number | null
  readonly log: Log
  /** The port is shared with other processes, whose connections are not ours. */
  readonly shared?: boolean
}

export interface ConnectionLimit {
  /** The response to a request that comes while there are too many connections; null where there are not. It closes its connection. */
  refusal(request: Request): Response | null
  readonly metrics: readonly MetricSource[]
  end(): void
}

const DESCRIPTORS = '/proc/self/fd'
/** What the server itself may have to open: files of the log, reader processes, copies. */
const MIN_RESERVE = 24
const MAX_RESERVE = 256
/** Counting again is a system call; a burst is noticed this late. Milliseconds. */
const COUNT_EVERY = 5
const COUNT_EVERY_WHEN_CLOSE = 0.2
const RELIEVE_EVERY = 250
/** So few descriptors left: what is idle is closed. */
const MIN_FREE_DESCRIPTORS = 16
/** Descriptors that come and go besides connections. Closer to the limit than this, sockets are counted one by one. */
const DOUBT = 32

/**
 * Keeps connections from taking the last file descriptors. The system accepts them before anybody is asked, so they are not refused but told: a request on top
 * of `max` connections is answered 503 and its connection closed. Where descriptors nearly run out all the same, connections between two requests are closed;
 * those that never send one end by themselves after 12 seconds. Only Linux shows how many there are; elsewhere nothing is limited.
 */
export function createConnectionLimit(server: Server<unknown>, options: ConnectionLimitOptions): ConnectionLimit {
  const { log, shared = false } = options
  const openFiles = openFilesLimit()
  const before = countDescriptors() ?? 0
  if (openFiles === null || before === 0) return { refusal: () => null, metrics: [], end() {} }
  const reserve = Math.min(MAX_RESERVE, Math.max(MIN_RESERVE, Math.floor(openFiles / 8)))
  const possible = Math.max(1, openFiles - before - reserve)
  const max = Math.min(options.max ?? possible, possible)
  const port = server.port ?? 0
  let countedAt = Number.NEGATIVE_INFINITY
  let connections = 0
  let refused = 0
  let isFull = false

  function count(): number {
    const now = performance.now()
    const isClose = connections >= max - DOUBT
    if (now - countedAt < (isClose ? COUNT_EVERY_WHEN_CLOSE : COUNT_EVERY)) return connections
    countedAt = now
    connections = Math.max(0, (countDescriptors() ?? before) - before)
    if (!shared && Math.abs(connections - max) <= DOUBT) connections = countOnPort(port) ?? connections
    if (connections > max && !isFull) {
      isFull = true
      log.warn(
        { connections, max, openFiles },
        'too many connections: requests on further connections get a 503. Raise server.max_connections and the limit of open files (ulimit -n)',
      )
    } else if (connections < 0.8 * max) isFull = false
    return connections
  }

  const relieve = setInterval(() => {
    const open = countDescriptors() ?? 0
    if (openFiles - open > MIN_FREE_DESCRIPTORS) return
    count()
    log.debug({ open, openFiles }, 'running out of file descriptors: closing idle connections')
    // Bun has it; its types do not.
    ;(server as unknown as { closeIdleConnections(): void }).closeIdleConnections()
  }, RELIEVE_EVERY)
  relieve.unref()

  return {
    refusal(request) {
      if (count() <= max || request.url.endsWith('/health/live')) return null
      refused++
      // The next one is counted anew: this connection ends.
      countedAt = Number.NEGATIVE_INFINITY
      return tooMany()
    },
    metrics: [
      { name: 'http_connections', help: 'Open connections (approximate).', kind: 'gauge', read: count },
      {
        name: 'http_connections_max',
        help: 'server.max_connections, or the value derived from the limit of open files.',
        kind: 'gauge',
        read: () => max,
      },
      {
        name: 'http_connections_refused_total',
        help: 'Requests rejected because there were too many connections.',
        kind: 'counter',
        read: () => refused,
      },
    ],
    end: () => clearInterval(relieve),
  }
}

function tooMany(): Response {
  const id = crypto.randomUUID()
  const error = new AppError('UNAVAILABLE', 'the server has too many open connections; close some, or try again later')
  return Response.json(errorBody(error, id, Date.now()), {
    status: error.status,
    headers: { connection: 'close', 'retry-after': '2', 'x-request-id': id, 'cache-control': 'no-store' },
  })
}

function openFilesLimit(): number | null {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? null : Number(soft)
  } catch {
    return null
  }
}

/** Kernels since 6.2 report it as a size; before, the folder has to be read. Null if there is no such folder. */
function countDescriptors(): number | null {
  try {
    return statSync(DESCRIPTORS).size || readdirSync(DESCRIPTORS).length
  } catch (error) {
    // None is left to read the folder with.
    return (error as NodeJS.ErrnoException).code === 'EMFILE' ? (openFilesLimit() ?? Number.MAX_SAFE_INTEGER) : null
  }
}

/** The system returns a table in portions, which a reader of whole files takes for its end. */
function readTable(path: string): string {
  const portion = Buffer.alloc(64 * 1024)
  const parts: string[] = []
  const descriptor = openSync(path, 'r')
  try {
    for (let at = 0; ; ) {
      const length = readSync(descriptor, portion, 0, portion.length, at)
      if (length === 0) return parts.join('')
      at += length
      parts.push(portion.toString('latin1', 0, length))
    }
  } finally {
    closeSync(descriptor)
  }
}

/** ESTABLISHED, and CLOSE_WAIT: ended by the client, not yet by us. */
const HELD_STATES = new Set(['01', '08'])

function countOnPort(port: number): number | null {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  let found = 0
  try {
    for (const table of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) {
      for (const line of readTable(table).split('\n')) {
        const [, local = '', , state = ''] = line.trim().split(/\s+/)
        if (local.endsWith(suffix) && HELD_STATES.has(state)) found++
      }
    }
    return found
  } catch {
    return null
  }
}
