import type { Transport } from '../transport'
import type { Channel, ChannelEvents, OpenChannel } from './channel'
import { openEventStream } from './event-stream-channel'
import { openWebSocket, type WebSocketClass } from './web-socket-channel'

/** A WebSocket that has worked before may fail this often, as during a restart, before it is given up. */
const TRIES_OF_KNOWN = 3
/** One that has been closed by us after so long had no answer at all. */
const SWALLOWED_MS = 4_000

/**
 * Opens WebSockets; where they do not get through (none in this runtime, a proxy that refuses or swallows them), event streams, until
 * the next connection is made.
 */
export function createOpenChannel(transport: Transport, Socket: WebSocketClass | undefined): OpenChannel {
  let failures = 0
  let tries = 1

  return (bearer, events) => {
    const asStream = () => openEventStream(transport, bearer, events)
    if (Socket === undefined) return asStream()
    if (failures >= tries) {
      // The next time it gets one try.
      failures = tries - 1
      return asStream()
    }
    const began = Date.now()
    let isKnown = false
    const failed = () => {
      if (!isKnown) failures++
    }
    let stream: Channel | undefined
    const guarded: ChannelEvents = {
      message(message) {
        isKnown = true
        failures = 0
        tries = TRIES_OF_KNOWN
        events.message(message)
      },
      ended(end) {
        failed()
        if (isKnown || failures < tries || end.kind !== 'temporary') return events.ended(end)
        failures = tries - 1
        stream = asStream()
      },
    }
    const socket = openWebSocket(transport.url, Socket, guarded)
    return {
      send: (message) => (stream ?? socket).send(message),
      close() {
        if (stream !== undefined) return stream.close()
        if (Date.now() - began > SWALLOWED_MS) failed()
        socket.close()
      },
    }
  }
}
