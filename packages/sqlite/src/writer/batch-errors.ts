import { AppError } from '@koyalite/contracts'
import { failureOf } from '../driver/damage'
import type { Connection } from '../driver/driver'
import { isSqliteFailure } from '../driver/sqlite-error'

/** A statement fails by a reference too, but only COMMIT throws that past the functions of its batch. */
export function isDeferredViolation(error: unknown): boolean {
  return isSqliteFailure(error) && error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY'
}

/** A statement ended the transaction that it ran in. */
export class TransactionLost extends Error {
  constructor(cause: unknown) {
    super('a statement ended the transaction of its batch', { cause })
  }
}

/** What a write is refused with whose batch was not stored. */
export function unavailable(connection: Connection, cause: unknown): AppError {
  const translated = failureOf(connection, cause)
  if (translated instanceof AppError && translated.code === 'UNAVAILABLE') return translated
  return new AppError('UNAVAILABLE', 'the write could not be stored; try again', { cause })
}
