import { isUtf8 } from 'node:buffer'
import { OPCODES, type RawWebSocket, rawWebSocket, webSocketFrame } from '@koyalite/testkit'

/** What a client writes, frame by frame, and what it hears of it, ends included: RFC 6455 as a table. */
export interface FrameCase {
  readonly name: string
  readonly frames: readonly Uint8Array[]
  /** The last frame is sent when the first message has come: what closes at once does not wait for the response to a long message. */
  readonly waits?: boolean
  /** `response`: a message of the service; `pong x`; `close 1002`. */
  readonly hears: readonly string[]
}

export const text = (payload: string | Uint8Array, options = {}) => webSocketFrame(OPCODES.text, payload, options)
export const more = (payload: string | Uint8Array, options = {}) =>
  webSocketFrame(OPCODES.continuation, payload, options)
export const ping = (payload: string | Uint8Array, options = {}) => webSocketFrame(OPCODES.ping, payload, options)
export const pong = (payload: string | Uint8Array, options = {}) => webSocketFrame(OPCODES.pong, payload, options)
export const close = (code: number | null, reason: string | Uint8Array = '', options = {}) =>
  webSocketFrame(OPCODES.close, code === null ? '' : closePayload(code, reason), options)
export const NOT_LAST = { fin: false }

/** A message that is answered; `filler` makes it as long as wanted. */
export const message = (filler = '') => JSON.stringify({ id: 'm', type: 'ping', payload: filler })

/** How the bytes of a case are handed to the network. */
export const WRITES = ['at once', 'frame by frame', 'byte by byte'] as const

/** Plays a case on a connection of its own and gives what was heard until its end, which the client brings about unless the case does. */
export async function playFrames(
  url: string,
  frames: readonly Uint8Array[],
  write: (typeof WRITES)[number],
  waits = false,
): Promise<readonly string[]> {
  const socket = await rawWebSocket(url)
  const greeting = await socket.message()
  if (greeting.type !== 'connected') throw new Error(`greeted with ${greeting.type}`)
  const last = waits ? frames.at(-1) : undefined
  const first = last === undefined ? frames : frames.slice(0, -1)
  const bytes = Buffer.concat(first)
  if (write === 'at once') socket.bytes(bytes)
  else if (write === 'frame by frame') for (const frame of first) await afterTurn(() => socket.bytes(frame))
  else for (const byte of bytes) await afterTurn(() => socket.bytes(Uint8Array.of(byte)))
  return heard(socket, () => last !== undefined && socket.bytes(last))
}

/** @param answered when the first message has come */
async function heard(socket: RawWebSocket, answered: () => void): Promise<readonly string[]> {
  const hears: string[] = []
  for (;;) {
    const frame = await socket.next().catch((error: Error) => error.message)
    // The connection has to end by itself: `next` fails at once then, and only after a long wait if it does not.
    if (typeof frame === 'string') return frame.startsWith('the connection ended') ? hears : [...hears, frame]
    const { opcode, payload, fin } = frame
    if (!fin) hears.push('half a message')
    else if (opcode === OPCODES.text) {
      if (hears.length === 0) answered()
      hears.push(isResponse(payload) ? 'response' : payload.toString())
    } else if (opcode === OPCODES.pong) hears.push(`pong ${payload}`.trim())
    else if (opcode === OPCODES.close) hears.push(closeText(payload))
    else hears.push(`opcode ${opcode}`)
  }
}

function isResponse(payload: Buffer): boolean {
  return isUtf8(payload) && ['pong', 'error'].includes(JSON.parse(payload.toString()).type)
}

function closeText(payload: Buffer): string {
  if (payload.length === 0) return 'close'
  if (payload.length === 1 || !isUtf8(payload.subarray(2)) || payload.length > 125) return `a bad close: ${payload}`
  return `close ${payload.readUInt16BE(0)}`
}

function closePayload(code: number, reason: string | Uint8Array): Buffer {
  const payload = Buffer.alloc(2)
  payload.writeUInt16BE(code)
  return Buffer.concat([payload, Buffer.from(reason as string)])
}

function afterTurn(work: () => void): Promise<void> {
  work()
  return new Promise((resolve) => setImmediate(resolve))
}
