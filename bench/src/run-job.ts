import { connect, type HttpConnection } from './http-connection'
import type { Job, JobResult } from './job'
import { Latencies } from './latencies'
import { type NextRequest, requestMaker } from './requests'

/** How often the body of a response is looked into; its status always is. */
const CHECK_EVERY = 16

/** An open loop has kept its rate if this share of what was due was answered in the time: the last answers come after its end. */
const KEPT = 0.97

/** Runs a job in this process: warm-up first, then what is measured. */
export async function runJob(job: Job): Promise<JobResult> {
  const tally = createTally()
  const connections: HttpConnection[] = []
  for (let n = 0; n < job.pace.connections; n++)
    connections.push(await connect(job.port, (reason) => tally.fail(`connection ${reason}`)))
  const next = requestMaker(job)
  const run = job.pace.kind === 'closed' ? runClosed : runOpen
  await run(job, connections, next, tally, {
    seconds: job.warmUpSeconds,
    requests: Number.POSITIVE_INFINITY,
    patienceMs: Number.POSITIVE_INFINITY,
  })
  const [created, answered] = [tally.created, tally.answered]
  tally.reset()
  const [cpu, started] = [process.cpuUsage(), performance.now()]
  await run(job, connections, next, tally, { ...job, patienceMs: job.seconds * 1000 + 5000 })
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  for (const connection of connections) connection.close()
  const result = tally.result(seconds, {
    created,
    answered,
    batchSize: job.batchSize,
    generatorLoad: (user + system) / 1e6 / seconds,
  })
  if (job.pace.kind === 'closed') return result
  const failed = Object.keys(result.failures).length > 0
  return { ...result, kept: !failed && result.requests / seconds >= KEPT * job.pace.perSecond }
}

interface Limits {
  readonly seconds: number
  readonly requests: number
  /** How long after its end an open loop waits for answers. While warming up: for all of them, as a response left over would be taken for the next one's. */
  readonly patienceMs: number
}

type Run = (
  job: Job,
  connections: readonly HttpConnection[],
  next: () => NextRequest,
  tally: Tally,
  limits: Limits,
) => Promise<void>

/** Every connection sends again as soon as it has its response. */
const runClosed: Run = (_job, connections, next, tally, limits) =>
  new Promise((resolve) => {
    const end = performance.now() + limits.seconds * 1000
    let sent = 0
    let active = connections.length
    for (const connection of connections) {
      const step = () => {
        const now = performance.now()
        if (now >= end || sent >= limits.requests) {
          if (--active === 0) resolve()
          return
        }
        sent++
        const request = next()
        connection.send(request.bytes, (status, body) => {
          tally.record(request, now, status, body)
          step()
        })
      }
      step()
    }
  })

/** Requests become due at a fixed rate; those that find no free connection wait, and their waiting counts. */
const runOpen: Run = (job, connections, next, tally, limits) =>
  new Promise((resolve) => {
    const perMs = (job.pace.kind === 'open' ? job.pace.perSecond : 0) / 1000
    const started = performance.now()
    const total = Math.min(limits.requests, Math.floor(limits.seconds * 1000 * perMs))
    const free = [...connections]
    let sent = 0
    let answered = 0
    const pump = () => {
      const due = Math.min(total, 1 + Math.floor((performance.now() - started) * perMs))
      while (sent < due) {
        const connection = free.pop()
        if (connection === undefined) return
        const dueAt = started + sent++ / perMs
        const request = next()
        connection.send(request.bytes, (status, body) => {
          tally.record(request, dueAt, status, body)
          free.push(connection)
          answered++
        })
      }
    }
    const turn = () => {
      pump()
      const late = performance.now() - started > limits.seconds * 1000 + limits.patienceMs
      if (answered < total && !late) return void setImmediate(turn)
      for (let n = answered; n < total; n++) tally.fail('never answered')
      resolve()
    }
    turn()
  })

interface Tally {
  readonly created: number
  readonly answered: number
  record(request: NextRequest, since: number, status: number, body: Buffer): void
  fail(reason: string): void
  reset(): void
  result(seconds: number, rest: Pick<JobResult, 'created' | 'answered' | 'batchSize' | 'generatorLoad'>): JobResult
}

function createTally(): Tally {
  let all = new Latencies()
  let reads = new Latencies()
  let writes = new Latencies()
  let created = 0
  let checked = 0
  // Not reset: a failure while warming up is a failure too.
  const failures: Record<string, number> = {}
  const fail = (reason: string) => {
    failures[reason] = (failures[reason] ?? 0) + 1
  }
  return {
    get created() {
      return created
    },
    get answered() {
      return all.count
    },
    record(request, since, status, body) {
      if (status !== request.status) return fail(`status ${status}: ${body.toString('utf8', 0, 120)}`)
      if (checked++ % CHECK_EVERY === 0 && !body.includes(request.expects))
        return fail(`not what was asked for: ${body.toString('utf8', 0, 120)}`)
      const milliseconds = performance.now() - since
      all.add(milliseconds)
      if (request.write) writes.add(milliseconds)
      else reads.add(milliseconds)
      created += request.creates
    },
    fail,
    reset() {
      all = new Latencies()
      reads = new Latencies()
      writes = new Latencies()
      created = 0
    },
    result: (seconds, rest) => ({
      seconds,
      requests: all.count,
      batchSize: rest.batchSize,
      created: created + rest.created,
      answered: all.count + rest.answered,
      failures,
      latency: all.summary(),
      reads: reads.summary(),
      writes: writes.summary(),
      generatorLoad: rest.generatorLoad,
    }),
  }
}
