import { connect, type HttpConnection } from '../http-connection'
import { Latencies } from '../latencies'
import { type ChatCollection, type ChatUser, encode } from '../wires/wire'
import { wireOf } from '../wires/wire-of'
import { inParallel } from './in-parallel'
import type { LiveJob, LiveResult } from './live-job'
import { liveServer } from './live-server'

/** Writers of the second part. */
const WRITERS = 16
/** So many documents may be on their way to a subscriber: fewer than its list of 20 has, so that each must arrive. */
const ON_THEIR_WAY = 16
/** Without anything arriving: what is still missing then is lost. */
const QUIET_MS = 5_000
const TEXT = 'A message that is as long as an ordinary one, which is some words more than a greeting has. '.repeat(2)

/** Makes the subscribers, then writes: one at a time, each awaited at its last receiver; then as fast as everybody receives. */
export async function runLiveJob(job: LiveJob, report: (result: LiveResult | 'idle') => void): Promise<void> {
  const server = liveServer(job.kind, job.port, job.key)
  const rooms = await server.makeRooms(job.audience === 'one room of 100' ? 100 : 1)
  const [room = ''] = rooms
  const [author] = await server.makeMembers(1, room)
  if (author === undefined) throw new Error('nobody to write')
  const collection = job.audience === 'own rights' ? 'messages' : 'announcements'
  const failures = countFailures()
  const audience = createAudience(job.subscribers, rooms.length)
  const writer = await createWriter(job, { author, collection, rooms, fail: failures.add })

  const writeAlone = new Latencies()
  if (!job.idle) {
    const warmUp = new Latencies()
    for (const latencies of [warmUp, writeAlone])
      for (let n = 0; n < job.writes; n++) latencies.add(await writer.write(n % rooms.length))
  }

  const members = job.audience === 'own rights' ? await server.makeMembers(job.subscribers, room) : []
  await inParallel(job.subscribers, 32, (n) =>
    server.follow(
      { collection, room: job.audience === 'one room of 100' ? (rooms[n % rooms.length] ?? '') : null },
      members[n]?.token,
      { documents: (count) => audience.receive(n, count), trouble: failures.add },
    ),
  )
  if (job.idle) return report('idle')

  const toLast = new Latencies()
  const write = new Latencies()
  const end = performance.now() + job.seconds * 1000
  for (let n = 0; n < job.writes && performance.now() < end; n++) {
    const started = performance.now()
    audience.expect(n % rooms.length)
    const answered = writer.write(n % rooms.length)
    await audience.complete()
    toLast.add(performance.now() - started)
    write.add(await answered)
  }

  const flood = await writeUntil(performance.now() + job.seconds * 1000, { audience, writer, rooms: rooms.length })
  const missed = audience.missed()
  if (missed.few > 0) failures.add('documents did not arrive', missed.few)
  if (missed.many > 0) failures.add('documents arrived twice', missed.many)
  report({
    toLast: toLast.summary(),
    write: write.summary(),
    writeAlone: writeAlone.summary(),
    ...flood,
    failures: failures.all,
  })
}

/** As many writes as are answered and received, by `WRITERS` of them. */
async function writeUntil(
  end: number,
  { audience, writer, rooms }: { readonly audience: Audience; readonly writer: Writer; readonly rooms: number },
): Promise<Pick<LiveResult, 'deliveries' | 'writesPerSecond' | 'generatorLoad'>> {
  const [before, cpu, started] = [audience.received, process.cpuUsage(), performance.now()]
  let writes = 0
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (performance.now() < end && (await audience.hasRoom())) {
        const to = writes++ % rooms
        audience.expect(to)
        await writer.write(to)
      }
    }),
  )
  await audience.complete()
  const seconds = (audience.lastAt - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return {
    deliveries: (audience.received - before) / seconds,
    writesPerSecond: writes / seconds,
    generatorLoad: (user + system) / 1e6 / ((performance.now() - started) / 1000),
  }
}

type Audience = ReturnType<typeof createAudience>

/** What each subscriber should have and has. Those of a room are every `rooms`-th. */
function createAudience(subscribers: number, rooms: number) {
  const received = new Int32Array(subscribers)
  const expected = new Int32Array(rooms)
  const each = subscribers / rooms
  let [owed, total, lastAt] = [0, 0, 0]
  let waiting: { readonly below: number; readonly resolve: (isBelow: boolean) => void }[] = []
  /** False if nothing more comes. */
  const isBelow = (below: number) => {
    if (owed < below) return Promise.resolve(true)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const since = performance.now()
    const quiet = setInterval(() => {
      if (performance.now() - Math.max(lastAt, since) > QUIET_MS) resolve(false)
    }, 500)
    waiting.push({ below, resolve })
    return promise.finally(() => clearInterval(quiet))
  }
  return {
    get received() {
      return total
    },
    get lastAt() {
      return lastAt
    },
    expect(room: number) {
      expected[room] = (expected[room] ?? 0) + 1
      owed += each
    },
    receive(subscriber: number, count: number) {
      received[subscriber] = (received[subscriber] ?? 0) + count
      total += count
      owed -= count
      lastAt = performance.now()
      if (waiting.length === 0 || waiting.every(({ below }) => owed >= below)) return
      const ready = waiting.filter(({ below }) => owed < below)
      waiting = waiting.filter(({ below }) => owed >= below)
      for (const { resolve } of ready) resolve(true)
    },
    /** Until everybody has everything, or nothing more comes. */
    complete: () => isBelow(1),
    /** Until there is room for one more write on the way; false if nothing more comes. Rooms are written to in turns. */
    async hasRoom() {
      const below = ON_THEIR_WAY * subscribers
      for (;;) {
        if (owed < below) return true
        if (!(await isBelow(below))) return false
      }
    },
    /** Documents that subscribers have too few or too many of. */
    missed() {
      let [few, many] = [0, 0]
      for (const [n, count] of received.entries()) {
        const difference = count - (expected[n % rooms] ?? 0)
        if (difference < 0) few -= difference
        else many += difference
      }
      return { few, many }
    },
  }
}

interface Writer {
  /** Milliseconds until it is answered. */
  write(room: number): Promise<number>
}

async function createWriter(
  job: LiveJob,
  stage: {
    readonly author: ChatUser
    readonly collection: ChatCollection
    readonly rooms: readonly string[]
    readonly fail: (reason: string) => void
  },
): Promise<Writer> {
  const wire = wireOf(job.kind, stage.collection)
  const { id, token } = stage.author
  const requests = stage.rooms.map((room) => encode(wire.create({ author: id, room, text: TEXT }), token))
  const free: HttpConnection[] = await inParallel(WRITERS, WRITERS, () =>
    connect(job.port, (reason) => stage.fail(`connection ${reason}`)),
  )
  return {
    write: (room) =>
      new Promise((resolve, reject) => {
        const connection = free.pop()
        const request = requests[room]
        if (connection === undefined || request === undefined) return reject(new Error('more writers than connections'))
        const started = performance.now()
        connection.send(request, (status, body) => {
          if (status !== wire.created) stage.fail(`status ${status}: ${body.toString('utf8', 0, 120)}`)
          free.push(connection)
          resolve(performance.now() - started)
        })
      }),
  }
}

function countFailures() {
  const all: Record<string, number> = {}
  const add = (reason: string, count = 1) => {
    all[reason] = (all[reason] ?? 0) + count
  }
  return { all, add }
}
