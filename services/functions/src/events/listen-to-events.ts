import type { JobQueue, ProjectEvents } from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import type { FunctionSet } from '../versions/function-set'
import { functionEvents } from './event-jobs'

export interface ListenOptions {
  readonly functions: Pick<FunctionSet, 'list'>
  readonly queue: Pick<JobQueue, 'push'>
  readonly events: Pick<ProjectEvents, 'subscribe'>
  readonly log: Pick<Log, 'error'>
}

/** The functions of the folder as one subscriber of events. */
export interface Listening {
  /** The folder has been loaded once: before that, events that wait would be those of nobody. */
  begin(): Promise<void>
  /** Other functions serve. */
  changed(): void
  end(): Promise<void>
}

export function listenToEvents({ functions, queue, events, log }: ListenOptions): Listening {
  const subscriber = functionEvents({ functions, queue, log })
  const subscription = events.subscribe(subscriber)
  let known: string | null = null
  async function follow(): Promise<void> {
    const patterns = subscriber.patterns().join()
    if (patterns === known) return
    known = patterns
    await subscription.changed()
  }
  return {
    begin: follow,
    changed() {
      if (known === null) return
      follow().catch((error: unknown) => log.error({ err: error }, 'functions cannot follow events'))
    },
    end: () => subscription.end(),
  }
}
