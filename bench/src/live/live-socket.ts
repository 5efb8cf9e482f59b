import { randomBytes } from 'node:crypto'
import type { Socket } from 'bun'

export interface LiveSocket {
  say(message: object): void
}

/** Called for every message, with its bytes; they are overwritten afterwards. */
export type OnMessage = (payload: Buffer) => void

/**
 * A WebSocket that does as little as possible with what it receives: thousands of them share one core with the clock of the
 * measurement. Frames of the server are unmasked and, from this one, unfragmented.
 */
export async function openLiveSocket(
  port: number,
  token: string | undefined,
  onMessage: OnMessage,
): Promise<LiveSocket> {
  const reader = new FrameReader(onMessage)
  let opened: () => void = () => {}
  let failed: (error: Error) => void = () => {}
  const ready = new Promise<void>((resolve, reject) => {
    opened = resolve
    failed = reject
  })
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_socket: Socket, chunk: Buffer) {
        if (reader.take(chunk)) opened()
      },
      close: () => failed(new Error('the server closed a socket')),
      error: (_socket, error) => failed(error),
    },
  })
  const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`
  socket.write(
    `GET /api/realtime HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${authorization}` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
  )
  await ready
  return {
    say: (message) => void socket.write(frameOf(JSON.stringify(message))),
  }
}

class FrameReader {
  readonly #onMessage: OnMessage
  #rest: Buffer | null = null
  #isOpen = false

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage
  }

  /** True once the handshake is answered. */
  take(chunk: Buffer): boolean {
    let bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk])
    if (!this.#isOpen) {
      const end = bytes.indexOf('\r\n\r\n')
      if (end === -1) {
        this.#rest = Buffer.from(bytes)
        return false
      }
      this.#isOpen = true
      bytes = bytes.subarray(end + 4)
    }
    let at = 0
    while (at + 2 <= bytes.length) {
      let length = (bytes[at + 1] as number) & 0x7f
      let header = 2
      if (length === 126) {
        if (at + 4 > bytes.length) break
        length = bytes.readUInt16BE(at + 2)
        header = 4
      } else if (length === 127) {
        if (at + 10 > bytes.length) break
        length = Number(bytes.readBigUInt64BE(at + 2))
        header = 10
      }
      if (at + header + length > bytes.length) break
      if (((bytes[at] as number) & 0x0f) === 1) this.#onMessage(bytes.subarray(at + header, at + header + length))
      at += header + length
    }
    // The chunk's memory is used again for the next one.
    this.#rest = at === bytes.length ? null : Buffer.from(bytes.subarray(at))
    return true
  }
}

function frameOf(text: string): Buffer {
  const payload = Buffer.from(text)
  const header = payload.length < 126 ? 2 : 4
  const frame = Buffer.alloc(header + 4 + payload.length)
  frame[0] = 0x81
  frame[1] = 0x80 | (header === 2 ? payload.length : 126)
  if (header === 4) frame.writeUInt16BE(payload.length, 2)
  // A mask of zeros is a mask.
  payload.copy(frame, header + 4)
  return frame
}
