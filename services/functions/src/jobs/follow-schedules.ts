import type { Schedules } from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import type { FunctionSet } from '../versions/function-set'
import type { LoadedFunction } from '../versions/loaded-function'

export interface FollowedSchedules {
  /** Functions have changed: what those that serve state is scheduled, and nothing of those that are gone. */
  changed(): Promise<void>
}

export function followSchedules(
  schedules: Pick<Schedules, 'declare' | 'removeOthers'>,
  functions: Pick<FunctionSet, 'list' | 'loaded' | 'names'>,
  log: Pick<Log, 'warn' | 'error'>,
): FollowedSchedules {
  const declared = new WeakSet<LoadedFunction>()
  let last: Promise<void> = Promise.resolve()

  async function declare(): Promise<void> {
    // Before, it is not known which there are: none may be taken for gone.
    await functions.loaded()
    for (const { name, serving } of functions.list()) {
      if (serving === null || declared.has(serving)) continue
      const { schedule } = serving
      for (const problem of await schedules.declare(name, schedule === null ? [] : [{ name, ...schedule }]))
        log.warn({ function: name }, problem)
      declared.add(serving)
    }
    // One that cannot be loaded is there.
    await schedules.removeOthers(functions.names())
  }

  return {
    changed() {
      last = last
        .then(declare)
        .catch((error: unknown) => log.error({ err: error }, 'schedules of functions could not be stored'))
      return last
    },
  }
}
