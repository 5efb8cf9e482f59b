import { wireOf } from '../wires/wire-of'
import { inParallel } from './in-parallel'
import type { LiveServer } from './live-server'
import { openLiveSocket } from './live-socket'
import { postJson } from './post-json'

const SNAPSHOT = Buffer.from('"type":"snapshot"')
const ERROR = Buffer.from('"type":"error"')
const DOCUMENT = Buffer.from('"doc":')
const SEQ = Buffer.from('"seq":"')
const [DOT, QUOTE, ZERO] = ['.', '"', '0'].map((one) => one.charCodeAt(0))

/** Over WebSocket. */
export function koyaliteLive(port: number, key: string): LiveServer {
  const base = `http://127.0.0.1:${port}`
  const wire = wireOf('koyalite', 'messages')
  return {
    makeRooms: (count) =>
      inParallel(count, 8, async (n) => {
        const { path, body } = wire.createRoom(n)
        return (await postJson(base + path, body, key)).id
      }),
    async makeMembers(count, room) {
      const users = await inParallel(count, 16, async () =>
        wire.userOf(await postJson(`${base}/api/auth/anonymous`, {}, undefined)),
      )
      const operations = users.map(({ id }) => ({ op: 'create', collection: 'members', data: { user: id, room } }))
      for (let n = 0; n < count; n += 500)
        await postJson(`${base}/api/batch`, { operations: operations.slice(n, n + 500) }, key)
      return users
    },
    async follow({ collection, room }, token, follower) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      let isLive = false
      let lastSeq = 0
      const socket = await openLiveSocket(port, token, (payload) => {
        if (payload.includes(ERROR)) reject(new Error(payload.toString()))
        if (payload.includes(SNAPSHOT)) {
          if (isLive) follower.trouble('a snapshot instead of deltas')
          isLive = true
          return resolve()
        }
        const count = occurrences(payload, DOCUMENT)
        if (count === 0) return
        const seq = seqOf(payload)
        if (seq < lastSeq) follower.trouble('a delta out of order')
        lastSeq = seq
        follower.documents(count)
      })
      const filter = room === null ? undefined : { room }
      const payload = { collection, sort: ['-created_at'], limit: 20, filter }
      socket.say({ id: 1, type: 'subscribe', payload })
      await promise
    },
  }
}

function occurrences(payload: Buffer, what: Buffer): number {
  let count = 0
  for (let at = payload.indexOf(what); at !== -1; at = payload.indexOf(what, at + what.length)) count++
  return count
}

/** The number in `"seq":"epoch.number"`. */
function seqOf(payload: Buffer): number {
  let at = payload.indexOf(SEQ) + SEQ.length
  let number = 0
  for (; payload[at] !== QUOTE && at < payload.length; at++)
    number = payload[at] === DOT ? 0 : number * 10 + (payload[at] as number) - (ZERO as number)
  return number
}
