import type { JobResult } from './job'
import type { Peer } from './peers'
import type { Target } from './target'

export interface ScenarioOptions {
  readonly quick: boolean
  readonly repetitions: number
  readonly warmUpSeconds: number
  readonly seconds: number
}

/** One repetition of one row on one server. */
export interface Cell {
  readonly cell: string
  readonly peer: string
  readonly repetition: number
  readonly result: JobResult | Measurements
}

/** What is not a load: named numbers with their units in the names. */
export interface Measurements {
  readonly measured: Readonly<Record<string, number>>
  readonly failures: Readonly<Record<string, number>>
}

export interface Scenario {
  readonly id: string
  readonly title: string
  /** What one must know to read the figures. */
  readonly note?: string
  readonly targets: readonly Target[]
  /** Each row asks for more than the one before. */
  readonly ladder?: true
  run(peers: readonly Peer[], options: ScenarioOptions): Promise<readonly Cell[]>
}
