import { type Reads, WorkExhaustedError, withWorkBudget } from '@koyalite/contracts'
import type { DataContext } from '../data-context'
import type { PreparedRead, ReadResult } from './transaction'
import { tooLarge } from './transaction-errors'

/**
 * A read on the event loop, where nothing can interrupt it: now, and for some again in the writer. Throws TRANSACTION_TOO_LARGE where its plan does not
 * say that it reads little.
 */
export function boundedRead({ database }: DataContext, name: string, read: PreparedRead, source: Reads): ReadResult {
  const unbounded = () =>
    tooLarge(`${name} may go through many documents: an index would help, or reading it before the transaction.`)
  if (!read.statements.every((statement) => database.isBounded(statement))) throw unbounded()
  try {
    return withWorkBudget(() => read.run(source))
  } catch (error) {
    throw error instanceof WorkExhaustedError ? unbounded() : error
  }
}
