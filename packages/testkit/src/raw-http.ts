import type { ApiResponse } from './api'

export type RawOutcome =
  | { readonly kind: 'response'; readonly response: ApiResponse }
  /** The server closed the connection without a response. */
  | { readonly kind: 'closed' }
  /** Nothing came for the given time. */
  | { readonly kind: 'hang' }

export interface RawOptions {
  /** HEAD has no body, whatever its Content-Length says. */
  readonly bodiless?: boolean
  /** Says after the bytes that no more will come, so that a server need not wait for the rest of half a request. */
  readonly endsAfter?: boolean
  readonly hangsAfterMs?: number
}

/** Writes bytes to a new connection as they are and reads one HTTP/1.1 response. For requests that fetch would not send. */
export function rawRequest(port: number, bytes: string | Uint8Array, options: RawOptions = {}): Promise<RawOutcome> {
  const toSend = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes)
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    let sent = 0
    const settle = (outcome: RawOutcome, socket: Bun.Socket) => {
      clearTimeout(timer)
      resolve(outcome)
      socket.terminate()
    }
    let timer: Timer | undefined
    const send = (socket: Bun.Socket) => {
      while (sent < toSend.length) {
        const written = socket.write(toSend.subarray(sent))
        if (written <= 0) return
        sent += written
      }
      if (options.endsAfter) socket.shutdown()
    }
    Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: {
        open(socket) {
          timer = setTimeout(() => settle({ kind: 'hang' }, socket), options.hangsAfterMs ?? 10_000)
          send(socket)
        },
        drain: send,
        data(socket, chunk) {
          received = Buffer.concat([received, chunk])
          const response = parseResponse(received, options.bodiless ?? false, false)
          if (response !== undefined) settle({ kind: 'response', response }, socket)
        },
        close(socket) {
          const response = parseResponse(received, options.bodiless ?? false, true)
          settle(response === undefined ? { kind: 'closed' } : { kind: 'response', response }, socket)
        },
        error(_socket, error) {
          clearTimeout(timer)
          reject(error)
        },
      },
    }).catch(reject)
  })
}

/** The first response in what was received; undefined until it is complete. */
export function parseResponse(received: Buffer, bodiless: boolean, closed: boolean): ApiResponse | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [statusLine = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  if (status === 100) return parseResponse(received.subarray(end + 4), bodiless, closed)
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  // Events go on for ever: what says that they come is the response.
  const isEndless = headers.get('content-type')?.startsWith('text/event-stream') === true
  const body = bodyOf(received.subarray(end + 4), headers, {
    bodiless: bodiless || isEndless || status === 101 || status === 204 || status === 304,
    closed,
  })
  if (body === undefined) return undefined
  const text = body.toString('utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status, headers, text, body: json }
}

function bodyOf(rest: Buffer, headers: Headers, how: { bodiless: boolean; closed: boolean }): Buffer | undefined {
  if (how.bodiless) return Buffer.alloc(0)
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return unchunk(rest)
  const length = headers.get('content-length')
  if (length === null) return how.closed ? rest : undefined
  return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : undefined
}

function unchunk(rest: Buffer): Buffer | undefined {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(rest.subarray(at, lineEnd).toString('latin1'), 16)
    const start = lineEnd + 2
    if (rest.length < start + size + 2) return undefined
    if (size === 0) return Buffer.concat(parts)
    parts.push(rest.subarray(start, start + size))
    at = start + size + 2
  }
}
