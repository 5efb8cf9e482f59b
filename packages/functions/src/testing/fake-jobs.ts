import { durationMs } from '../duration'
import { type Reply, refused } from './fake-documents'

/** As hosts send it. */
interface SentJob {
  readonly name: string
  readonly payload?: unknown
  readonly delay?: number | string
  readonly run_at?: number | string
  readonly key?: string
  readonly key_for?: number | string
}

/** With durations in milliseconds, and times in ISO. */
export type FakeJob = Readonly<Record<string, unknown>> & { readonly id: string; readonly name: string }

/** Jobs that were pushed, and those that calls run. Nobody may push to a function called `full`; jobs with the key `theirs` are those of others. */
export class FakeJobs {
  readonly pushed: FakeJob[] = []
  /** What calls said of the jobs that they run: `[id, fraction]`. */
  readonly progress: (readonly [string, number])[] = []
  readonly completed: string[] = []
  /** Jobs that are no longer their call's. */
  readonly lost = new Set<string>()
  /** By the tokens of calls. */
  readonly running = new Map<string, string>()
  #count = 0

  /** @param store takes those that are new: at once, or in a transaction */
  push(sent: readonly SentJob[], store: (job: FakeJob) => void): Reply {
    if (sent.some(({ name }) => name === 'full')) {
      return refused(503, { code: 'QUEUE_FULL', message: 'too many jobs wait' })
    }
    const jobs = sent.map((job) => {
      if (job.key === 'theirs') return { id: null, created: false }
      const existing = this.pushed.find(({ name, key }) => name === job.name && key !== undefined && key === job.key)
      if (existing !== undefined) return { id: existing.id, created: false }
      const id = `job-${++this.#count}`
      store(plainJob(id, job))
      return { id, created: true }
    })
    return { status: 201, body: { jobs } }
  }

  report(token: string, { progress }: { readonly progress: number }): Reply {
    const id = this.running.get(token)
    if (id === undefined) return refused(400, { code: 'INVALID_REQUEST', message: 'the call runs no job' })
    if (this.lost.has(id)) return leaseLost()
    this.progress.push([id, progress])
    return { status: 204 }
  }

  /** @returns what the commit is refused with; undefined: the job is done */
  complete(token: string): Reply | undefined {
    const id = this.running.get(token)
    if (id === undefined || this.lost.has(id)) return leaseLost()
    this.completed.push(id)
    return undefined
  }
}

function leaseLost(): Reply {
  return refused(409, { code: 'LEASE_LOST', message: 'the job is no longer this call’s' })
}

function plainJob(id: string, { delay, run_at, key_for, ...job }: SentJob): FakeJob {
  return {
    ...job,
    id,
    ...(delay !== undefined && { delay: durationMs(delay) }),
    ...(run_at !== undefined && { run_at: new Date(run_at).toISOString() }),
    ...(key_for !== undefined && { key_for: durationMs(key_for) }),
  }
}
