import { AppError } from '@koyalite/contracts'
import { HeldTxEndedError, WriterBusyError } from '@koyalite/sqlite'

export function conflict(): AppError {
  const message = 'What this transaction has read has changed meanwhile, and nothing of it was written: run it again.'
  return new AppError('TRANSACTION_CONFLICT', message)
}

export function tooLarge(what: string): AppError {
  return new AppError('TRANSACTION_TOO_LARGE', what)
}

/** @param last what was asked for last, as in `posts.create` */
export function timedOut(error: HeldTxEndedError, last: string | null): AppError {
  const said = last === null ? 'it was not used' : `the last one was ${last}`
  const { idleMs, totalMs } = error.lease
  const message =
    error.reason === 'idle'
      ? `The transaction was rolled back after ${idleMs} ms without a request; ${said}. Do slow work before or after it.`
      : `The transaction was rolled back because it took longer than ${totalMs} ms in all; ${said}. Do less in it.`
  return new AppError('TRANSACTION_TIMEOUT', message, { cause: error })
}

/** Runs what may wait for a transaction that holds the writer. Throws TRANSACTION_BUSY where it has waited for too long, or too many do. */
export async function whileOthersHold<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof WriterBusyError)) throw error
    const message = 'Other transactions hold the writer: try again in a moment.'
    throw new AppError('TRANSACTION_BUSY', message, { cause: error, headers: { 'retry-after': '1' } })
  }
}

/** A held transaction that has ended because its time was over. */
export function isTimeout(error: unknown): error is HeldTxEndedError {
  return error instanceof HeldTxEndedError && (error.reason === 'idle' || error.reason === 'total')
}

/** An error that says something of documents or rights, and not of the server. */
export function isObservation(error: unknown): error is AppError {
  return error instanceof AppError && error.status < 500
}
