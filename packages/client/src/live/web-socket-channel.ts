import type { ServerMessage } from '@koyalite/contracts'
import { KoyaError } from '../koya-error'
import { originOf } from '../transport'
import type { Channel, ChannelEvents } from './channel'

/** What of the standard's WebSocket is used. */
export type WebSocketClass = new (url: string) => WebSocket & { terminate?(): void }

/** The server's code for a credential that has ended. */
const UNAUTHENTICATED = 4401

/** On servers a connection that the other side does not close keeps the process alive. Browsers close theirs by themselves. */
const CLOSE_WITHIN_MS = 1_000

/** @param url of the server */
export function openWebSocket(url: string, Socket: WebSocketClass, events: ChannelEvents): Channel {
  const socket = new Socket(`${url.replace(/^http/, 'ws')}/api/realtime`)
  let isOver = false
  const end = (code: number, reason: string) => {
    if (isOver) return
    isOver = true
    const message = `the connection to ${originOf(url)} was closed (${code}${reason === '' ? '' : `: ${reason}`})`
    const isCredential = code === UNAUTHENTICATED
    events.ended({
      error: new KoyaError(isCredential ? 'UNAUTHENTICATED' : 'NETWORK', message),
      kind: isCredential ? 'credential' : 'temporary',
    })
  }
  socket.onmessage = ({ data }) => {
    const message = isOver ? undefined : parsed(data)
    if (message !== undefined) events.message(message)
    else if (!isOver) {
      // Not a KoyaLite server; behind a proxy it may be one a moment later.
      socket.close()
      end(1007, 'a message that is not JSON')
    }
  }
  let closing: ReturnType<typeof setTimeout> | undefined
  socket.onclose = ({ code, reason }) => {
    clearTimeout(closing)
    end(code, reason)
  }
  // `close` follows, and says more.
  socket.onerror = () => {}
  return {
    send(message) {
      if (socket.readyState === 1) socket.send(JSON.stringify(message))
    },
    close() {
      isOver = true
      socket.close()
      if (socket.terminate !== undefined) closing = setTimeout(() => socket.terminate?.(), CLOSE_WITHIN_MS)
    },
  }
}

function parsed(data: unknown): ServerMessage | undefined {
  try {
    return JSON.parse(String(data))
  } catch {
    return undefined
  }
}
