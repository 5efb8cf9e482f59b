import { Latencies } from '../latencies'
import { encode } from '../wires/wire'
import { wireOf } from '../wires/wire-of'
import { type Audience, createAudience } from './audience'
import { inParallel } from './in-parallel'
import type { LiveJob, LiveResult } from './live-job'
import { liveServer } from './live-server'
import { type LiveWriter, startLiveWriter } from './live-writer'

/** Writers of the second part. */
const WRITERS = 16
/** So many documents may be on their way to a subscriber: fewer than its list of 20 has, so that each must arrive. */
const ON_THEIR_WAY = 16
/** Single writes begin so far apart, followed or not: after a pause any server is slower than in full swing. */
const PAUSE_MS = 20
const TEXT = 'A message that is as long as an ordinary one, which is some words more than a greeting has. '.repeat(2)

/** Makes the subscribers, then writes: one at a time, each awaited at its last receiver; then as fast as everybody receives. */
export async function runLiveJob(job: LiveJob, report: (result: LiveResult | 'idle') => void): Promise<void> {
  const server = liveServer(job.kind, job.port, job.key)
  const rooms = await server.makeRooms(job.audience === 'one room of 100' ? 100 : 1)
  const [room = ''] = rooms
  const [author] = await server.makeMembers(1, room)
  if (author === undefined) throw new Error('nobody to write')
  const collection = job.audience === 'own rights' ? 'messages' : 'announcements'
  const wire = wireOf(job.kind, collection)
  const failures: Record<string, number> = {}
  const fail = (reason: string, count = 1) => {
    failures[reason] = (failures[reason] ?? 0) + count
  }
  const writer = await startLiveWriter(
    {
      port: job.port,
      connections: WRITERS,
      requests: rooms.map((one) => encode(wire.create({ author: author.id, room: one, text: TEXT }), author.token)),
      success: wire.created,
    },
    fail,
  )
  const writeAlone = await writeInTurns(writer, job, rooms.length)

  const audience = createAudience(job.subscribers, rooms.length)
  const members = job.audience === 'own rights' ? await server.makeMembers(job.subscribers, room) : []
  await inParallel(job.subscribers, 32, (n) =>
    server.follow(
      { collection, room: job.audience === 'one room of 100' ? (rooms[n % rooms.length] ?? '') : null },
      members[n]?.token,
      { documents: (count) => audience.receive(n, count), trouble: fail },
    ),
  )
  if (job.idle) return report('idle')

  const toLast = new Latencies()
  const write = new Latencies()
  const end = performance.now() + job.seconds * 1000
  for (let n = 0; n < job.writes && performance.now() < end; n++) {
    const to = n % rooms.length
    const started = performance.now()
    await audience.expect(to)
    const answered = writer.write(to)
    await audience.complete(to)
    toLast.add(performance.now() - started)
    write.add(await answered)
    await pause(started)
  }
  const flood = await writeUntil(performance.now() + job.seconds * 1000, { audience, writer, rooms: rooms.length })
  const missed = audience.missed()
  if (missed.few > 0) fail('documents did not arrive', missed.few)
  if (missed.many > 0) fail('documents arrived twice', missed.many)
  report({
    toLast: toLast.summary(),
    write: write.summary(),
    writeAlone: writeAlone.summary(),
    ...flood,
    failures,
  })
}

/** Latencies while nobody follows; what comes first warms the server up and does not count. */
async function writeInTurns(writer: LiveWriter, { writes }: LiveJob, rooms: number): Promise<Latencies> {
  const measured = new Latencies()
  for (let n = 0; n < writes; n++) await writer.write(n % rooms)
  for (let n = 0; n < writes; n++) {
    const started = performance.now()
    measured.add(await writer.write(n % rooms))
    await pause(started)
  }
  return measured
}

async function pause(since: number): Promise<void> {
  await Bun.sleep(Math.max(0, since + PAUSE_MS - performance.now()))
}

/** As many writes as are answered and received by everybody. */
async function writeUntil(
  end: number,
  { audience, writer, rooms }: { readonly audience: Audience; readonly writer: LiveWriter; readonly rooms: number },
): Promise<Pick<LiveResult, 'deliveries' | 'writesPerSecond' | 'generatorLoad'>> {
  const [before, cpu, started] = [audience.received, process.cpuUsage(), performance.now()]
  let writes = 0
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (performance.now() < end) {
        const to = writes++ % rooms
        if (!(await audience.expect(to, ON_THEIR_WAY))) return
        await writer.write(to)
      }
    }),
  )
  for (let room = 0; room < rooms; room++) if (!(await audience.complete(room))) break
  const seconds = (audience.lastAt - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return {
    deliveries: (audience.received - before) / seconds,
    writesPerSecond: writes / seconds,
    generatorLoad: (user + system) / 1e6 / ((performance.now() - started) / 1000),
  }
}
