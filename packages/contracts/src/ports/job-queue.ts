import type { ErrorDetail } from '../errors'
import type { JsonValue } from '../json-value'
import type { Reads, Tx } from '../tx'

/** Who asked for a job: kind and id, never rights. These are read when it runs. */
export type JobActor =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user'
      readonly id: string
      readonly impersonator?: { readonly id: string; readonly email: string }
    }
  | { readonly kind: 'operator'; readonly id: string }
  | { readonly kind: 'service_key'; readonly id: string }
  | { readonly kind: 'system'; readonly function?: string }

/** How calls, jobs and events led to one another. */
export interface JobChain {
  /** What began it. */
  readonly root: string
  readonly depth: number
}

/**
 * What happens where a job with the same key waits, runs or is to be retried: `keep` it; `replace` what it is given, when and as whom it runs, where it
 * waits (where it runs, the new one waits behind it); or `rerun` it once more with what is given now, where it runs (where it waits, it is kept).
 */
export type KeyConflict = 'keep' | 'replace' | 'rerun'

export interface NewJob {
  /** A UUID v7 that the job gets where it is created; by default a new one. */
  readonly id?: string
  /** Of a function, or of work of the server, with a dot in it: `webhooks.deliver`. */
  readonly name: string
  /** At most 256 KB as JSON. */
  readonly payload: JsonValue
  /** Null: it was nobody's request; a schedule, say. */
  readonly actor: JobActor | null
  readonly chain: JobChain | null
  /** Milliseconds since 1970; by default now. */
  readonly runAt?: number
  /** From −10 to 10, higher ones first; by default 0. A job that waits rises by 1 a minute. */
  readonly priority?: number
  /** Unique among jobs of one name, and of one enqueuer unless the handler says otherwise, that wait, run or are to be retried. */
  readonly key?: string
  readonly onConflict?: KeyConflict
  /** How long after it was pushed a job keeps its key, even if it is done. Milliseconds. */
  readonly keyForMs?: number
  /** Jobs of one name and group run one after the other, in the order of their pushes, or as many at once as the handler says. */
  readonly group?: string
  /** By default that of the handler. */
  readonly queue?: string
  /** Besides what the handler says: so many runs that fail, and none begun after this time (milliseconds since 1970). */
  readonly maxAttempts?: number
  readonly retryUntil?: number
}

export interface PushedJob {
  /** Null: there is a job with its key, which is not for this enqueuer to see. */
  readonly id: string | null
  /** Whether there was none with its key. */
  readonly created: boolean
}

/** Proof of who runs a job: worth nothing once somebody else does, or it is over. */
export interface JobLease {
  readonly id: string
  /** Rises with each run. */
  readonly token: number
}

/** A job as its handler gets it. */
export interface RunningJob {
  readonly id: string
  readonly name: string
  readonly payload: JsonValue
  readonly actor: JobActor | null
  readonly chain: JobChain | null
  readonly key: string | null
  readonly group: string | null
  /** 1 for the first run. */
  readonly attempt: number
  readonly lease: JobLease
  /** Aborted when it is cancelled, its time is over, or the server stops: the handler is to return soon. */
  readonly signal: AbortSignal
  /** How far it is, from 0 to 1; stored at most once a second. Rejects with LEASE_LOST. */
  progress(fraction: number): Promise<void>
}

export interface JobError {
  readonly code: string
  /** For operators. */
  readonly message: string
}

/** What a run came to. What a handler throws is `failed`. */
export type JobOutcome =
  | { readonly kind: 'done'; readonly result: JsonValue }
  | {
      readonly kind: 'failed'
      readonly error: JobError
      /** Trying again is of no use. */
      readonly isFinal?: boolean
      /** When to try again, instead of when the handler says. Milliseconds from now. */
      readonly retryAfterMs?: number
    }
  /** What ran it is gone: counted apart, and after the first time it runs alone in its queue. */
  | { readonly kind: 'crashed'; readonly error: JobError }
  /** It did not get to the end for reasons that are not its own (a stop, a deploy, nobody to run it): not counted. */
  | {
      readonly kind: 'interrupted'
      /** When to try again; by default as soon as it is its turn. Milliseconds from now. */
      readonly retryAfterMs?: number
    }

/** Runs the jobs of one name. Read afresh for each job: it may change while jobs wait. */
export interface JobHandler {
  /** The queue whose concurrency and rate it shares. */
  readonly queue: string
  /** How many jobs of its queue run at once, unless the settings say; null: `jobs.concurrency`. */
  readonly concurrency: number | null
  /** After so many milliseconds a run is aborted, and fails. */
  readonly timeoutMs: number
  /** How many milliseconds after an error it is tried again, before jitter (±20 %); null: never. @param errors how many there were, 1 for the first */
  retryAfterMs(errors: number): number | null
  /** How many jobs of one group run at once. */
  readonly groupConcurrency: number
  /** Over whose jobs keys are unique. */
  readonly keyScope: 'enqueuer' | 'all'
  /** Operators do not see payloads and results. */
  readonly isSensitive: boolean
  /** The enqueuer sees the result. */
  readonly showsResult: boolean
  /** What is wrong with a payload, before it is pushed and before each run. */
  problems(payload: JsonValue): readonly ErrorDetail[]
  run(job: RunningJob): Promise<JobOutcome>
}

/** Who runs jobs of some names. */
export interface JobHandlers {
  find(name: string): JobHandler | null
  /** Names of all, for operators. */
  names(): readonly string[]
  /** Resolves when it is known whether there is one of this name, or which there are: some are loaded when they are asked for first. */
  ready?(name?: string): Promise<unknown>
}

export interface JobState {
  readonly id: string
  readonly state: 'waiting' | 'running' | 'retrying' | 'done' | 'dead' | 'cancelled'
}

/**
 * Work that outlives a request. Guarantee: a job is run if, and only if, the write that pushes it is committed; then at least once, and never twice at a
 * time. services/jobs/SPEC.md.
 */
export interface JobQueue {
  /**
   * @throws AppError FUNCTION_NOT_FOUND where nobody handles such jobs, VALIDATION_ERROR for payload and options, PAYLOAD_TOO_LARGE, QUEUE_FULL,
   * CHAIN_TOO_DEEP
   */
  push(tx: Tx, job: NewJob): PushedJob
  /** Makes a running job done in the transaction of its effects. @throws AppError LEASE_LOST where it is not this one's any more */
  complete(tx: Tx, lease: JobLease, result: JsonValue): void
  /** In the transaction: @returns whether it was waiting, and no longer is */
  cancelWaiting(tx: Tx, id: string): boolean
  /** Null where there is none, or it is no longer kept. @param reads the database, or a write that may have pushed it */
  find(reads: Reads, id: string): JobState | null
  /** Whether operators may not see what jobs of a name are given: nobody says that they may while nobody runs such jobs. */
  isSensitive(name: string): boolean
  /** From now on these run jobs of their names. Returns what says that they have changed: jobs may wait for one that is there now. */
  handledBy(handlers: JobHandlers): { readonly changed: () => void }
  /** Called in the transaction in which a job is given up. */
  onDead(listener: (tx: Tx, job: DeadJob) => void): void
}

export interface DeadJob {
  readonly id: string
  readonly name: string
  readonly attempts: number
  readonly error: JobError
  readonly chain: JobChain | null
}
