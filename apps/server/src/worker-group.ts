import type { Call } from '@koyalite/kernel'
import type { WorkersHealth } from '@koyalite/operations'
import type { Loaded } from './load-project'

/** The other processes that serve a project beside the primary. */
export interface WorkerGroup {
  /** Resolves when they answer nothing themselves, until `resume`. */
  pause(): Promise<void>
  /** Resolves when they serve this. */
  resume(loaded: Loaded): Promise<void>
  /** The metrics of all, with those of this process. */
  metricsText(own: string): Promise<string>
  /** What each of them answers; those that do not answer soon are left out. */
  ask<Input, Output>(call: Call<Input, Output>, input: Input): Promise<readonly Output[]>
  /** What one of them answers, by its index; null if there is none, or it does not answer soon. */
  askOne<Input, Output>(index: number, call: Call<Input, Output>, input: Input): Promise<Output | null>
  health(): WorkersHealth
}
