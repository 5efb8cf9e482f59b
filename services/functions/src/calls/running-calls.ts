import { randomBytes } from 'node:crypto'
import { type Actor, AppError, type JobActor, type RunningJob, type TransactionOwner } from '@koyalite/contracts'
import type { Instance } from '../pool/instance'

/** How calls led to one another: see ADR on chains. */
export interface Chain {
  /** The execution that began it. */
  readonly root: string
  readonly depth: number
}

/** The job that a call runs. */
export type CalledJob = Pick<RunningJob, 'id' | 'attempt' | 'key' | 'lease' | 'progress'>

/** A line of a call's log. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields?: Readonly<Record<string, unknown>>
  /** Milliseconds since 1970. */
  readonly at: number
  /** A part of it was left out. */
  readonly truncated?: boolean
}

/** A call that runs now, as what its code asks of the server finds it. */
export interface RunningCall extends TransactionOwner {
  readonly execution: string
  /** Other functions that it may call. */
  readonly calls: readonly string[]
  /** Other functions that it may push jobs of. */
  readonly queues: readonly string[]
  /** The project's own events that it may publish. */
  readonly publishes: readonly string[]
  /** Whose the jobs are that it pushes; null where nobody called: a job of nobody, or one that runs as the system. */
  readonly enqueuer: JobActor | null
  /** The job that it runs; null: none. */
  readonly job: CalledJob | null
  /** Its `ctx.db` refuses writes. */
  readonly readsOnly: boolean
  /** An operator has made it as somebody else: nothing is written, whatever it calls. */
  readonly isTrial: boolean
  /** Whether it may use the server's rights. */
  readonly isAdmin: boolean
  /** Who called, as they are now. Throws UNAUTHENTICATED where they are nobody any more, NO_CALLER where nobody did. */
  actor(): Actor | Promise<Actor>
  readonly ip: string
  readonly requestId: string
  readonly chain: Chain
  /** Milliseconds since 1970. */
  readonly deadline: number
  /** Also for a while after it has ended. */
  log(line: LogLine): void
}

/** Calls by their tokens: 192 random bits that are worth something for one instance, until the call has ended. */
export interface RunningCalls {
  /** Resolves when none runs, or after so many milliseconds. */
  ended(ms: number): Promise<void>
  begin(call: Omit<RunningCall, 'onEnd'>, instance: Instance): { readonly token: string; end(): void }
  /** By the header of a request that came from an instance; null where it is none of its calls. */
  find(authorization: string | null, instance: Instance): RunningCall | null
  /** As `find`, also for a while after the call has ended: what it has left running may say how it went. */
  findLogged(authorization: string | null, instance: Instance): RunningCall | null
  /** By its credentials alone: for requests that are known to have come from the right instance. Throws UNAUTHENTICATED. */
  required(headers: Headers): RunningCall
  /** The only call that runs in an instance; null where none or several do. */
  onlyOneIn(instance: Instance): RunningCall | null
}

interface Entry {
  readonly call: RunningCall
  readonly instance: Instance
}

/** How long after its end a call may log, and of how many calls at most: each may hold as much as its log. */
const LATE_MS = 10_000
const MAX_LATE = 100

export function createRunningCalls(): RunningCalls {
  const calls = new Map<string, Entry>()
  const ended = new Map<string, Entry>()
  const byInstance = new Map<Instance, Set<RunningCall>>()
  const tokenOf = (authorization: string | null) => authorization?.replace(/^Bearer /, '') ?? ''
  const entry = (authorization: string | null) => calls.get(tokenOf(authorization))
  const ofInstance = (found: Entry | undefined, instance: Instance) =>
    found !== undefined && found.instance === instance ? found.call : null
  return {
    begin(begun, instance) {
      const token = randomBytes(24).toString('base64url')
      const ends: (() => void)[] = []
      const call: RunningCall = { ...begun, onEnd: (end) => void ends.push(end) }
      calls.set(token, { call, instance })
      const others = byInstance.get(instance) ?? new Set()
      byInstance.set(instance, others.add(call))
      return {
        token,
        end() {
          if (!calls.delete(token)) return
          ended.set(token, { call, instance })
          const [oldest = ''] = ended.keys()
          if (ended.size > MAX_LATE) ended.delete(oldest)
          setTimeout(() => ended.delete(token), LATE_MS).unref()
          others.delete(call)
          if (others.size === 0) byInstance.delete(instance)
          for (const end of ends) end()
        },
      }
    },
    async ended(ms) {
      const until = Date.now() + ms
      while (calls.size > 0 && Date.now() < until) await Bun.sleep(10)
    },
    find: (authorization, instance) => ofInstance(entry(authorization), instance),
    findLogged: (authorization, instance) =>
      ofInstance(entry(authorization) ?? ended.get(tokenOf(authorization)), instance),
    required(headers) {
      const found = entry(headers.get('authorization'))
      if (found === undefined) throw new AppError('UNAUTHENTICATED', 'The call has ended.')
      return found.call
    },
    onlyOneIn(instance) {
      const running = byInstance.get(instance)
      return running?.size === 1 ? ([...running][0] ?? null) : null
    },
  }
}
