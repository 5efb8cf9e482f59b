import type { LatencySummary } from './latencies'
import type { ChatCollection, PeerKind } from './wires/wire'

/** What the generator is to send. `mixed` reads nine times out of ten and creates otherwise. */
export type Operation =
  | 'create'
  | 'read'
  | 'update'
  | 'update-minimal'
  | 'newest'
  | 'newest-total'
  | 'batch'
  | 'array'
  | 'mixed'
  | 'login'

export type Pace =
  /** Every connection sends its next request when it has the answer to the last. */
  | { readonly kind: 'closed'; readonly connections: number }
  /** Requests are due at a fixed rate, whatever the responses do; latency counts from when one was due. */
  | { readonly kind: 'open'; readonly perSecond: number; readonly connections: number }

/** One run of the generator, as its process is told it. */
export interface Job {
  readonly wire: PeerKind
  readonly collection: ChatCollection
  readonly port: number
  readonly operation: Operation
  readonly pace: Pace
  readonly warmUpSeconds: number
  /** It ends with whichever comes first. */
  readonly seconds: number
  readonly requests: number
  readonly authors: readonly string[]
  /** Of the authors, in their order; empty: everybody is anonymous. */
  readonly tokens: readonly string[]
  readonly rooms: readonly string[]
  /** Ids of messages to read and update; the n-th was written by the n-th author, in turns. */
  readonly messages: readonly string[]
  /** Documents in one batch or array, else 1. */
  readonly batchSize: number
}

export interface JobResult {
  readonly seconds: number
  /** Answered with success while it was measured. */
  readonly requests: number
  readonly batchSize: number
  /** Messages created with success, warm-up included: what must be in the database afterwards. */
  readonly created: number
  /** Answered with success, warm-up included. */
  readonly answered: number
  readonly failures: Readonly<Record<string, number>>
  readonly latency: LatencySummary
  /** Of the reads and writes of `mixed`, separately. */
  readonly reads: LatencySummary
  readonly writes: LatencySummary
  /** The generator's own share of its core: near 1, it is what is being measured. An open loop is always there: it waits by turning. */
  readonly generatorLoad: number
  /** Of an open loop: whether as many requests were answered, in the time, as were due. */
  readonly kept?: boolean
  /** Processor time of the server for one request, in microseconds; filled in by whoever can see the server. */
  readonly serverMicroseconds?: number
  /** What was answered per second of the load that ran beside it. */
  readonly besidePerSecond?: number
}
