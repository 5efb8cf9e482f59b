import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { AppError } from '@koyalite/contracts'

/** What a thread opens before it runs: its event loop, its wake-up, its source. With fewer left than that, Bun ends the whole process. */
const DESCRIPTORS = 8

/**
 * Starts a thread. What the server cannot do without is started before it serves; this is also safe later.
 * @throws AppError UNAVAILABLE where the process has too few file descriptors left
 */
export function startThread(source: string, name: string): Worker {
  requireDescriptors(DESCRIPTORS)
  return new Worker(source, { smol: true, name })
}

function requireDescriptors(count: number): void {
  const opened: number[] = []
  try {
    while (opened.length < count) opened.push(openSync(devNull, 'r'))
  } catch (cause) {
    throw new AppError('UNAVAILABLE', 'the server has run out of file descriptors; try again', {
      cause,
      headers: { 'retry-after': '2' },
    })
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
}
