import { openEventStream } from './event-stream'

/** The connection of a client of live queries. */
export interface LiveWire {
  send(text: string): void
  /** Ends it in order. */
  close(): void
  /** Ends it without a word. */
  cut(): void
}

export interface LiveWireOptions {
  /** The server, with `http`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly received: (text: string) => void
  readonly ended: (code: number, reason: string) => void
}

export function openSocketWire({ url, headers, received, ended }: LiveWireOptions): LiveWire {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/realtime`, { headers } as Bun.WebSocketOptions)
  socket.onmessage = ({ data }) => received(String(data))
  socket.onclose = ({ code, reason }) => ended(code, reason)
  return { send: (text) => socket.send(text), close: () => socket.close(), cut: () => socket.terminate() }
}

/** One stream of events, and a request for each message, in their order. Where one is refused the stream ends with the code of its status. */
export function openStreamWire({ url, headers, received, ended }: LiveWireOptions): LiveWire {
  const opening = openEventStream(`${url}/api/realtime/stream`, headers, 'POST')
  const opened = Promise.withResolvers<string>()
  let sending: Promise<unknown> = opened.promise
  let isOver = false
  const end = (code: number, reason: string) => {
    if (isOver) return
    isOver = true
    ended(code, reason)
    void opening.then((stream) => stream.close()).catch(() => {})
  }
  const read = async () => {
    const stream = await opening
    for (let event = await stream.next(); event !== null && !isOver; event = await stream.next()) {
      if (event.event === 'connected') opened.resolve(event.data.payload.id)
      received(JSON.stringify(event.data))
    }
    end(1000, 'the stream has ended')
  }
  read().catch((error) => end(1006, String(error)))
  opened.promise.catch(() => {})
  return {
    send(body) {
      sending = sending.then(async () => {
        const response = await fetch(`${url}/api/realtime/stream/${await opened.promise}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
          // To whichever process.
          keepalive: false,
        })
        if (response.status !== 202) end(response.status, await response.text())
      })
      sending.catch((error) => end(1006, String(error)))
    },
    close: () => end(1000, ''),
    cut: () => end(1006, ''),
  }
}
