import { AppError, type ErrorDetail } from '@koyalite/contracts'

/** The first thing that is wrong in words, and all of them as details. */
export function validationError(details: readonly ErrorDetail[]): AppError {
  const [first] = details
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
  return new AppError('VALIDATION_ERROR', `${first?.message ?? 'The document is not valid'}${more}`, { details })
}
