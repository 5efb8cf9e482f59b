import { type Finding, note, ok, problem } from './finding'

/** How the processes of `start --workers` are, since the server was started. */
export interface WorkersHealth {
  readonly wanted: number
  readonly serving: number
  /** How many ended and were started again. */
  readonly replaced: number
  /** Of these, how many no longer answered and were killed. */
  readonly hung: number
}

const LOOK = 'Search the log for "worker" to see when they exited and their last output.'

export function checkWorkers(health: WorkersHealth | null): Finding | null {
  if (health === null) return null
  const check = 'workers'
  const { wanted, serving, replaced, hung } = health
  const text = `${serving} of ${wanted} workers serve`
  if (serving < wanted) return problem(check, text, LOOK)
  if (replaced === 0) return ok(check, text)
  return note(
    check,
    `${text}; ${replaced} exited since the server was started, ${hung} of them because they stopped responding`,
    LOOK,
  )
}
