import { wireOf } from '../wires/wire-of'
import { inParallel } from './in-parallel'
import type { LiveServer } from './live-server'
import { postJson } from './post-json'

const CREATED = Buffer.from('"action":"create"')
const CLIENT = /"clientId":"([^"]+)"/

/**
 * Over server-sent events, the one way it has. It sends every event of a topic once more for each subscriber, in no promised order, and no snapshot: less than is asked of us,
 * so only arrivals are counted.
 */
export function pocketbaseLive(port: number): LiveServer {
  const base = `http://127.0.0.1:${port}`
  const wire = wireOf('pocketbase', 'messages')
  return {
    makeRooms: (count) =>
      inParallel(count, 8, async (n) => {
        const { path, body } = wire.createRoom(n)
        return (await postJson(base + path, body, undefined)).id
      }),
    makeMembers: (count, room) => postJson(`${base}/bench/users`, { count, room }, undefined),
    async follow({ collection, room }, token, follower) {
      const clientId = await openEventStream(port, (count) => follower.documents(count))
      const options = encodeURIComponent(JSON.stringify({ query: { filter: `room='${room}'` } }))
      const topic = `${collection}/*${room === null ? '' : `?options=${options}`}`
      await postJson(`${base}/api/realtime`, { clientId, subscriptions: [topic] }, token)
    },
  }
}

/** Returns the client's id, by which it subscribes. Events are counted in the bytes as they come: what does not happen within a chunk of HTTP is a split event. */
async function openEventStream(port: number, onEvents: (count: number) => void): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let isOpen = false
  let rest: Buffer = Buffer.alloc(0)
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_socket, chunk) {
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
        if (!isOpen) {
          const client = CLIENT.exec(bytes.toString())?.[1]
          if (client === undefined) {
            rest = Buffer.from(bytes)
            return
          }
          isOpen = true
          rest = Buffer.alloc(0)
          resolve(client)
          return
        }
        let [count, end] = [0, 0]
        for (let at = bytes.indexOf(CREATED); at !== -1; at = bytes.indexOf(CREATED, end)) {
          count++
          end = at + CREATED.length
        }
        // What may be the beginning of another one is looked at again. The chunk's memory is not ours to keep.
        rest = Buffer.from(bytes.subarray(Math.max(end, bytes.length - CREATED.length + 1)))
        if (count > 0) onEvents(count)
      },
      close: () => reject(new Error('the server closed a stream')),
      error: (_socket, error) => reject(error),
    },
  })
  socket.write(`GET /api/realtime HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`)
  return promise
}
