import { randomBytes } from 'node:crypto'

export interface Frame {
  readonly fin: boolean
  readonly opcode: number
  readonly payload: Buffer
}

/** What a server's end of a connection came to. */
export interface SocketEnd {
  /** Of the close frame; null where the connection was cut without one. */
  readonly code: number | null
}

export interface FrameOptions {
  readonly fin?: boolean
  readonly masked?: boolean
  /** The three reserved bits, as a number. */
  readonly reserved?: number
}

/** A WebSocket that sends frames as a test wants them, wrong ones too. */
export interface RawWebSocket {
  readonly status: number
  /** Of the response to the handshake. */
  readonly headers: Headers
  /** Writes a frame; masked unless said otherwise. */
  frame(opcode: number, payload: string | Uint8Array, options?: FrameOptions): void
  bytes(bytes: Uint8Array): void
  /** The next frame that is not a ping. */
  next(): Promise<Frame>
  /** The next text message, as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of it
  message(): Promise<any>
  ended(): Promise<SocketEnd>
  /** Stops reading: what the server sends piles up. */
  pause(): void
  resume(): void
  /** Says that nothing more will come, as TCP has it, and continues reading. */
  finish(): void
  cut(): void
}

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

const HANGS_AFTER_MS = 20_000

/** Opens a WebSocket by hand. Resolves with the response to the handshake, whatever it is. */
export async function rawWebSocket(url: string, headers: Readonly<Record<string, string>> = {}): Promise<RawWebSocket> {
  const { hostname, port, pathname, search } = new URL(url)
  const frames: Frame[] = []
  const waiting: ((frame: Frame | null) => void)[] = []
  let received = Buffer.alloc(0)
  let status = 0
  const response = new Headers()
  let isOver = false
  let end: SocketEnd = { code: null }
  const answered = Promise.withResolvers<void>()
  const over = Promise.withResolvers<SocketEnd>()
  const give = (frame: Frame) => {
    if (frame.opcode === OPCODES.close) end = { code: frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005 }
    const next = frame.opcode === OPCODES.ping ? undefined : waiting.shift()
    if (next) next(frame)
    else if (frame.opcode !== OPCODES.ping) frames.push(frame)
  }
  const finish = () => {
    isOver = true
    answered.resolve()
    over.resolve(end)
    for (const next of waiting.splice(0)) next(null)
  }
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_socket, chunk) {
        received = Buffer.concat([received, chunk])
        if (status === 0) {
          const head = received.indexOf('\r\n\r\n')
          if (head === -1) return
          const [first = '', ...lines] = received.subarray(0, head).toString('latin1').split('\r\n')
          status = Number(first.split(' ')[1])
          for (const line of lines) response.append(line.split(':')[0] as string, line.replace(/^[^:]*: */, ''))
          received = received.subarray(head + 4)
          answered.resolve()
        }
        if (status !== 101) return
        for (let found = takeFrame(received); found; found = takeFrame(received)) {
          received = received.subarray(found.length)
          give(found.frame)
        }
      },
      close: finish,
      error: finish,
    },
  })
  /** What the system has not taken yet: frames leave whole, one after the other. */
  let outgoing = Buffer.alloc(0)
  const push = () => {
    if (isOver || outgoing.length === 0) return
    const written = socket.write(outgoing)
    outgoing = outgoing.subarray(Math.max(0, written))
    if (outgoing.length > 0) setImmediate(push)
  }
  const send = (bytes: Uint8Array) => {
    const isIdle = outgoing.length === 0
    outgoing = Buffer.concat([outgoing, bytes])
    if (isIdle) push()
  }
  const lines = {
    Host: `${hostname}:${port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
  send(Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\n${head.join('')}\r\n`))
  await answered.promise
  const next = async (): Promise<Frame> => {
    const known = frames.shift()
    if (known) return known
    const coming = Promise.withResolvers<Frame | null>()
    if (isOver) coming.resolve(null)
    else waiting.push(coming.resolve)
    const timer = setTimeout(() => coming.reject(new Error('no frame came')), HANGS_AFTER_MS)
    const frame = await coming.promise
    clearTimeout(timer)
    if (frame === null) throw new Error(`the connection ended (${end.code})`)
    return frame
  }
  return {
    get status() {
      return status
    },
    headers: response,
    frame: (opcode, payload, options) => send(webSocketFrame(opcode, payload, options)),
    bytes: send,
    next,
    async message() {
      const { payload } = await next()
      return JSON.parse(payload.toString('utf8'))
    },
    ended: () => over.promise,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    finish: () => void socket.shutdown(),
    cut: () => void socket.terminate(),
  }
}

/** A frame of a client (RFC 6455 5.2), right or wrong. */
export function webSocketFrame(
  opcode: number,
  content: string | Uint8Array,
  { fin = true, masked = true, reserved = 0 }: FrameOptions = {},
): Buffer {
  const payload = Buffer.from(content as string)
  const size = payload.length
  const extended = size < 126 ? 0 : size < 65_536 ? 2 : 8
  const frame = Buffer.alloc(2 + extended + (masked ? 4 : 0) + size)
  frame[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode
  frame[1] = (masked ? 0x80 : 0) | (extended === 0 ? size : extended === 2 ? 126 : 127)
  if (extended === 2) frame.writeUInt16BE(size, 2)
  if (extended === 8) frame.writeBigUInt64BE(BigInt(size), 2)
  const start = frame.length - size
  if (masked) frame.writeUInt32BE(0x5a17c3e9, start - 4)
  for (let index = 0; index < size; index++) {
    const mask = masked ? (frame[start - 4 + (index % 4)] as number) : 0
    frame[start + index] = (payload[index] as number) ^ mask
  }
  return frame
}

function takeFrame(bytes: Buffer): { readonly frame: Frame; readonly length: number } | null {
  if (bytes.length < 2) return null
  const first = bytes[0] as number
  let size = (bytes[1] as number) & 0x7f
  let at = 2
  if (size === 126) {
    if (bytes.length < 4) return null
    size = bytes.readUInt16BE(2)
    at = 4
  } else if (size === 127) {
    if (bytes.length < 10) return null
    size = Number(bytes.readBigUInt64BE(2))
    at = 10
  }
  if (bytes.length < at + size) return null
  const payload = Buffer.from(bytes.subarray(at, at + size))
  return { frame: { fin: (first & 0x80) !== 0, opcode: first & 0x0f, payload }, length: at + size }
}
