import { AppError } from '@koyalite/contracts'
import type { DataContext } from '../data-context'

/** A few changes can be much work and a long response: all of them may be of one large document. */
export interface BatchBounds {
  /** For how long nobody else can write. */
  readonly ms: number
  /** Of all documents that changes return. New ones are as long as what was sent. */
  readonly characters: number
}

export const UNBOUNDED: BatchBounds = { ms: Number.POSITIVE_INFINITY, characters: Number.POSITIVE_INFINITY }

const MAX_CHARACTERS = 64 * 1024 * 1024

export function batchBounds({ queryTimeoutMs }: DataContext): BatchBounds {
  return { ms: queryTimeoutMs, characters: MAX_CHARACTERS }
}

/**
 * Returns a function that runs one change of a batch. It throws INVALID_REQUEST or QUERY_TIMEOUT where a bound is
 * exceeded.
 */
export function watchBatch({ ms, characters }: BatchBounds): (change: () => string | null) => string | null {
  const started = performance.now()
  let length = 0
  return (change) => {
    if (performance.now() - started > ms) {
      throw new AppError('QUERY_TIMEOUT', `The batch took longer than ${ms} ms: send fewer operations at once.`)
    }
    const document = change()
    length += document?.length ?? 0
    if (length <= characters) return document
    throw new AppError(
      'INVALID_REQUEST',
      `The response would have more than ${characters} characters: send fewer operations at once.`,
    )
  }
}
