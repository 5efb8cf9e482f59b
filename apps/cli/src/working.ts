import { spinner } from '@clack/prompts'
import { printableText } from '@koyalite/contracts'
import { formatBytes } from './backup/format-bytes'
import { progressBar } from './progress-bar'
import { fitted } from './terminal'

const SHOW_AFTER_MS = 1000
const LOOK_EVERY_MS = 200

/** Something that grows while work continues. */
export interface ProgressSource {
  /** How many bytes it will have, about; 0 where that is not known. */
  readonly total: number
  /** How many it has now. */
  readonly done: () => number
}

/**
 * Shows on a terminal that something is still going on, where it takes longer than a second: a bar where there is something to measure, and otherwise only
 * for how long.
 */
export async function working<T>(message: string, work: () => Promise<T>, growing?: ProgressSource): Promise<T> {
  if (process.stderr.isTTY !== true) return work()
  const end = growing === undefined || growing.total === 0 ? showTime(message) : showBytes(message, growing)
  try {
    return await work()
  } finally {
    end()
  }
}

/** The same for work that another process does: `step` says what it does now, null where it does not say. */
export async function workingInSteps<T>(
  message: string,
  work: () => Promise<T>,
  step: () => Promise<string | null>,
): Promise<T> {
  if (process.stderr.isTTY !== true) return work()
  const end = showTime(message, step)
  try {
    return await work()
  } finally {
    end()
  }
}

function showTime(message: string, step?: () => Promise<string | null>): () => void {
  const shown = spinner({ output: process.stderr, indicator: 'timer' })
  let started = false
  let next: ReturnType<typeof setTimeout>
  const look = async () => {
    const now = await step?.().catch(() => null)
    if (typeof now === 'string') shown.message(line(`${message}: ${now}`))
    next = setTimeout(look, SHOW_AFTER_MS)
  }
  next = setTimeout(() => {
    started = true
    shown.start(line(message))
    if (step !== undefined) void look()
  }, SHOW_AFTER_MS)
  return () => {
    clearTimeout(next)
    if (started) shown.clear()
  }
}

/** Beside the spinner and how long it has been turning. */
function line(message: string): string {
  return fitted(printableText(message), 16)
}

/** The copy is read again and compared: progress cannot be measured. */
function showBytes(message: string, { total, done }: ProgressSource): () => void {
  const bar = progressBar(total)
  const timer = setInterval(() => {
    const bytes = done()
    const state = bytes < total ? `${formatBytes(bytes)} of ${formatBytes(total)}` : 'verifying'
    bar.update(bytes, state, message)
  }, LOOK_EVERY_MS)
  return () => {
    clearInterval(timer)
    bar.end()
  }
}
