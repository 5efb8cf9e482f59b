import { AppError, type ErrorDetail, firstDetails } from '@koyalite/contracts'

/** The first thing that is wrong in words, and the others as details. @param more how many others there are that have no detail */
export function validationError(details: readonly ErrorDetail[], more = 0): AppError {
  const [first] = details
  const others = details.length - 1 + more
  const message = `${first?.message ?? 'The document is not valid'}${others > 0 ? ` (and ${others} more)` : ''}`
  return new AppError('VALIDATION_ERROR', message, { details: firstDetails(details, more) })
}
