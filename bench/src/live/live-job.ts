import type { LatencySummary } from '../latencies'

/** Who follows what. */
export type LiveAudience =
  /** Everybody the same list, with the same rights. */
  | 'shared'
  /** Everybody the same list, as a user of their own, whose membership decides. */
  | 'own rights'
  /** Everybody one of a hundred rooms. */
  | 'one room of 100'

export interface LiveJob {
  readonly port: number
  readonly key: string
  readonly audience: LiveAudience
  readonly subscribers: number
  /** Of the second part, in which writers do not wait for receivers. */
  readonly seconds: number
  /** Writes of the first part, one at a time. */
  readonly writes: number
  /** Connect, subscribe, and wait to be told on stdin: nothing else. */
  readonly idle: boolean
}

export interface LiveResult {
  /** From a write until the last of those who follow it has it. */
  readonly toLast: LatencySummary
  /** From a write to its answer, while they follow, and while nobody does. */
  readonly write: LatencySummary
  readonly writeAlone: LatencySummary
  /** Documents received by all subscribers together, per second. */
  readonly deliveries: number
  readonly writesPerSecond: number
  readonly failures: readonly string[]
}
