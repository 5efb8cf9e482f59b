import type { WorkersHealth } from '@koyalite/operations'
import type { RealtimeStats } from '@koyalite/realtime'
import type { Loaded } from './load-project'

/** Other processes that serve a project beside the one that writes. */
export interface Followers {
  /** Resolves when they answer nothing themselves, until `release`. */
  hold(): Promise<void>
  /** Resolves when they serve this. */
  release(loaded: Loaded): Promise<void>
  /** The metrics of all, with those of this process. */
  metricsText(own: string): Promise<string>
  /** What each of them has of live queries. */
  realtimeStats(): Promise<readonly RealtimeStats[]>
  health(): WorkersHealth
}
