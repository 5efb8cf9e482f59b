import { LatencyCounts } from '@koyalite/contracts'
import type { LoadedHook } from '../loading/load-hooks'

/** How the runs of one hook went, since it was loaded. */
class HookStats {
  readonly times = new LatencyCounts()
  failures = 0
  /** Runs that held up the event loop for longer than SLOW_MS. */
  slow = 0
  lastError: { readonly at: number; readonly message: string } | null = null

  failed(message: string, now: number): void {
    this.failures++
    this.lastError = { at: now, message }
  }
}

/** A hook of a moment, with what is known of its runs. */
export interface RunnableHook extends LoadedHook {
  readonly stats: HookStats
  /** `posts.beforeCreate in hooks/posts.ts` */
  readonly place: string
}

export function runnable(hook: LoadedHook): RunnableHook {
  return { ...hook, stats: new HookStats(), place: `${hook.collection}.${hook.name} in ${hook.file}` }
}
