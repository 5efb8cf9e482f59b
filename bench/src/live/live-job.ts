import type { LatencySummary } from '../latencies'
import type { PeerKind } from '../wires/wire'

/** Who follows what. */
export type LiveAudience =
  /** Everybody the same list, with the same rights. */
  | 'shared'
  /** Everybody the same list, as a user of their own, whose membership decides. */
  | 'own rights'
  /** Everybody one of a hundred rooms. */
  | 'one room of 100'

/** The servers that can be followed. */
export type LiveKind = Exclude<PeerKind, 'floor'>

export interface LiveJob {
  readonly kind: LiveKind
  readonly port: number
  readonly key: string | undefined
  readonly audience: LiveAudience
  readonly subscribers: number
  /** Of each part, at most. */
  readonly seconds: number
  /** Writes of the first part, one at a time, at most. */
  readonly writes: number
  /** Connect, subscribe, say so, and stay: nothing else. */
  readonly idle: boolean
}

export interface LiveResult {
  /** From a write until the last of those who follow it has it. */
  readonly toLast: LatencySummary
  /** From a write to its response, while they follow, and while nobody does. */
  readonly write: LatencySummary
  readonly writeAlone: LatencySummary
  /** Documents received by all subscribers together, per second. */
  readonly deliveries: number
  readonly writesPerSecond: number
  /** The generator's own share of its core while it was at that: near 1, it is what is being measured. */
  readonly generatorLoad: number
  readonly failures: Readonly<Record<string, number>>
}
