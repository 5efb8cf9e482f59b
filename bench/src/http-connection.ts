/** One answer: its status, and its body as bytes, valid until the callback returns. */
export type OnResponse = (status: number, body: Buffer) => void

/**
 * A keep-alive HTTP/1.1 connection with at most one request under way. Much cheaper than fetch, so that the generator is not what is measured.
 * Reads answers with Content-Length or in chunks, and 204.
 */
export interface HttpConnection {
  readonly busy: boolean
  send(request: Buffer, onResponse: OnResponse): void
  close(): void
}

/** @param onLost called once if the server ends the connection; a request under way then never gets a response. */
export async function connect(port: number, onLost: (reason: string) => void): Promise<HttpConnection> {
  let waiting: OnResponse | undefined
  let unsent: Buffer | undefined
  let received: Buffer | undefined
  let closed = false
  const lose = (reason: string) => {
    if (!closed) onLost(reason)
    closed = true
  }
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_socket, chunk) {
        received = received === undefined ? chunk : Buffer.concat([received, chunk])
        const response = parse(received)
        if (response === undefined) return
        received = undefined
        const callback = waiting
        waiting = undefined
        callback?.(response.status, response.body)
      },
      drain(socket) {
        if (unsent === undefined) return
        const written = socket.write(unsent)
        unsent = written < unsent.length ? unsent.subarray(written) : undefined
      },
      close: () => lose('closed'),
      error: (_socket, error) => lose(error.message),
    },
  })
  socket.setNoDelay(true)
  return {
    get busy() {
      return waiting !== undefined
    },
    send(request, onResponse) {
      waiting = onResponse
      const written = socket.write(request)
      if (written < request.length) unsent = request.subarray(Math.max(0, written))
    },
    close() {
      closed = true
      socket.end()
    },
  }
}

/** A complete answer, or undefined while more must come. */
export function parse(received: Buffer): { status: number; body: Buffer } | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const status = (received[9] ?? 0) * 100 + (received[10] ?? 0) * 10 + (received[11] ?? 0) - 5328
  const start = end + 4
  if (status === 204 || status === 304) return { status, body: received.subarray(start, start) }
  const head = received.toString('latin1', 0, end).toLowerCase()
  const at = head.indexOf('\r\ncontent-length:')
  if (at >= 0) {
    const length = Number.parseInt(head.slice(at + 17), 10)
    return received.length >= start + length ? { status, body: received.subarray(start, start + length) } : undefined
  }
  if (!head.includes('transfer-encoding: chunked')) throw new Error(`an answer without a length: ${head}`)
  const body = unchunk(received.subarray(start))
  return body === undefined ? undefined : { status, body }
}

function unchunk(rest: Buffer): Buffer | undefined {
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16)
    const start = lineEnd + 2
    if (rest.length < start + size + 2) return undefined
    if (size === 0) return Buffer.concat(parts)
    parts.push(rest.subarray(start, start + size))
    at = start + size + 2
  }
}
