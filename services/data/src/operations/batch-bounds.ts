import { AppError } from '@koyalite/contracts'
import type { DataContext } from '../data-context'
import type { BatchOperation } from './batch-operation'

/** A few changes can be much work and a long response: all of them may be of one large document. */
export interface BatchBounds {
  /** For how long nobody else can write. */
  readonly ms: number
  /** Of all documents that changes return. New ones are as long as what was sent. */
  readonly characters: number
}

export const UNBOUNDED: BatchBounds = { ms: Number.POSITIVE_INFINITY, characters: Number.POSITIVE_INFINITY }

const MAX_CHARACTERS = 64 * 1024 * 1024

/** Of the expressions of all assertions: compiling them takes longer than anything else in checking a batch. */
const MAX_WHERE_CHARACTERS = 64 * 1024

export function batchBounds({ queryTimeoutMs }: DataContext): BatchBounds {
  return { ms: queryTimeoutMs, characters: MAX_CHARACTERS }
}

/** Returns a function that counts the expression of an assertion of a batch. It throws INVALID_REQUEST where there is too much of them. */
export function watchExpressions(): (operation: BatchOperation) => void {
  let characters = 0
  return (operation) => {
    if (operation.op !== 'assert') return
    characters += operation.where?.length ?? 0
    if (characters <= MAX_WHERE_CHARACTERS) return
    throw new AppError(
      'INVALID_REQUEST',
      `The expressions of a batch have at most ${MAX_WHERE_CHARACTERS} characters: send fewer assertions at once.`,
    )
  }
}

/** Watches the changes of a batch: where a bound is exceeded they throw INVALID_REQUEST or QUERY_TIMEOUT. */
export interface BatchWatch {
  /** A change begins. */
  begin(): void
  /** It has made this document. */
  count(document: string | null): void
}

export function watchBatch({ ms, characters }: BatchBounds): BatchWatch {
  const started = performance.now()
  let length = 0
  return {
    begin() {
      if (performance.now() - started <= ms) return
      throw new AppError('QUERY_TIMEOUT', `The batch took longer than ${ms} ms: send fewer operations at once.`)
    },
    count(document) {
      length += document?.length ?? 0
      if (length <= characters) return
      throw new AppError(
        'INVALID_REQUEST',
        `The response would have more than ${characters} characters: send fewer operations at once.`,
      )
    },
  }
}
