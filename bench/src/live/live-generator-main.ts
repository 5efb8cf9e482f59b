/** The generator of the live scenarios: a job on stdin, its result on stdout. */
import { Latencies } from '../latencies'
import type { LiveJob, LiveResult } from './live-job'
import { type LiveSocket, openLiveSocket } from './live-socket'

const lines = console[Symbol.asyncIterator]()
const job: LiveJob = JSON.parse((await lines.next()).value as string)
const base = `http://127.0.0.1:${job.port}`
const asKey = { authorization: `Bearer ${job.key}`, 'content-type': 'application/json' }
const rooms = Array.from({ length: job.audience === 'one room of 100' ? 100 : 1 }, (_, n) => `room-${n}`)
const collection = job.audience === 'own rights' ? 'messages' : 'announcements'
const TEXT = 'A message that is as long as an ordinary one, which is some words more than a greeting has. '.repeat(2)

const failures: string[] = []
let documents = 0
let snapshots = 0
/** Per subscriber, the number of the last write that it was given. */
const seen = new Int32Array(job.subscribers)
let written = 0
let awaited = 0
let onAll: () => void = () => {}

await post('/api/batch', { operations: rooms.map((id) => ({ op: 'upsert', collection: 'rooms', id, data: {} })) })
const writeAlone = new Latencies()
for (let n = 0; n < job.writes; n++) writeAlone.add(await timedWrite(rooms[0] as string))

const sockets: LiveSocket[] = []
const snapshot = '"type":"snapshot"'
const tokens = job.audience === 'own rights' ? await makeMembers(job.subscribers) : []
for (let n = 0; n < job.subscribers; n++) {
  const room = rooms[n % rooms.length] as string
  const socket = await openLiveSocket(job.port, tokens[n] ?? null, (payload) => receive(n, payload))
  const filter = job.audience === 'one room of 100' || job.idle ? { room } : undefined
  socket.say({ id: n, type: 'subscribe', payload: { collection, sort: ['-created_at'], limit: 20, filter } })
  sockets.push(socket)
}
while (snapshots < job.subscribers) await Bun.sleep(5)
if (job.idle) {
  console.log('idle')
  await lines.next()
  process.exit(0)
}
const result = await measure()
console.log(JSON.stringify(result))
process.exit(0)

async function measure(): Promise<LiveResult> {
  const toLast = new Latencies()
  const write = new Latencies()
  for (let n = 0; n < job.writes; n++) {
    const started = performance.now()
    const room = rooms[n % rooms.length] as string
    awaited = job.subscribers / rooms.length
    const all = new Promise<void>((resolve) => {
      onAll = resolve
    })
    const answered = timedWrite(room).then((ms) => write.add(ms))
    const late = setTimeout(() => {
      failures.push(`a write did not reach ${awaited} of its subscribers`)
      onAll()
    }, 10_000)
    await all
    toLast.add(performance.now() - started)
    clearTimeout(late)
    await answered
  }
  const [from, before, started] = [documents, written, performance.now()]
  const end = started + job.seconds * 1000
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (performance.now() < end) await timedWrite(rooms[written % rooms.length] as string)
    }),
  )
  const expected = from + ((written - before) * job.subscribers) / rooms.length
  const writesPerSecond = (written - before) / ((performance.now() - started) / 1000)
  for (let waited = 0; documents < expected && waited < 10_000; waited += 5) await Bun.sleep(5)
  const seconds = (performance.now() - started) / 1000
  // A window holds twenty: who gets more than that at once gets the newest of them.
  if (documents > expected) failures.push(`${documents - expected} documents too many`)
  return {
    toLast: toLast.summary(),
    write: write.summary(),
    writeAlone: writeAlone.summary(),
    deliveries: (documents - from) / seconds,
    writesPerSecond,
    failures,
  }
}

function receive(subscriber: number, payload: Buffer): void {
  if (payload.includes(snapshot)) {
    snapshots++
    return
  }
  let at = payload.indexOf('"doc":')
  if (at === -1) return
  for (; at !== -1; at = payload.indexOf('"doc":', at + 6)) documents++
  seen[subscriber] = (seen[subscriber] ?? 0) + 1
  if (--awaited === 0) onAll()
}

async function timedWrite(room: string): Promise<number> {
  const started = performance.now()
  written++
  await post(`/api/collections/${collection}`, { room, text: TEXT })
  return performance.now() - started
}

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(base + path, { method: 'POST', headers: asKey, body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) failures.push(`${response.status} to ${path}: ${text.slice(0, 200)}`)
  return response.ok ? JSON.parse(text) : null
}

/** Users of their own, each a member of the room. */
async function makeMembers(count: number): Promise<string[]> {
  const made: string[] = []
  const members: object[] = []
  for (let n = 0; n < count; n++) {
    const answer = (await post('/api/auth/anonymous', {})) as { access_token: string; user: { id: string } }
    made.push(answer.access_token)
    members.push({ op: 'create', collection: 'members', data: { user: answer.user.id, room: rooms[0] } })
  }
  for (let n = 0; n < members.length; n += 500) await post('/api/batch', { operations: members.slice(n, n + 500) })
  return made
}
