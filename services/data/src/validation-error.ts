import { AppError, type ErrorDetail, firstDetails } from '@koyalite/contracts'

/** The message is the first violation, all are details. @param more how many others have no detail */
export function validationError(details: readonly ErrorDetail[], more = 0): AppError {
  const [first] = details
  const others = details.length - 1 + more
  const message = `${first?.message ?? 'The document is not valid'}${others > 0 ? ` (and ${others} more)` : ''}`
  return new AppError('VALIDATION_ERROR', message, { details: firstDetails(details, more) })
}
