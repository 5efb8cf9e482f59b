import { createServer, type Socket, connect as tcpConnect } from 'node:net'
import { freePort } from '@koyalite/testkit'

/** A network between a client and a server, byte by byte. */
export interface Network {
  readonly url: string
  readonly port: number
  /** Connections that are open. */
  readonly connections: number
  /** How many there have been. */
  readonly opened: number
  /** How many of them are WebSockets. */
  readonly upgraded: number
  /** Ends all connections. */
  cut(): void
  /** Ends each connection when so many more bytes have come from the server: in the middle of a message. */
  cutAfter(bytes: number): void
  /** Nothing comes through on the connections that are there, and nobody notices. */
  freeze(): void
  /** Lets through what has waited. */
  thaw(): void
  /** What a proxy does that knows nothing of WebSockets: it refuses them. */
  refuseUpgrades(refuses: boolean): void
  /** As if there were no server. */
  down(isDown: boolean): void
  stop(): void
}

/** @param port of the client's side */
export function startNetwork(targetPort: number, port = freePort()): Network {
  const pairs = new Set<readonly [Socket, Socket]>()
  let opened = 0
  let upgraded = 0
  let left = Number.POSITIVE_INFINITY
  let isDown = false
  let refuses = false
  const cut = () => {
    left = Number.POSITIVE_INFINITY
    for (const pair of [...pairs]) for (const socket of pair) socket.destroy()
  }
  const server = createServer((client) => {
    client.on('error', () => {})
    if (isDown) return void client.destroy()
    opened++
    const upstream = tcpConnect(targetPort, '127.0.0.1')
    const pair = [client, upstream] as const
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) {
      socket.on('close', end)
      socket.on('error', end)
    }
    client.on('data', (bytes) => {
      const isUpgrade = /^upgrade: websocket/im.test(bytes.toString('latin1'))
      if (isUpgrade && !refuses) upgraded++
      if (isUpgrade && refuses) {
        client.end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
        return
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes: Buffer) => {
      if (bytes.length >= left) {
        client.write(bytes.subarray(0, left), cut)
        return
      }
      left -= bytes.length
      client.write(bytes)
    })
  })
  server.listen(port, '127.0.0.1')
  const eachSocket = (call: (socket: Socket) => void) => {
    for (const pair of pairs) for (const socket of pair) call(socket)
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get connections() {
      return pairs.size
    },
    get opened() {
      return opened
    },
    get upgraded() {
      return upgraded
    },
    cut,
    cutAfter(bytes) {
      left = bytes
    },
    freeze() {
      eachSocket((socket) => socket.pause())
    },
    thaw() {
      eachSocket((socket) => socket.resume())
    },
    refuseUpgrades(value) {
      refuses = value
    },
    down(value) {
      isDown = value
      if (value) cut()
    },
    stop() {
      cut()
      server.close()
    },
  }
}
