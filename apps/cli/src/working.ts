import { spinner } from '@clack/prompts'
import { formatBytes } from './backup/backup-answer'
import { progressBar } from './progress-bar'

const SHOW_AFTER_MS = 1000
const LOOK_EVERY_MS = 200

/** Something that grows while work goes on. */
export interface Growing {
  /** How many bytes it will have, about; 0 where that is not known. */
  readonly total: number
  /** How many it has now. */
  readonly done: () => number
}

/**
 * Shows on a terminal that something is still going on, where it takes longer than a second: a bar where there is something to measure, and otherwise only
 * for how long.
 */
export async function working<T>(message: string, work: () => Promise<T>, growing?: Growing): Promise<T> {
  if (process.stderr.isTTY !== true) return work()
  const end = growing === undefined || growing.total === 0 ? showTime(message) : showBytes(message, growing)
  try {
    return await work()
  } finally {
    end()
  }
}

function showTime(message: string): () => void {
  const shown = spinner({ output: process.stderr, indicator: 'timer' })
  let started = false
  const timer = setTimeout(() => {
    started = true
    shown.start(message)
  }, SHOW_AFTER_MS)
  return () => {
    clearTimeout(timer)
    if (started) shown.clear()
  }
}

/** What has been copied is read again, and compared: that cannot be measured. */
function showBytes(message: string, { total, done }: Growing): () => void {
  const bar = progressBar(total)
  const timer = setInterval(() => {
    const bytes = done()
    const state = bytes < total ? `${formatBytes(bytes)} of ${formatBytes(total)}` : 'verifying'
    bar.update(bytes, `${message}: ${state}`)
  }, LOOK_EVERY_MS)
  return () => {
    clearInterval(timer)
    bar.end()
  }
}
