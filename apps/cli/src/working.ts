import { spinner } from '@clack/prompts'

const SHOW_AFTER_MS = 1000

/** Shows on a terminal that something is still going on, where it takes longer than a second and nobody can say how long. */
export async function working<T>(message: string, work: () => Promise<T>): Promise<T> {
  if (process.stderr.isTTY !== true) return work()
  const shown = spinner({ output: process.stderr, indicator: 'timer' })
  let started = false
  const timer = setTimeout(() => {
    started = true
    shown.start(message)
  }, SHOW_AFTER_MS)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
    if (started) shown.clear()
  }
}
