import type { WebSocketHandler as BunHandler, Server, ServerWebSocket } from 'bun'
import { CLOSE_CODES, type WebSocketConnection, type WebSocketHandler } from './web-socket'

/** What Bun keeps with each connection. */
export interface WebSocketData {
  readonly handler: WebSocketHandler
}

/** Longest message that is accepted: a subscription with the largest possible lists. Longer ones close the connection with 1009. */
const MAX_MESSAGE = 1024 * 1024
/**
 * More than services buffer for one client before they stop sending; a client that still reaches it is disconnected, so that no message
 * is ever left out.
 */
const MAX_BUFFERED = 128 * 1024 * 1024
/** A connection that answers no ping is closed after this time. */
const IDLE_SECONDS = 60

/** How Bun serves WebSockets. The native server checks frames, UTF-8 and lengths, answers pings, and pings idle clients. */
export function webSocketOptions(server: () => Server<WebSocketData>): BunHandler<WebSocketData> {
  return {
    maxPayloadLength: MAX_MESSAGE,
    backpressureLimit: MAX_BUFFERED,
    closeOnBackpressureLimit: true,
    idleTimeout: IDLE_SECONDS,
    sendPings: true,
    perMessageDeflate: false,
    open(socket) {
      socket.data.handler.open(new NativeConnection(socket, server))
    },
    message(socket, message) {
      if (typeof message === 'string') socket.data.handler.message(message)
      else socket.close(CLOSE_CODES.unsupported_data, 'messages must be JSON text')
    },
    drain(socket) {
      socket.data.handler.drain()
    },
    close(socket) {
      socket.data.handler.close()
    },
    error(_error, socket) {
      // A handler reports what fails; a bug in it ends one connection and not the process.
      socket.close(CLOSE_CODES.internal_error, 'internal error')
    },
  }
}

class NativeConnection implements WebSocketConnection {
  readonly #socket: ServerWebSocket<WebSocketData>
  readonly #server: () => Server<WebSocketData>

  constructor(socket: ServerWebSocket<WebSocketData>, server: () => Server<WebSocketData>) {
    this.#socket = socket
    this.#server = server
  }

  get buffered(): number {
    return this.#socket.getBufferedAmount()
  }

  send(text: string): void {
    this.#socket.sendText(text)
  }

  batch(work: () => void): void {
    this.#socket.cork(work)
  }

  join(topic: string): void {
    this.#socket.subscribe(topic)
  }

  leave(topic: string): void {
    this.#socket.unsubscribe(topic)
  }

  publish(topic: string, text: string): void {
    this.#server().publish(topic, text)
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }
}
