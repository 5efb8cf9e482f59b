import type { FunctionName, InputOf } from './ctx'

/** Milliseconds, or a text like `500ms`, `30s`, `10m`, `24h` or `7d`. */
export type Duration = number | string

export interface PushOptions {
  /** How long it waits at least. Instead of `run_at`. */
  readonly delay?: Duration
  /** When it runs at the earliest. A number is milliseconds since 1970, a text is ISO 8601. */
  readonly run_at?: Date | string | number
  /** From -10 to 10, higher ones first. One that waits rises by 1 a minute. @default 0 */
  readonly priority?: number
  /** Unique among the jobs of this function, pushed by the same caller, that wait, run or are to be tried again. */
  readonly key?: string
  /**
   * What happens where there is a job with this key already. `keep`: nothing. `replace`: the one that waits gets this payload and time; one
   * that runs is followed by this one. `rerun`: one that runs is run once more afterwards, with this payload.
   *
   * @default 'keep'
   */
  readonly on_conflict?: 'keep' | 'replace' | 'rerun'
  /** How long after the push no other job has this key, even when this one is done. */
  readonly key_for?: Duration
  /** Jobs of one function and group run one after the other. */
  readonly group?: string
}

export interface NewJob<N extends FunctionName> extends PushOptions {
  readonly payload: InputOf<N>
}

export interface PushedJob {
  /** Null where that job is somebody else's. */
  readonly id: string | null
  /** False: there was one with its key. */
  readonly created: boolean
}

/** Pushes jobs of the functions that `queues` of the manifest names. Each is validated against the input of its function. */
export interface Queue {
  push<N extends FunctionName>(name: N, payload?: InputOf<N>, options?: PushOptions): Promise<PushedJob>
  /**
   * All of them, at most 1,000, or none; the results are in the same order. Where every element has a `payload`, the elements are
   * `{ payload, …options }`; otherwise they are payloads.
   */
  pushMany<N extends FunctionName>(
    name: N,
    jobs: readonly InputOf<N>[] | readonly NewJob<N>[],
  ): Promise<readonly PushedJob[]>
}

/** The job that a call runs. */
export interface Job {
  readonly id: string
  /** 1 for the first run. */
  readonly attempt: number
  readonly key: string | null
  /** Aborted when the job is cancelled, its time is over or the server stops: `ctx.signal`. */
  readonly signal: AbortSignal
  /** Says how far it is, from 0 to 1. Rejects with LEASE_LOST where the job is no longer this call's. */
  progress(fraction: number): Promise<void>
}
