import { type Actor, AppError } from '@koyalite/contracts'

/** What runs now, as operators see it. */
export interface RunningStatement {
  /** Chosen by the caller, or the id of the request. */
  readonly run: string
  readonly actor: Actor
  readonly sql: string
  readonly mode: string
  /** Milliseconds since 1970. */
  readonly since: number
  stop(): void
}

const MAX_RUNNING = 4
const MAX_OF_ONE_ACTOR = 3

/** The statements that run, each in a process of its own. */
export interface RunningStatements {
  /** Throws UNAVAILABLE where too many run, CONFLICT for a name that is taken. Returns what removes it. */
  add(statement: RunningStatement): () => void
  list(): readonly RunningStatement[]
  find(run: string): RunningStatement | undefined
  stopAll(): void
}

export function createRunningStatements(): RunningStatements {
  const running = new Map<string, RunningStatement>()
  return {
    add(statement) {
      if (running.has(statement.run)) throw new AppError('CONFLICT', `'${statement.run}' runs already.`)
      const own = [...running.values()].filter(({ actor }) => isSame(actor, statement.actor)).length
      if (running.size >= MAX_RUNNING || own >= MAX_OF_ONE_ACTOR)
        throw new AppError('UNAVAILABLE', `${running.size} statements run already: stop one, or wait for it.`)
      running.set(statement.run, statement)
      return () => running.delete(statement.run)
    },
    list: () => [...running.values()],
    find: (run) => running.get(run),
    stopAll() {
      for (const { stop } of running.values()) stop()
    },
  }
}

export function isSame(one: Actor, other: Actor): boolean {
  return one.kind === other.kind && ('id' in one ? one.id : '') === ('id' in other ? other.id : '')
}
