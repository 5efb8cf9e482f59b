import type { JobQueue, ProjectEvents } from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import type { FunctionSet } from '../versions/function-set'
import { functionEvents } from './event-jobs'

export interface ListenOptions {
  readonly functions: Pick<FunctionSet, 'list' | 'late'>
  readonly queue: Pick<JobQueue, 'push'>
  readonly events: Pick<ProjectEvents, 'subscribe'>
  readonly log: Pick<Log, 'error'>
}

/** The functions of the folder as one subscriber of events. */
export interface Listening {
  /** Before the folder is loaded: what happens meanwhile waits. */
  hold(): Promise<void>
  /** The folder has been loaded once. Functions that take longer are waited for: events would pass them by. */
  begin(): void
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
  async function followAll(): Promise<void> {
    await Promise.all(functions.list().map(({ name }) => functions.late(name)))
    await follow()
  }
  const report = (error: unknown) => log.error({ err: error }, 'functions cannot follow events')
  return {
    hold: () => subscription.hold(),
    begin: () => void followAll().catch(report),
    changed() {
      if (known !== null) follow().catch(report)
    },
    end: () => subscription.end(),
  }
}
